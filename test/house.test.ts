import { existsSync, readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { fixtureNames, manifest } from "./support/fixtures.ts";
import { filesUnder, loadedWith, type SourceFile, sourceFiles } from "./support/source-tree.ts";

/** Keeps docs/house.md true: layers, bans, sizes, fixtures, dependencies. */

const house = readFileSync("docs/house.md", "utf8");
const source = sourceFiles("src");
const tests = sourceFiles("test");

/** Imports point only left. */
const LAYERS = [
  "model",
  "bytes",
  "crypto",
  "x509",
  "codecs",
  "audit",
  "products",
  "io",
  "app",
  "render",
  "cli",
];

/** Layer → layers that it must not import though they stand left of it. */
const NEVER: Readonly<Record<string, readonly string[]>> = {
  audit: ["codecs"],
  products: ["codecs"],
  io: ["codecs", "x509"],
};

/** Package or built-in module → who may import it. */
const IMPORTERS: Readonly<Record<string, RegExp>> = {
  commander: /^src\/cli\//,
  pkijs: /^src\/x509\/build\//,
  asn1js: /^src\/x509\/build\//,
  "@peculiar/webcrypto": /^src\/crypto\/engine\.ts$/,
  // Read and written by nobody but the audit's own files.
  ignore: /^src\/app\/audit\//,
  yaml: /^src\/app\/audit\//,
  "node:child_process": /^src\/io\/git\.ts$/,
  "node:zlib": /^src\/io\//,
  "node:stream": /^src\/io\/inflate\.ts$/,
  "node:worker_threads": /^src\/io\//,
  "node:crypto": /^src\/(crypto|x509|codecs|io)\//,
  "node:util": /^src\/x509\/build\//,
  "node:url": /^src\/x509\/build\//,
  "node:path": /^src\/(io|app|render|cli)\//,
  // An address is told from a name by node:net's isIP, which touches no network.
  "node:net": /^src\/(io\/|x509\/build\/alt-name\.ts$|app\/ca\/certificate-options\.ts$)/,
  "node:fs": /^src\/io\//,
  "node:os": /^src\/io\//,
  "node:tls": /^src\/io\//,
  "node:tty": /^src\/io\//,
};

/** What no file under src may do, but for those named. */
const BANS: readonly { what: string; pattern: RegExp; except?: RegExp }[] = [
  { what: "Math.random: randomness is injected", pattern: /\bMath\.random\b/ },
  {
    what: "the clock: it is injected",
    pattern: /\bDate\.now\b|\bnew Date\(\)/,
    except: /^src\/io\//,
  },
  {
    what: "console: one printer, and it is slow to start",
    pattern: /\bconsole\.(?:log|error|warn|info|debug|table|trace)\b/,
  },
  { what: "export default: named exports only", pattern: /^export default\b/m },
  { what: "module state", pattern: /^(?:export )?(?:let|var) /m },
  {
    what: "Buffer: Uint8Array outside io",
    pattern: /\bBuffer\.|\bnew Buffer\b/,
    except: /^src\/(io\/|crypto\/chain\.ts$)/,
  },
  {
    what: "the environment: io asks it",
    pattern: /\bprocess\.(?:env|argv|stdin|stdout|stderr|exit)\b/,
    except: /^src\/(io\/|cli\/program\.ts$)/,
  },
  {
    what: "the host's write primitives: io/commit.ts alone calls them",
    pattern: /\.(?:createNew|makeDirectory|syncDirectory)\(|\bfiles\.(?:rename|remove|append)\(/,
    except: /^src\/io\//,
  },
  {
    what: "printing: cli does it",
    pattern: /\bterminal\.(?:out|outBytes|err)\(/,
    // app/open.ts answers a wrong password at the prompt, between two questions.
    except: /^src\/(io\/|cli\/|app\/open\.ts$)/,
  },
  { what: "eval", pattern: /\beval\(|\bnew Function\(/ },
];

const MAX_LINES = 400;
/** Tests are tables more than code. */
const MAX_TEST_LINES = 600;

const FORBIDDEN_NAMES = /^(utils?|helpers?|common|manager|base|misc|shared)\.ts$/;

const layerOf = (path: string): string => path.split("/")[1] ?? "";
const violations = (check: (file: SourceFile) => readonly string[]): readonly string[] =>
  source.flatMap((file) => check(file).map((what) => `${file.path}: ${what}`));

describe("layers", () => {
  it("are those of docs/house.md", () => {
    expect(house).toContain(`\`${LAYERS.join("  ")}\``);
  });

  it("have no other folder beside them", () => {
    const folders = new Set(source.map((file) => layerOf(file.path)));
    expect([...folders].filter((name) => !name.endsWith(".ts") && !LAYERS.includes(name))).toEqual(
      [],
    );
  });

  it("import only leftwards", () => {
    expect(
      violations((file) => {
        const own = layerOf(file.path);
        return file.imports.flatMap(({ target }) => {
          if (target === undefined || own.endsWith(".ts")) return [];
          const other = layerOf(target);
          const right = LAYERS.indexOf(other) > LAYERS.indexOf(own);
          return right || NEVER[own]?.includes(other) ? [`imports ${target}`] : [];
        });
      }),
    ).toEqual([]);
  });

  it("import files that exist, with their extension", () => {
    expect(
      violations((file) =>
        file.imports.flatMap(({ target }) =>
          target === undefined || existsSync(target) ? [] : [`imports ${target}`],
        ),
      ),
    ).toEqual([]);
  });
});

describe("dependencies", () => {
  it("have the importers that docs/house.md names", () => {
    expect(
      violations((file) =>
        file.imports.flatMap(({ specifier, target }) => {
          if (target !== undefined) return [];
          const allowed = IMPORTERS[specifier];
          return allowed?.test(file.path) ? [] : [`imports ${specifier}`];
        }),
      ),
    ).toEqual([]);
    for (const name of ["commander", "pkijs", "asn1js", "@peculiar/webcrypto", "jks-js"]) {
      expect(house, name).toContain(name);
    }
  });

  it("jks-js is imported by its interop test alone", () => {
    const importers = [...source, ...tests].filter((file) =>
      file.imports.some(({ specifier }) => specifier === "jks-js"),
    );
    expect(importers.map((file) => file.path)).toEqual(["test/interop/jks-js.test.ts"]);
  });

  it("that build certificates are loaded by no codec and no command before it needs them", () => {
    const heavy = ["pkijs", "asn1js", "@peculiar/webcrypto"];
    for (const entry of source.map((file) => file.path)) {
      if (!/^src\/(cli|codecs|render|io)\//.test(entry)) continue;
      const loaded = loadedWith(entry, source);
      expect(
        heavy.filter((name) => loaded.has(name)),
        entry,
      ).toEqual([]);
    }
  });

  it("a codec loads no other codec", () => {
    const folders = ["java", "kdb", "pem", "pkcs12"];
    for (const folder of folders) {
      const loaded = [...loadedWith(`src/codecs/${folder}/index.ts`, source)];
      const others = folders.filter((other) => other !== folder);
      expect(
        loaded.filter((path) => others.some((other) => path.startsWith(`src/codecs/${other}/`))),
        folder,
      ).toEqual([]);
    }
  });
});

describe("code", () => {
  it.each(BANS)("has no $what", ({ pattern, except }) => {
    expect(
      violations((file) =>
        except?.test(file.path) || !pattern.test(file.code) ? [] : [String(pattern)],
      ),
    ).toEqual([]);
  });

  it(`files have at most ${MAX_LINES} lines (tests ${MAX_TEST_LINES})`, () => {
    const long = [...source, ...tests]
      .filter((file) => {
        const limit = file.path.startsWith("test/") ? MAX_TEST_LINES : MAX_LINES;
        return file.text.split("\n").length - 1 > limit;
      })
      .map((file) => file.path);
    expect(long).toEqual([]);
  });

  it("files are named by what they are, in kebab case", () => {
    const names = [...source, ...tests].map((file) => file.path.split("/").at(-1) ?? "");
    expect(names.filter((name) => !/^[a-z0-9]+(-[a-z0-9]+)*(\.test)?\.ts$/.test(name))).toEqual([]);
    expect(names.filter((name) => FORBIDDEN_NAMES.test(name) && name !== "shared.ts")).toEqual([]);
  });

  it("unit tests stand where their source stands", () => {
    const folders = new Set(source.map((file) => file.path.replace(/\/[^/]+$/, "")));
    const lost = tests
      .filter((file) => file.path.startsWith("test/unit/"))
      .filter((file) => {
        const folder = file.path.replace(/^test\/unit\//, "src/").replace(/\/[^/]+$/, "");
        return !folders.has(folder);
      });
    expect(lost.map((file) => file.path)).toEqual([]);
  });
});

describe("fixtures", () => {
  const listed = manifest();
  const folders = fixtureNames(".").filter(
    (name) => !/\.(md|json)$/.test(name) && name !== "views",
  );
  const all = folders.flatMap((folder) =>
    filesUnder(`certs-fixtures/${folder}`).map((path) => path.replace("certs-fixtures/", "")),
  );

  it("are each in the manifest or named by a test", () => {
    const text = tests.map((file) => file.text).join("\n");
    const named = (path: string) =>
      text.includes(path) || text.includes(`"${path.split("/").at(-1)}"`);
    // Those of rules belong to a rule each: test/unit/audit/rule-fixtures.test.ts.
    const others = all.filter((path) => !path.startsWith("rules/"));
    expect(others.filter((path) => !listed.has(path) && !named(path))).toEqual([]);
  });

  it("of the manifest exist, each with a view or an error", () => {
    for (const [path, entry] of listed) {
      expect(existsSync(`certs-fixtures/${path}`), path).toBe(true);
      const hasView = existsSync(`certs-fixtures/views/${path}.json`);
      expect(hasView, path).toBe(entry.error === undefined);
    }
  });

  it("have no view without a fixture", () => {
    const views = filesUnder("certs-fixtures/views").map((path) =>
      path.replace("certs-fixtures/views/", "").replace(/\.json$/, ""),
    );
    expect(views.filter((path) => !listed.has(path))).toEqual([]);
  });

  // A KDB is slots of 5,000 octets and more, mostly zeros: they weigh little in a repository.
  it("stay under 2 MB together", () => {
    const size = all.reduce((sum, path) => sum + readFileSync(`certs-fixtures/${path}`).length, 0);
    expect(size).toBeLessThan(2_000_000);
  });

  it("have their provenance in the README", () => {
    const readme = readFileSync("certs-fixtures/README.md", "utf8");
    expect(folders.filter((folder) => !readme.includes(`\`${folder}/`))).toEqual([]);
  });
});

interface LockedPackage {
  readonly version: string;
  readonly resolved?: string;
  readonly integrity?: string;
  readonly license?: string;
  readonly link?: boolean;
  readonly dev?: boolean;
}

describe("packages", () => {
  const lock = JSON.parse(readFileSync("package-lock.json", "utf8")) as {
    packages: Record<string, LockedPackage>;
  };
  const locked = Object.entries(lock.packages).filter(([path]) => path !== "");

  /** Licences that may be shipped. */
  const LICENCES = ["MIT", "ISC", "0BSD", "BSD-2-Clause", "BSD-3-Clause", "Apache-2.0"];
  /** Others, for development only. */
  const OTHER_LICENCES: Readonly<Record<string, RegExp>> = {
    "MIT OR Apache-2.0": /^@biomejs\//, // we take it under Apache-2.0
    "MPL-2.0": /^(lightningcss|axe-core$)/, // vite's, and a judge of our reports; neither changed nor shipped
    "(BSD-3-Clause OR GPL-2.0)": /^node-forge$/, // jks-js's; we take it under BSD-3-Clause
  };
  /** Packages that are there in two versions, and why. */
  const TWICE: Readonly<Record<string, string>> = {
    asn1js: "@peculiar/webcrypto's schema package asks for 3; pkijs and we use 4",
    "@peculiar/utils": "the same two packages, one step below",
  };
  const nameOf = (path: string) => path.replace(/^.*node_modules\//, "");

  it("come from the registry, each with its integrity value", () => {
    for (const [path, entry] of locked) {
      expect(entry.integrity, path).toMatch(/^sha512-/);
      expect(entry.link, path).toBeUndefined();
      expect(entry.resolved ?? "", path).not.toMatch(/^(git|http:|file:)/);
    }
  });

  it("have a licence that we may use", () => {
    const refused = locked.filter(([path, { license = "none", dev }]) => {
      if (LICENCES.includes(license)) return false;
      return dev !== true || OTHER_LICENCES[license]?.test(nameOf(path)) !== true;
    });
    expect(refused.map(([path, { license }]) => `${path} ${license}`)).toEqual([]);
  });

  it("are there once", () => {
    const versions = new Map<string, Set<string>>();
    for (const [path, { version }] of locked) {
      versions.set(nameOf(path), (versions.get(nameOf(path)) ?? new Set()).add(version));
    }
    const twice = [...versions].filter(([, set]) => set.size > 1).map(([name]) => name);
    expect(twice.sort()).toEqual(Object.keys(TWICE).sort());
  });

  it("are pinned", () => {
    const { dependencies, devDependencies } = JSON.parse(readFileSync("package.json", "utf8")) as {
      dependencies: Record<string, string>;
      devDependencies: Record<string, string>;
    };
    const ranges = Object.entries({ ...dependencies, ...devDependencies }).filter(
      ([, range]) => !/^\d+\.\d+\.\d+$/.test(range),
    );
    expect(ranges).toEqual([]);
  });
});

describe("documents", () => {
  const documents = [...filesUnder("docs", ".md"), "README.md", "CONTRIBUTING.md", "SECURITY.md"]
    .filter((path) => existsSync(path))
    .map((path) => ({ path, text: readFileSync(path, "utf8") }));

  it("name only files that exist", () => {
    const missing = documents.flatMap(({ path, text }) =>
      [...text.matchAll(/`((?:src|test|scripts|docs|certs-fixtures)\/[\w./-]*\w)\/?`/g)]
        .map((match) => match[1] ?? "")
        .filter((name) => !existsSync(name))
        .map((name) => `${path}: ${name}`),
    );
    expect(missing).toEqual([]);
  });

  it("link only to files that exist", () => {
    const broken = documents.flatMap(({ path, text }) =>
      [...text.matchAll(/\]\(([^)#:\s]+)(?:#[^)]*)?\)/g)]
        .map((match) => new URL(match[1] ?? "", `file:///${path}`).pathname.slice(1))
        .filter((name) => !existsSync(name))
        .map((name) => `${path}: ${name}`),
    );
    expect(broken).toEqual([]);
  });

  it("number their decisions once each", () => {
    const numbers = filesUnder("docs/decisions", ".md").map((path) => path.slice(15, 19));
    expect(numbers.filter((number, i) => numbers.indexOf(number) !== i)).toEqual([]);
    expect(numbers.every((number) => /^\d{4}$/.test(number))).toBe(true);
  });

  it("explain every error code", () => {
    const union = /export type ErrorCode =([\s\S]*?);/.exec(
      readFileSync("src/model/error.ts", "utf8"),
    )?.[1];
    const codes = [...(union ?? "").matchAll(/"([a-z-]+)"/g)].map((match) => match[1] ?? "");
    const errors = readFileSync("docs/errors.md", "utf8");
    expect(codes.length).toBeGreaterThan(20);
    expect(codes.filter((code) => !errors.includes(`\`${code}\``))).toEqual([]);
  });
});
