// Makes dist/pki.cjs, the program in one file. CommonJS, because Node 20 starts it in half the time of
// an ES module (docs/decisions). What only a few commands need stays outside and is loaded by them.
import { chmodSync } from "node:fs";
import { build } from "esbuild";
import packageJson from "../package.json" with { type: "json" };

export const external = Object.keys(packageJson.dependencies).filter((name) => name !== "commander");

await build({
  entryPoints: ["src/cli/bin.ts"],
  outfile: "dist/pki.cjs",
  bundle: true,
  platform: "node",
  target: "node20",
  format: "cjs",
  minify: true,
  keepNames: false,
  legalComments: "none",
  external,
  banner: { js: "#!/usr/bin/env node" },
  define: { PKI_VERSION: JSON.stringify(packageJson.version) },
  logLevel: "warning",
});
chmodSync("dist/pki.cjs", 0o755);
