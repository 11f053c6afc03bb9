// What npm runs after `npm ci` here, before packing, and for whoever installs from git (pre-commit does): builds dist.
// Without the development dependencies there is nothing to build with; then dist has to be there already.
import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";

if (existsSync("node_modules/esbuild")) {
  const { status } = spawnSync(process.execPath, ["scripts/build.mjs"], { stdio: ["ignore", 2, 2] });
  process.exitCode = status ?? 1;
}
