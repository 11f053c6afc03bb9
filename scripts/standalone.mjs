// Makes dist/pki, the program as one executable that needs no Node: npm run standalone.
//
// esbuild joins the same source that dist/pki.cjs is made of with all its libraries; Bun's compiler turns that
// into bytecode and puts its own runtime around it. Bun comes from the npm package of that name, into
// node_modules/.cache: no dependency of the project (docs/decisions/0071).
import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { coreScript } from "./build/loader.mjs";
import { common } from "./build/options.mjs";
import { makeParts } from "./build/parts.mjs";

const BUN = "1.4.5";

const home = join("node_modules", ".cache", "bun");
// The package calls its binary bun.exe on every system.
const bun = join(home, "node_modules", "bun", "bin", "bun.exe");
const installed = join(home, "node_modules", "bun", "package.json");

function run(command, args, options = {}) {
  const child = spawnSync(command, args, { stdio: ["ignore", "inherit", "inherit"], ...options });
  if (child.error !== undefined || child.status !== 0) {
    process.stderr.write(`standalone: ${command} ${args[0]} failed\n`);
    process.exit(1);
  }
}

if (!existsSync(installed) || JSON.parse(readFileSync(installed, "utf8")).version !== BUN) {
  process.stderr.write(`standalone: installing bun ${BUN}\n`);
  rmSync(home, { recursive: true, force: true });
  mkdirSync(home, { recursive: true });
  writeFileSync(join(home, "package.json"), '{"private":true}\n');
  const npm = process.platform === "win32" ? "npm.cmd" : "npm";
  run(npm, ["install", "--no-save", "--no-audit", "--no-fund", "--silent", `bun@${BUN}`], {
    cwd: home,
    shell: process.platform === "win32",
  });
}

const bundle = join("node_modules", ".cache", "standalone", "pki.cjs");
// Every part is a function, so that the engine looks at a command's code only when the command runs.
// It has no files beside it: what looks for some would look where it was built.
const define = { ...common.define, __dirname: "undefined" };
const made = await makeParts({ starts: [], external: [], define });
const parts = [...made.parts].map(([part, text]) => `${JSON.stringify(part)}:()=>({${text}})`);
mkdirSync(dirname(bundle), { recursive: true });
writeFileSync(
  bundle,
  `const parts={${parts.join(",")}};\n${coreScript(made).trim()}(require,process,(name)=>parts[name]());\n`,
);

const outfile = join("dist", process.platform === "win32" ? "pki.exe" : "pki");
mkdirSync("dist", { recursive: true });
run(bun, [
  "build",
  "--compile",
  "--minify",
  "--bytecode",
  "--format=cjs",
  // Without these the executable would run code that a bunfig.toml in the current directory names.
  "--no-compile-autoload-bunfig",
  "--no-compile-autoload-dotenv",
  "--no-compile-autoload-tsconfig",
  "--no-compile-autoload-package-json",
  "--outfile",
  outfile,
  bundle,
]);
process.stdout.write(`${outfile}: ${Math.round(statSync(outfile).size / 1e6)} MB\n`);
