// Runs a TypeScript script with its imports from src: node scripts/run.mjs scripts/bench.ts [arguments].
// Node 20 does not strip types, so esbuild does it into a temporary file first.
import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { join, resolve } from "node:path";
import { build } from "esbuild";

const [script, ...args] = process.argv.slice(2);
if (script === undefined) {
  process.stderr.write("usage: node scripts/run.mjs SCRIPT.ts [ARGUMENT...]\n");
  process.exit(2);
}
const folder = mkdtempSync(join(resolve("node_modules"), ".run-"));
const outfile = join(folder, "script.mjs");
try {
  await build({
    entryPoints: [script],
    outfile,
    bundle: true,
    platform: "node",
    format: "esm",
    packages: "external",
    logLevel: "warning",
    define: { PKI_VERSION: '"dev"' },
  });
  const child = spawnSync(process.execPath, ["--enable-source-maps", outfile, ...args], {
    stdio: "inherit",
  });
  process.exitCode = child.status ?? 1;
} finally {
  rmSync(folder, { recursive: true, force: true });
}
