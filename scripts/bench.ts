// How fast the program is, as ratios to what else would do the job: npm run bench [-- --json] [--pairs N] [--audit].
//
// Whole processes, timed in turn in the same run, so that a slow or busy machine changes both sides. What
// the numbers were, and why the targets are what they are: docs/performance.md. A missed target is shown, and
// makes the exit code 1 only with --strict: a time on a shared machine proves nothing.
import { execFileSync, spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { cpus, loadavg, tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { codecFor } from "../src/codecs/index.ts";
import { Secret } from "../src/model/secret.ts";
import type { FormatId } from "../src/model/store.ts";
import { peer } from "../test/support/peer-paths.ts";
import { AUDIT_SIZES, type AuditRow, measureAudit } from "./bench/audit.ts";
import { type IssueRow, issueCommands, issueRates } from "./bench/issue.ts";
import { type Command, measurePair, measureRate } from "./bench/measure.ts";
import { type BenchStores, MANY, makeStores, PASSWORD, writePassword } from "./bench/stores.ts";

interface Row {
  readonly job: string;
  readonly against: string;
  /** Milliseconds, or operations a second in the second table. */
  readonly ours: number;
  readonly theirs?: number;
  readonly ratio?: number;
  /** The ratio must not be above it. */
  readonly target?: number;
}

const args = process.argv.slice(2);
const asJson = args.includes("--json");
const pairs = Number(args[args.indexOf("--pairs") + 1]) || 15;
delete process.env.NODE_EXTRA_CA_CERTS;

const notes: string[] = [];
// What else ran on the machine when we began: a JVM with its threads suffers more from it than we do.
const load = loadavg()[0] ?? 0;
const folder = mkdtempSync(join(tmpdir(), "pki-bench-"));
try {
  const keytool = peer("keytool");
  if (keytool === undefined) throw new Error("the benchmark needs keytool (a JDK 17)");
  // --audit: these rows only, --processes: the first table only.
  const only = args.includes("--audit");
  const cds = classDataArchive(keytool);
  const stores = only ? undefined : await makeStores(folder, keytool);
  const processes = stores === undefined ? [] : compareProcesses(stores, keytool, cds);
  const short = args.includes("--processes");
  const rates = stores === undefined || short ? [] : await measureRates(stores);
  const issued = only || short ? [] : await issueRows(keytool, cds);
  const audits = short ? [] : await auditRows(keytool, cds);
  print(processes, [...rates, ...issued], audits);
  const missed =
    audits.some(({ met }) => met === false) ||
    processes.some(({ ratio, target }) => target !== undefined && Number(ratio) > target);
  if (missed && args.includes("--strict")) process.exitCode = 1;
} finally {
  rmSync(folder, { recursive: true });
}

function compareProcesses(
  stores: BenchStores,
  keytool: string,
  cds: readonly string[],
): readonly Row[] {
  const password = `file:${writePassword(folder)}`;
  const rows: Row[] = [];
  const against = (job: string, ours: Command, theirs: Command, target: number): void => {
    progress(`${job} against ${theirs.name}`);
    const { a, b, ratio } = measurePair(ours, theirs, pairs);
    rows.push({ job, against: theirs.name, ours: a, theirs: b, ratio, target });
  };

  const node: Command = { name: "node -e 0", file: process.execPath, args: ["-e", "0"] };
  const list = (name: string, path: string, opened: boolean): Command => ({
    name,
    file: process.execPath,
    args: [resolve("dist/pki.cjs"), "list", path, ...(opened ? ["--password", password] : [])],
  });
  const keytoolList = (path: string): Command => ({
    name: "keytool -list",
    file: keytool,
    args: [...cds, "-list", "-keystore", path, "-storepass", PASSWORD],
  });

  const one = [
    ["JKS", stores.jks, stores.jks, 1.5],
    ["KDB", stores.kdb, stores.jks, 1.5],
    ["PKCS#12", stores.p12, stores.p12, 2],
  ] as const;
  const many = [
    ["JKS", stores.manyJks, stores.manyJks],
    ["KDB", stores.manyKdb, stores.manyJks],
    ["PKCS#12", stores.manyP12, stores.manyP12],
  ] as const;
  // keytool reads no KDB, so a KDB of ours is compared with keytool on a JKS of the same size.
  for (const [format, path, , target] of one) {
    against(`list, ${format}`, list("pki", path, true), node, target);
  }
  for (const [format, path, theirs] of one) {
    against(`list, ${format}`, list("pki", path, true), keytoolList(theirs), 1 / 2);
  }
  for (const [format, path, theirs] of many) {
    const job = `list, ${format} of ${MANY} signers`;
    against(job, list("pki", path, true), keytoolList(theirs), 1 / 4);
  }

  const standalone = peer("standalone");
  if (standalone === undefined) {
    notes.push("dist/pki is not built (npm run standalone): its rows are left out");
    return rows;
  }
  const quick = (path: string): Command => ({
    name: "standalone pki",
    file: standalone,
    args: ["list", path, "--password", password],
  });
  for (const [format, path, theirs] of one) {
    against(`standalone list, ${format}`, quick(path), keytoolList(theirs), 1 / 6);
  }
  const step = peer("step");
  if (step === undefined) {
    notes.push("step is not installed (scripts/peers.sh step): its row is left out");
  } else {
    const inspect = { name: "step certificate inspect", file: step };
    const theirs = { ...inspect, args: ["certificate", "inspect", "--short", stores.certificate] };
    against(
      "standalone list, one PEM",
      { ...quick(stores.certificate), args: ["list", stores.certificate] },
      theirs,
      1,
    );
    against("standalone list, JKS", quick(stores.jks), theirs, 1);
  }
  return rows;
}

async function auditRows(
  keytool: string,
  options: readonly string[],
): Promise<readonly AuditRow[]> {
  const password = { password: PASSWORD, passwordFile: writePassword(folder) };
  const command = { file: keytool, options };
  return await measureAudit(folder, password, command, AUDIT_SIZES, progress);
}

/** Certificates a second, in process and as a whole command. */
async function issueRows(
  keytool: string,
  options: readonly string[],
): Promise<readonly IssueRow[]> {
  progress("issuing certificates");
  const inProcess = await issueRates();
  const password = { file: writePassword(folder) };
  return [...inProcess, ...issueCommands(folder, password, { file: keytool, options }, pairs)];
}

/** Entries a second in process: what the reader and the writer of each format do once they are warm. */
async function measureRates(stores: BenchStores): Promise<readonly Row[]> {
  const rows: Row[] = [];
  const passwords = { store: Secret.fromText(PASSWORD) };
  const kinds: readonly [FormatId, string][] = [
    ["jks", stores.manyJks],
    ["kdb", stores.manyKdb],
    ["pkcs12", stores.manyP12],
  ];
  for (const [format, path] of kinds) {
    const codec = await codecFor(format);
    const bytes = new Uint8Array(readFileSync(path));
    progress(`rates of ${codec.title}`);
    const reads = await measureRate(() => codec.read(bytes, passwords));
    rows.push({ job: `read ${codec.title}`, against: "certificates a second", ours: reads * MANY });
    const { store, container } = await codec.read(bytes, passwords);
    const zeros = (count: number): Uint8Array => new Uint8Array(count).fill(1);
    const writes = await measureRate(() => codec.write(store, container, passwords, zeros));
    rows.push({
      job: `write ${codec.title}`,
      against: "certificates a second",
      ours: writes * MANY,
    });
  }
  return rows;
}

/**
 * The options that make keytool start from a class-data archive, as a JDK installed by its own installer
 * does: without one it takes twice as long, and the comparison would flatter us.
 */
function classDataArchive(keytool: string): readonly string[] {
  const java = keytool.replace(/keytool$/, "java");
  if (spawnSync(java, ["-Xshare:on", "-version"]).status === 0) {
    notes.push("keytool starts from its JDK's class-data archive");
    return [];
  }
  const archive = join(folder, "classes.jsa");
  const dump = spawnSync(java, ["-Xshare:dump", `-XX:SharedArchiveFile=${archive}`]);
  if (dump.status !== 0 || !existsSync(archive)) {
    notes.push(
      "keytool has no class-data archive and none could be made: it is slower than it need be",
    );
    return [];
  }
  notes.push("keytool starts from a class-data archive made for this run (java -Xshare:dump)");
  return [`-J-XX:SharedArchiveFile=${archive}`];
}

function progress(text: string): void {
  if (!asJson) process.stderr.write(`bench: ${text}\n`);
}

function print(
  processes: readonly Row[],
  rates: readonly Row[],
  audits: readonly AuditRow[],
): void {
  const machine = {
    node: process.version,
    java: firstLine(peer("java"), ["--version"]),
    cpu: `${cpus().length} x ${cpus()[0]?.model ?? "unknown"}`,
    load,
    pairs,
  };
  if (asJson) {
    process.stdout.write(
      `${JSON.stringify({ machine, notes, processes, rates, audits }, undefined, 2)}\n`,
    );
    return;
  }
  const lines = [
    `${machine.cpu}, node ${machine.node}, ${machine.java}, medians of ${pairs} pairs`,
  ];
  lines.push(`load average at the start: ${load.toFixed(1)}`, ...notes, "");
  if (processes.length > 0) {
    lines.push(columns("job", "against", "ms", "ms", "ratio", "target", ""));
  }
  for (const row of processes) {
    const { ratio = 0, target = 0 } = row;
    lines.push(
      columns(
        row.job,
        row.against,
        row.ours.toFixed(1),
        (row.theirs ?? 0).toFixed(1),
        ratio.toFixed(2),
        `<= ${target.toFixed(2)}`,
        ratio <= target ? "met" : "missed",
      ),
    );
  }
  if (rates.length > 0) lines.push("");
  for (const row of rates) lines.push(rateLine(row));
  if (audits.length > 0) lines.push("", ...auditTable(audits));
  process.stdout.write(`${lines.join("\n")}\n`);
}

function rateLine({ job, against, ours, theirs, ratio = 0 }: Row): string {
  const figure = (value: number): string =>
    value.toLocaleString("en", { maximumFractionDigits: value < 100 ? 1 : 0 }).padStart(12);
  if (theirs === undefined) return `${job.padEnd(34)}${figure(ours)} ${against}`;
  const times = `${ratio.toFixed(ratio < 10 ? 2 : 0)} times ${against}`;
  return `${job.padEnd(34)}${figure(ours)} certificates a second, ${times} (${figure(theirs).trim()})`;
}

/** Rates and sizes of the audit; the ratio says how many times as fast as the other. */
function auditTable(audits: readonly AuditRow[]): readonly string[] {
  const figure = (value: number | undefined): string =>
    value === undefined ? "" : value >= 100 ? value.toFixed(0) : value.toFixed(2);
  return [
    columns("job", "against", "ours", "theirs", "ratio", "target", ""),
    ...audits.map(({ job, against, unit, ours, theirs, ratio, target, met }) => {
      const bound = unit === "seconds" || unit === "MiB" ? "<=" : ">=";
      const wanted = `${bound} ${target ?? ""}`;
      const verdict = met ? "met" : "missed";
      return columns(job, against, figure(ours), figure(theirs), figure(ratio), wanted, verdict);
    }),
  ];
}

function columns(
  job: string,
  against: string,
  ours: string,
  theirs: string,
  ratio: string,
  target: string,
  verdict: string,
): string {
  const numbers = [ours, theirs, ratio, target].map((text) => text.padStart(9)).join("");
  return `${job.padEnd(34)}${against.padEnd(26)}${numbers}  ${verdict}`.trimEnd();
}

function firstLine(file: string | undefined, options: readonly string[]): string {
  if (file === undefined) return "no Java";
  return execFileSync(file, options, { encoding: "utf8" }).split("\n")[0] ?? "";
}
