// The closing line of .ci/run: node scripts/summary.mjs REPORT.json STATUS [BROKEN-STEP...]
// REPORT.json is vitest's; STATUS its exit code. Exits 1 where anything failed.
import { readFileSync } from "node:fs";

const [report, status, ...broken] = process.argv.slice(2);

let passed = 0;
let failed = broken.length;
let skipped = 0;
try {
  const result = JSON.parse(readFileSync(report, "utf8"));
  passed = result.numPassedTests;
  failed += result.numFailedTests;
  skipped = result.numPendingTests + result.numTodoTests;
  // A file that does not even load has no failed test in it.
  failed += result.testResults.filter(
    (file) => file.status === "failed" && file.assertionResults.length === 0,
  ).length;
} catch {
  process.stdout.write("ci: vitest left no report\n");
  failed++;
}
if (status !== "0" && failed === 0) failed = 1;
for (const step of broken) process.stdout.write(`ci: ${step} failed\n`);
process.stdout.write(`${passed} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ""}\n`);
process.exitCode = failed > 0 ? 1 : 0;
