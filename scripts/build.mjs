// Makes dist/pki.cjs, the program, and the parts of it that only some commands load (dist/pki-*.cjs).
//
// Node 20 has to look at every byte of a file before it runs the first: with everything in one file that
// was half of what `pki list` took (docs/decisions/0045). So esbuild splits the program where the source
// says `import()`, the pieces are packed by what is needed together, and V8's compiled form of the core stands
// beside it for the Node that built it. CommonJS, because Node 20 starts it in half the time of an ES module.
import { spawnSync } from "node:child_process";
import { chmodSync, mkdirSync, readdirSync, rmSync, writeFileSync } from "node:fs";

import { basename, resolve } from "node:path";
import { build, transform } from "esbuild";
import packageJson from "../package.json" with { type: "json" };

/** Libraries that stay outside and are loaded by the few commands that build certificates. */
export const external = Object.keys(packageJson.dependencies).filter((name) => name !== "commander");

/** Part → the source files it begins with; what they import statically comes along. The first that fits takes a piece. */
const PARTS = [
  [
    "core",
    /^src\/(cli\/bin|cli\/commands\/list|codecs\/(kdb|java)\/index|codecs\/kdb\/stash)\.ts$/,
  ],
  ["pkcs12", /^src\/(codecs\/pkcs12|crypto)\//],
  ["pem", /^src\/codecs\/pem\//],
  ["commands", /./],
];

/** commander asks for child_process to run other programs as subcommands, which pki has not; it costs 5 ms. */
const noSubprograms = {
  name: "no-subprograms",
  setup({ onResolve, onLoad }) {
    onResolve({ filter: /^node:child_process$/ }, ({ importer }) =>
      /[\\/]commander[\\/]/.test(importer) ? { path: "none", namespace: "none" } : undefined,
    );
    onLoad({ filter: /./, namespace: "none" }, () => ({ contents: "module.exports = {};" }));
  },
};

const split = await build({
  entryPoints: { pki: "src/cli/bin.ts" },
  outdir: "dist",
  write: false,
  metafile: true,
  bundle: true,
  splitting: true,
  format: "esm",
  platform: "node",
  target: "node20",
  minify: true,
  legalComments: "none",
  external,
  plugins: [noSubprograms],
  define: { PKI_VERSION: JSON.stringify(packageJson.version) },
  logLevel: "warning",
});

const { outputs } = split.metafile;
const paths = Object.keys(outputs);

/** A piece and all that it imports statically. */
function withImports(path, found = new Set()) {
  if (found.has(path)) return found;
  found.add(path);
  for (const { path: other, kind, external: outside } of outputs[path].imports) {
    if (kind === "import-statement" && !outside) withImports(other, found);
  }
  return found;
}

const partOf = new Map();
for (const [part, entries] of PARTS) {
  for (const path of paths.filter((name) => entries.test(outputs[name].entryPoint ?? ""))) {
    for (const piece of withImports(path)) if (!partOf.has(piece)) partOf.set(piece, part);
  }
}

/** The pieces of a part as members of an object literal: id → function(module, exports, require). */
async function pack(part) {
  const members = [];
  for (const { path, text } of split.outputFiles) {
    const name = paths.find((known) => basename(known) === basename(path));
    if (partOf.get(name) !== part) continue;
    const { code } = await transform(text, { format: "cjs", platform: "node", minify: true });
    const body = code.replaceAll(
      /\bimport\("(\.\/[^"]+)"\)/g,
      'Promise.resolve().then(()=>require("$1"))',
    );
    const wrapped = `function(module,exports,require){${body}}`;
    members.push(`${JSON.stringify(`./${basename(path)}`)}:${wrapped}`);
  }
  return members.join(",\n");
}

const whereabouts = Object.fromEntries(
  paths.filter((path) => partOf.get(path) !== "core").map((path) => [`./${basename(path)}`, partOf.get(path)]),
);

const core = `(function(require,process){"use strict";
const pieces={${await pack("core")}};
const parts=${JSON.stringify(whereabouts)};
const loaded=new Map();
function late(id){
  let real;
  return new Proxy({},{get:(_,name)=>(real??=require(id))[name]});
}
function load(id){
  if(!id.startsWith("./"))return id==="node:crypto"?late(id):require(id);
  let module=loaded.get(id);
  if(module===undefined){
    if(pieces[id]===undefined)Object.assign(pieces,require("./pki-"+parts[id]+".cjs"));
    loaded.set(id,module={exports:{}});
    pieces[id](module,module.exports,load);
  }
  return module.exports;
}
load("./pki.js");
})
`;
if (/[^\x00-\x7f]/.test(core)) throw new Error("the core is read as Latin-1: it must be ASCII");
if (/\bimport\(/.test(core)) throw new Error("the core is compiled as a script: it cannot import()");

/** The start of the program: takes V8's compiled form of the core, where one was made by this very V8. */
const start = `#!/usr/bin/env node
"use strict";
const fs=require("node:fs"),vm=require("node:vm"),core=__dirname+"/pki-core.js";
let cachedData;
try{cachedData=fs.readFileSync(__dirname+"/pki-core."+process.versions.v8+"-"+process.arch+".cache")}catch{}
new vm.Script(fs.readFileSync(core,"latin1"),{filename:core,cachedData}).runInThisContext()(require,process);
`;

mkdirSync("dist", { recursive: true });
for (const name of readdirSync("dist")) if (/^pki.*\.(cjs|js|cache)$/.test(name)) rmSync(`dist/${name}`);
for (const [part] of PARTS.slice(1)) {
  writeFileSync(`dist/pki-${part}.cjs`, `"use strict";\nmodule.exports={${await pack(part)}};\n`);
}
writeFileSync("dist/pki-core.js", core);
writeFileSync("dist/pki.cjs", start);
chmodSync("dist/pki.cjs", 0o755);
writeCache();

/** Lists stores once, so that V8 knows what listing needs, and keeps what it made of it. */
function writeCache() {
  const stores = ["java/keytool.jks", "kdb/labels.kdb", "pem/bundle.pem"].map((name) => resolve("certs-fixtures", name));
  const script = `
    const fs = require("node:fs"), vm = require("node:vm"), { createRequire } = require("node:module");
    const core = ${JSON.stringify(resolve("dist/pki-core.js"))};
    const script = new vm.Script(fs.readFileSync(core, "latin1"), { filename: core });
    const argv = ["node", "pki", "list", ...${JSON.stringify(stores)}];
    script.runInThisContext()(createRequire(core), Object.create(process, { argv: { value: argv } }));
    process.on("exit", () => {
      const name = core.replace(/js$/, process.versions.v8 + "-" + process.arch + ".cache");
      fs.writeFileSync(name, script.createCachedData());
    });`;
  const env = { PATH: process.env.PATH, PKI_NO_PROMPT: "1" };
  const child = spawnSync(process.execPath, ["-e", script], { env, encoding: "utf8" });
  if (child.status !== 0) throw new Error(`the code cache could not be made\n${child.stderr}`);
}
