import { spawnSync } from "node:child_process";
import {
  copyFileSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { main } from "../../../src/cli/main.ts";
import type { Host } from "../../../src/io/host.ts";
import { nodeHost } from "../../../src/io/node-host.ts";
import { fakeHost } from "../../support/fake-host.ts";
import { cliCommand, runCli } from "../../support/run-cli.ts";
import { pemSigners } from "../../support/signers.ts";

/** The system calls that change what is on disk, or make it durable. */
const CALLS = ["openat", "write", "fsync", "link", "rename", "chmod", "unlink"];
const TRACE = `trace=${[...CALLS, "renameat", "renameat2", "linkat", "unlinkat", "fchmodat"].join(",")}`;
const env = { PKI_PASSWORD: "correct horse battery" };

/** strace has to be there, and to be allowed to trace. */
function canTrace(): boolean {
  const tried = spawnSync("strace", ["-f", "-qq", "-o", "/dev/null", "true"]);
  return tried.status === 0;
}

let folder = "";
let signers: readonly string[] = [];
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "pki-kill-"));
  signers = await pemSigners(2);
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

interface Point {
  readonly call: string;
  /** The how-manieth call of that name by the main thread. */
  readonly nth: number;
  readonly line: string;
}

/** Where one run of `pki add` touches files of its folder. */
function pointsOf(trace: string, cwd: string): readonly Point[] {
  const lines = trace.split("\n").filter((line) => /^\d+ +\w+\(/.test(line));
  const main = /^\d+/.exec(lines[0] ?? "")?.[0] ?? "";
  const counts = new Map<string, number>();
  const points: Point[] = [];
  for (const line of lines) {
    const [, pid, call = ""] = /^(\d+) +(\w+)\(/.exec(line) ?? [];
    if (pid !== main) continue;
    const nth = (counts.get(call) ?? 0) + 1;
    counts.set(call, nth);
    const reads = call === "openat" && !line.includes("O_CREAT");
    if (line.includes(cwd) && !reads) points.push({ call, nth, line });
  }
  return points;
}

const disk = nodeHost();

/** The program in this process, on the real disk, with its output caught. */
async function runHere(cwd: string, args: readonly string[]) {
  const seen = fakeHost();
  const host: Host = {
    ...disk,
    terminal: seen.terminal,
    env: (name) => env[name as "PKI_PASSWORD"],
  };
  const code = await main(
    host,
    args.map((arg) => (arg.includes(".") ? join(cwd, arg) : arg)),
  );
  return { code, stdout: seen.stdout(), stderr: seen.stderr() };
}

describe.skipIf(!canTrace())("killed at any system call (needs strace)", () => {
  it.each(["key.kdb", "trust.jks", "trust.p12", "trust.pem"])(
    "pki add leaves %s old or new, and the next run tidies up",
    async (store) => {
      const cwd = mkdtempSync(join(folder, "case-"));
      const at = (name: string) => join(cwd, name);
      for (const [i, text] of signers.entries()) writeFileSync(at(`signer-${i}.crt`), text);
      expect(runCli(["add", store, "signer-0.crt", "--create"], { cwd, env }).code).toBe(0);
      copyFileSync(at(store), at("saved"));
      const old = readFileSync(at(store));
      const names = readdirSync(cwd);

      const trace = join(folder, "trace");
      const add = ["add", store, "signer-1.crt"];
      const tracing = ["strace", "-f", "-qq", "-y", "-o", trace, "-e", TRACE];
      expect(runCli(add, { cwd, env, under: tracing }).code).toBe(0);
      const points = pointsOf(readFileSync(trace, "utf8"), cwd);
      const calls = new Set(points.map(({ call }) => call));
      expect([...calls].sort()).toEqual(CALLS.slice().sort());

      const outcomes = new Set<string>();
      for (const { call, nth, line } of points) {
        copyFileSync(at("saved"), at(store));
        const inject = `inject=${call}:signal=SIGKILL:when=${nth}`;
        const killing = ["strace", "-f", "-qq", "-o", "/dev/null", "-e", TRACE, "-e", inject];
        const killed = runCli(add, { cwd, env, under: killing });
        expect(killed.signal ?? killed.code, line).not.toBe(0);
        const now = readFileSync(at(store));
        outcomes.add(Buffer.compare(now, old) === 0 ? "old" : "new");

        const next = await runHere(cwd, add);
        expect(next.code, `${line}\n${next.stderr}`).toBe(0);
        expect(readdirSync(cwd), line).toEqual(names);
        const listed = await runHere(cwd, ["list", store, "--json"]);
        const { entries } = JSON.parse(listed.stdout).stores[0] as { entries: unknown[] };
        expect(entries, line).toHaveLength(2);
      }
      expect([...outcomes].sort()).toEqual(["new", "old"]);
    },
    240_000,
  );

  it("a full device, a quota, an error of the disk: the store stays, and the message says so", () => {
    const cwd = mkdtempSync(join(folder, "error-"));
    writeFileSync(join(cwd, "signer-0.crt"), signers[0] as string);
    expect(runCli(["create", "key.kdb"], { cwd, env }).code).toBe(0);
    const old = readFileSync(join(cwd, "key.kdb"));
    const names = readdirSync(cwd);
    for (const [call, error, words] of [
      ["fsync", "EIO", "input/output error"],
      ["fsync", "ENOSPC", "no space left"],
      ["rename", "EDQUOT", "quota"],
      ["rename", "EROFS", "read-only"],
      ["link", "EACCES", "permission denied"],
    ] as const) {
      // The second fsync is the temporary file's: the first one is the lock's.
      const when = call === "fsync" ? 2 : 1;
      const under = ["strace", "-f", "-qq", "-o", "/dev/null", "-e", TRACE, "-e"];
      const inject = `inject=${call}:error=${error}:when=${when}`;
      const run = runCli(["add", "key.kdb", "signer-0.crt"], {
        cwd,
        env,
        under: [...under, inject],
      });
      expect(run.stderr, `${call} ${error}`).toMatch(
        new RegExp(`^pki: error: key\\.kdb: .*${words}.* \\(file-unwritable\\)`, "m"),
      );
      expect(run.code).toBe(1);
      expect(Buffer.compare(readFileSync(join(cwd, "key.kdb")), old)).toBe(0);
      expect(readdirSync(cwd)).toEqual(names);
    }
  });
});

describe("a limit on file sizes", () => {
  it("is an error, not a death by signal", () => {
    const cwd = mkdtempSync(join(folder, "limit-"));
    writeFileSync(join(cwd, "signer-0.crt"), signers[0] as string);
    expect(runCli(["create", "key.kdb"], { cwd, env }).code).toBe(0);
    const old = readFileSync(join(cwd, "key.kdb"));
    const command = [...cliCommand(), "add", "key.kdb", "signer-0.crt"];
    // Two blocks of 512 or 1,024 bytes: enough for the lock, too little for a database with one record.
    const script = `ulimit -f 2; exec "$@"`;
    const { PATH = "" } = process.env;
    const run = spawnSync("sh", ["-c", script, "sh", ...command], {
      cwd,
      env: { ...env, PATH, PKI_NO_PROMPT: "1" },
      encoding: "utf8",
    });
    expect(run.signal).toBeNull();
    expect(run.stderr).toContain("larger than the process may write (file-unwritable)");
    expect(run.status).toBe(1);
    expect(Buffer.compare(readFileSync(join(cwd, "key.kdb")), old)).toBe(0);
    expect(
      readdirSync(cwd).filter((name) => name.includes("tmp") || name.includes("lock")),
    ).toEqual([]);
  });
});
