// Which source file belongs to the core and which to a part, and the text of both.
import { basename, relative, resolve } from "node:path";
import { Script } from "node:vm";
import { build } from "esbuild";
import { common } from "./options.mjs";

/** The file of `cli/` whose `runProgram` the core begins with. */
const PROGRAM = "program";

/** Everything that listing a KDB or a JKS runs; what these import statically comes along. */
const CORE = /^src\/(cli\/program|cli\/commands\/list|codecs\/(kdb|java)\/index|codecs\/kdb\/stash)\.ts$/;

/** Part → the dynamic imports that it holds, with what they import statically. The first that fits takes a piece. */
const PARTS = [
  ["arguments", /^src\/cli\/parse-arguments\.ts$/],
  ["pkcs12", /^src\/(codecs\/pkcs12|crypto)\//],
  ["pem", /^src\/codecs\/pem\//],
  ["commands", /./],
];

const root = resolve(".");
/** The name of a piece, as others import it. */
const at = (path) => `./${basename(path)}`;
const named = (path) => relative(root, path).replaceAll("\\", "/");

/** The files of the core, and every dynamic import that leads out of it or from one part to another. */
async function survey({ starts, ...options }) {
  const { metafile } = await build({
    ...common,
    entryPoints: [`src/cli/${PROGRAM}.ts`, ...starts],
    outdir: "dist",
    metafile: true,
    splitting: true,
    format: "esm",
    ...options,
  });
  const core = new Set();
  const entries = [];
  for (const [path, { entryPoint }] of Object.entries(metafile.outputs)) {
    if (entryPoint === undefined) continue;
    if (!CORE.test(entryPoint)) {
      entries.push(entryPoint);
      continue;
    }
    for (const piece of withImports(metafile.outputs, path)) {
      for (const file of Object.keys(metafile.outputs[piece].inputs)) core.add(file);
    }
  }
  return { core, entries: entries.filter((file) => !core.has(file)) };
}

/** A piece and all that it imports statically. */
function withImports(outputs, path, found = new Set()) {
  if (found.has(path)) return found;
  found.add(path);
  for (const { path: other, kind, external: outside } of outputs[path].imports) {
    if (kind === "import-statement" && !outside) withImports(outputs, other, found);
  }
  return found;
}

/** Imports of files that `wanted` likes become imports of `prefix` and the file's name. */
function redirect(prefix, wanted) {
  return {
    name: `to-${prefix}`,
    setup({ onResolve }) {
      onResolve({ filter: /^\.\.?\// }, ({ path, resolveDir, kind }) => {
        const file = named(resolve(resolveDir, path));
        return wanted(file, kind) ? { path: `${prefix}:${file}`, external: true } : undefined;
      });
    },
  };
}

/** Dynamic imports become calls of the loader: a script cannot import. */
function withoutImports(code) {
  const own = code.replaceAll(
    /\bimport\("((?:core:|part:|\.\/)[^"]+)"\)/g,
    'Promise.resolve().then(()=>require("$1"))',
  );
  return own.replaceAll(/\bimport\(("[^"]+")\)/g, "require.outside($1)");
}

/**
 * @param given - `starts`: files that something else than the program begins with, such as a thread's;
 *   the rest are esbuild's options: `external`, the libraries that are not taken in, `define`
 * @returns `core`, the text of the core, which calls `provide` with what parts take from it and with what
 *   runs the program; `parts`, the
 *   members of an object literal for each part, piece → function(module, require); `partOf`, the
 *   part of every piece; `pieces`, the piece of every dynamic import
 */
export async function makeParts(given) {
  const { starts, ...options } = given;
  const { core, entries } = await survey(given);
  const result = await build({
    ...common,
    entryPoints: entries,
    entryNames: "[name]-[hash]",
    outdir: "dist",
    metafile: true,
    splitting: true,
    format: "esm",
    ...options,
    plugins: [...common.plugins, redirect("core", (file) => core.has(file))],
  });
  const { outputs } = result.metafile;
  const paths = Object.keys(outputs);
  const partOf = new Map();
  for (const [part, which] of PARTS) {
    for (const path of paths.filter((name) => which.test(outputs[name].entryPoint ?? ""))) {
      for (const piece of withImports(outputs, path)) {
        if (!partOf.has(piece)) partOf.set(piece, part);
      }
    }
  }

  // esbuild's own helpers do nothing by being there: only who names one needs them.
  const idle = new Set(paths.filter((path) => Object.keys(outputs[path].inputs).length === 0).map(at));

  const members = new Map(PARTS.map(([part]) => [part, []]));
  const taken = new Map();
  for (const { path, text } of result.outputFiles) {
    const piece = paths.find((known) => basename(known) === basename(path));
    noteTaken(text, taken);
    const wrapped = `function(module,require){${asFunction(text, idle)}}`;
    members.get(partOf.get(piece)).push(`${JSON.stringify(`./${basename(piece)}`)}:${wrapped}`);
  }
  return {
    core: await makeCore(core, taken, options),
    parts: new Map([...members].map(([part, list]) => [part, list.join(",\n")])),
    partOf: new Map(paths.map((path) => [at(path), partOf.get(path)])),
    pieces: Object.fromEntries(
      paths.flatMap((path) => {
        const { entryPoint } = outputs[path];
        return entryPoint === undefined ? [] : [[`part:${entryPoint}`, at(path)]];
      }),
    ),
  };
}

/**
 * A piece, an ES module as esbuild writes them, as the body of a function. Pieces import each other in no
 * circle and change no export later, so plain constants do: esbuild's own form asks two getters for every call.
 */
function asFunction(text, idle) {
  const before = [];
  const take = (pattern, write) => {
    rest = rest.replaceAll(pattern, (_whole, ...found) => {
      before.push(write(...found));
      return "";
    });
  };
  const pairs = (names) => names.replace(/([\w$]+) as ([\w$]+)/g, "$1:$2");
  let rest = text;
  // An import holds for the whole piece wherever it stands, so all of them go to its beginning.
  take(/(?<=^|[;}\n])import\{([^{}]*)\}from("[^"]+");?/g, (names, from) => {
    if (from === '"node:crypto"') return lateFunctions(names, from);
    return `const{${pairs(names)}}=require(${from});`;
  });
  take(/(?<=^|[;}\n])import ([\w$]+) from("[^"]+");?/g, (name, from) => {
    return `const ${name}=require(${from});`;
  });
  take(/(?<=^|[;}\n])import\*as ([\w$]+) from("[^"]+");?/g, (name, from) => {
    return `const ${name}=require(${from});`;
  });
  take(/(?<=^|[;}\n])import("[^"]+");?/g, (from) => {
    return idle.has(JSON.parse(from)) ? "" : `require(${from});`;
  });
  let after = "";
  take(/(?<=^|[;}\n])export\{([^{}]*)\};?\s*$/g, (names) => {
    const swapped = names.replace(/([\w$]+) as ([\w$]+)/g, "$2:$1");
    after = `;module.exports={${swapped}};`;
    return "";
  });
  take(/(?<=^|[;}\n])export default ([\w$]+\(\));?\s*$/g, (value) => {
    // A CommonJS library that is taken in: Node gives its names as well as the whole, esbuild the whole alone.
    after = `;module.exports={...${value},default:${value}};`;
    return "";
  });
  const code = withoutImports(before.join("") + rest + after);
  // Says at once where a form of esbuild's is not known here.
  new Script(`(async function(module,require){${code}})`);
  return code;
}

/** What of node:crypto is only ever called. Others may be looked at: promisify asks generateKeyPair for a symbol. */
const CALLED = new Set(
  (
    "createCipheriv createDecipheriv createECDH createHash createHmac createPrivateKey createPublicKey " +
    "getCipherInfo hash pbkdf2 randomBytes scrypt sign timingSafeEqual verify"
  ).split(" "),
);

/** Functions that ask for their module when they are called: node:crypto is not loaded by who may need it. */
function lateFunctions(names, from) {
  return names
    .split(",")
    .map((item) => item.split(" as ").map((word) => word.trim()))
    .map(([name, local = name]) => {
      if (CALLED.has(name)) return `const ${local}=(...given)=>require(${from}).${name}(...given);`;
      if (name !== "constants") return `const{${name}:${local}}=require(${from});`;
      return `const ${local}=new Proxy({},{get:(_,name)=>require(${from}).constants[name]});`;
    })
    .join("");
}

/** Collects what a piece takes from the core: file → names, or `*` where it asks at run time. */
function noteTaken(text, taken) {
  const note = (file, names) => {
    taken.set(file, new Set([...(taken.get(file) ?? []), ...names]));
  };
  let known = 0;
  for (const [, list, file] of text.matchAll(/\{([^{}]*)\}from"core:([^"]+)"/g)) {
    known++;
    note(file, list.split(",").map((item) => item.split(" as ")[0].trim()));
  }
  for (const [, file] of text.matchAll(/import\("core:([^"]+)"\)/g)) {
    known++;
    note(file, ["*"]);
  }
  for (const [, file] of text.matchAll(/import"core:([^"]+)"/g)) {
    known++;
    note(file, []);
  }
  const all = text.match(/"core:/g)?.length ?? 0;
  if (known !== all) throw new Error("a piece imports from the core in a way that the build does not know");
}

/** The core as one scope: no piece of it asks another for anything while it runs. */
async function makeCore(files, taken, options) {
  const exported = await exportsOf([...taken.keys()]);
  const lines = [];
  const members = [];
  let count = 0;
  for (const [file, wanted] of taken) {
    const names = wanted.has("*") ? exported.get(file) : [...wanted];
    const pairs = names.map((name) => [name, `taken${count++}`]);
    const list = pairs.map(([name, local]) => `${name} as ${local}`).join(", ");
    lines.push(`import { ${list} } from "./${file}";`);
    const object = pairs.map(([name, local]) => `${name}: ${local}`).join(", ");
    members.push(`${JSON.stringify(`core:${file}`)}: () => ({ ${object} })`);
  }
  const { outputFiles } = await build({
    ...common,
    stdin: {
      contents: [
        `import { runProgram } from "./src/cli/${PROGRAM}.ts";`,
        ...lines,
        `provide({ ${members.join(",\n")} }, runProgram);`,
      ].join("\n"),
      resolveDir: root,
      loader: "ts",
    },
    format: "cjs",
    ...options,
    plugins: [
      ...common.plugins,
      redirect("part", (file, kind) => kind === "dynamic-import" && !files.has(file)),
    ],
  });
  return withoutImports(outputFiles[0].text);
}

async function exportsOf(files) {
  const { metafile } = await build({
    ...common,
    entryPoints: files,
    bundle: false,
    metafile: true,
    outdir: "dist",
    format: "esm",
    plugins: [],
  });
  return new Map(
    Object.values(metafile.outputs).map((output) => [output.entryPoint, output.exports]),
  );
}
