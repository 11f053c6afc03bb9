// The audit over certs-fixtures, all profiles, on a fixed day: how often each rule fires, and what is refused.
// A change of behaviour shows as a change of numbers in scripts/corpus/counts.json.
//
//   node scripts/run.mjs scripts/corpus.ts            compares, exits 1 where they differ
//   node scripts/run.mjs scripts/corpus.ts --update   writes them anew
import { readFileSync, writeFileSync } from "node:fs";
import { auditPaths } from "../src/app/audit.ts";
import { profiles } from "../src/audit/profiles.ts";
import { rules } from "../src/audit/rules/index.ts";
import { nodeHost } from "../src/io/node-host.ts";

const FOLDER = "certs-fixtures";
const COUNTS = "scripts/corpus/counts.json";

/** What these see depends on how the files were checked out, not on what is in them. */
const OF_THE_CHECKOUT = new Set([
  "private-key-unencrypted",
  "request-stale",
  "stash-readable",
  "store-readable",
  "store-writable-by-others",
  "store-tracked-by-git",
]);

export interface Counts {
  readonly stores: number;
  readonly certificates: number;
  /** Error code → files that could not be opened. */
  readonly refused: Readonly<Record<string, number>>;
  /** Rule → findings. A rule that never fires has 0. */
  readonly findings: Readonly<Record<string, number>>;
}

/** Audits the fixtures. The same tree gives the same counts on every machine. */
export async function countFixtures(): Promise<Counts> {
  const { result } = await auditPaths(nodeHost(), [FOLDER], {
    at: new Date("2026-11-22T00:00:00Z"),
    profiles: profiles.map(({ id }) => id),
    rules: rules.filter(({ id }) => !OF_THE_CHECKOUT.has(id)),
    passwords: "scripts/corpus/passwords.yaml",
    failOn: "never",
  });
  const { report } = result;
  if (report.failures.length > 0) {
    throw new Error(`rules failed: ${JSON.stringify(report.failures)}`);
  }
  const findings = Object.fromEntries(
    rules.filter(({ id }) => !OF_THE_CHECKOUT.has(id)).map(({ id }) => [id, 0]),
  );
  for (const { finding } of report.findings) {
    findings[finding.rule] = (findings[finding.rule] ?? 0) + 1;
  }
  const refused: Record<string, number> = {};
  for (const store of report.stores) {
    if (store.code !== undefined) refused[store.code] = (refused[store.code] ?? 0) + 1;
  }
  const { stores, certificates } = report.summary;
  return { stores, certificates, refused: sorted(refused), findings: sorted(findings) };
}

export const expectedCounts = (): Counts => JSON.parse(readFileSync(COUNTS, "utf8"));

function sorted(counts: Record<string, number>): Record<string, number> {
  return Object.fromEntries(Object.entries(counts).sort(([a], [b]) => (a < b ? -1 : 1)));
}

async function main(): Promise<void> {
  const counts = await countFixtures();
  if (process.argv.includes("--update")) {
    writeFileSync(COUNTS, `${JSON.stringify(counts, null, 2)}\n`);
    return;
  }
  const before: Counts = expectedCounts();
  const names = new Set([...Object.keys(before.findings), ...Object.keys(counts.findings)]);
  for (const name of [...names].sort()) {
    const [old, now] = [before.findings[name], counts.findings[name]];
    if (old !== now) process.stdout.write(`${name}: ${old ?? "no rule"} -> ${now ?? "no rule"}\n`);
  }
  if (JSON.stringify(before) !== JSON.stringify(counts)) {
    process.stdout.write("the counts differ: look at each, then run this with --update\n");
    process.exitCode = 1;
  }
}

if (process.argv[1]?.includes("script.mjs")) await main();
