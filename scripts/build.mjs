// Makes dist/pki.cjs, the program, and the parts of it that only some commands load (dist/pki-*).
//
// Node 20 has to look at every byte of a file before it runs the first, and to compile what runs: with everything
// in one file that was half of what `pki list` took (docs/decisions/0045). So what every `list` needs is one
// flat core, the rest lies in parts, and V8's compiled form of the hot ones stands beside them for the Node
// that built them. CommonJS, because Node 20 starts it in half the time of an ES module.
import { spawnSync } from "node:child_process";
import { chmodSync, existsSync, mkdirSync, readdirSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { coreScript } from "./build/loader.mjs";
import { common, external } from "./build/options.mjs";
import { makeParts } from "./build/parts.mjs";

/** dist/pki-NAME.cjs → the source file that it starts: what `pki audit` runs in a thread. */
const STARTS = new Map([["thread", "src/cli/audit-thread.ts"]].filter(([, file]) => existsSync(file)));

// A script has no directory of its own: it is told where it lies.
const define = { ...common.define, __dirname: "require.home" };
const made = await makeParts({ starts: [...STARTS.values()], external, define });

const fileOf = (part) => `pki-${part}.js`;

/** A start: takes V8's compiled form of a script, where one was made by this very V8. */
const startOf = (entry) => `#!/usr/bin/env node
"use strict";
const fs=require("node:fs"),vm=require("node:vm");
function script(part){
  const filename=__dirname+"/pki-"+part+".js";
  let cachedData;
  try{cachedData=fs.readFileSync(filename.slice(0,-2)+process.versions.v8+"-"+process.arch+".cache")}catch{}
  return new vm.Script(fs.readFileSync(filename,"latin1"),{filename,cachedData}).runInThisContext();
}
script("core")(require,process,script,${entry === undefined ? "undefined" : `"part:${entry}"`},(id)=>import(id),__dirname);
`;

const scripts = new Map([[fileOf("core"), coreScript(made)]]);
for (const [part, text] of made.parts) scripts.set(fileOf(part), `({${text}})\n`);
for (const [name, text] of scripts) {
  if (/[^\x00-\x7f]/.test(text)) throw new Error(`${name} is read as Latin-1: it must be ASCII`);
  if (/\bimport\(/.test(text)) throw new Error(`${name} is a script: it cannot import()`);
}

mkdirSync("dist", { recursive: true });
// V8 knows a cache of another text by its length alone: none may outlive the text that it was made of.
for (const name of readdirSync("dist")) if (/^pki-.*\.cache$/.test(name)) rmSync(join("dist", name));
const starts = new Map([["pki.cjs", startOf()]]);
for (const [name, file] of STARTS) starts.set(`pki-${name}.cjs`, startOf(file));
for (const [name, text] of [...scripts, ...starts]) {
  writeFileSync(join("dist", `${name}.new`), text);
  renameSync(join("dist", `${name}.new`), join("dist", name));
}
chmodSync("dist/pki.cjs", 0o755);
for (const name of readdirSync("dist")) {
  if (/^pki-.*\.c?js$/.test(name) && !scripts.has(name) && !starts.has(name)) rmSync(join("dist", name));
}
writeCaches();

/** Runs what shall be quick once, so that V8 knows what it needs, and keeps what it made of it. */
function writeCaches() {
  const at = (name) => resolve("certs-fixtures", name);
  writeCachesOf(["commands"], [
    ["audit", at("pem"), at("java"), "--fail-on", "never", "--format", "json"],
  ]);
  // Of what `list` loads only what it runs: V8 takes its time for every function that a cache has.
  writeCachesOf(["core", "arguments", "pem", "pkcs12"], [
    ["list", at("pem/bundle.pem")],
    ["list", at("java/keytool.jks"), "--password", "env:JKS_PASSWORD"],
    ["list", at("kdb/v4.kdb"), at("pkcs12/keytool.p12"), "--password", "env:FIXTURE_PASSWORD"],
    ["list", "--help"],
  ]);
}

function writeCachesOf(parts, runs) {
  const program = `
    const fs = require("node:fs"), vm = require("node:vm"), { createRequire } = require("node:module");
    const dist = ${JSON.stringify(resolve("dist"))};
    const outside = createRequire(dist + "/pki.cjs");
    const scripts = new Map();
    function script(part) {
      let made = scripts.get(part);
      if (made === undefined) {
        const filename = dist + "/pki-" + part + ".js";
        scripts.set(part, (made = new vm.Script(fs.readFileSync(filename, "latin1"), { filename })));
      }
      return made.runInThisContext();
    }
    for (const run of ${JSON.stringify(runs)}) {
      const argv = ["node", "pki", ...run];
      const own = Object.create(process, { argv: { value: argv } });
      script("core")(outside, own, script, undefined, (id) => import(id), dist);
    }
    process.on("exit", () => {
      for (const part of ${JSON.stringify(parts)}) {
        const made = scripts.get(part);
        const cache = dist + "/pki-" + part + "." + process.versions.v8 + "-" + process.arch + ".cache";
        fs.writeFileSync(cache, made.createCachedData());
      }
    });`;
  const passwords = { JKS_PASSWORD: "changeit", FIXTURE_PASSWORD: "fixture-password" };
  const env = { PATH: process.env.PATH, PKI_NO_PROMPT: "1", ...passwords };
  const child = spawnSync(process.execPath, ["-e", program], { env, encoding: "utf8" });
  if (child.status !== 0 || child.stderr !== "") {
    throw new Error(`the code caches could not be made\n${child.stderr}`);
  }
}
