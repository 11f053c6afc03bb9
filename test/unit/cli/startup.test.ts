import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { describe, expect, it } from "vitest";
import { cliCommand } from "../../support/run-cli.ts";
import { loadedWith, sourceFiles } from "../../support/source-tree.ts";

const source = sourceFiles("src");

/** What `pki list` loads before it knows what it reads, then with each format's reader. */
function loadedByList(format: string): ReadonlySet<string> {
  const entries = ["src/cli/bin.ts", "src/cli/commands/list.ts", `src/codecs/${format}/index.ts`];
  return new Set(entries.flatMap((entry) => [...loadedWith(entry, source)]));
}

describe("pki list", () => {
  it.each(["kdb", "java", "pkcs12", "pem"])(
    "loads nothing that builds or writes, for %s",
    (format) => {
      const loaded = [...loadedByList(format)];
      const late = loaded.filter(
        (name) =>
          /^(pkijs|asn1js|@peculiar\/|jks-js)/.test(name) ||
          /^src\/(x509\/build|audit|products)\//.test(name) ||
          /^src\/io\/(commit|node-lock|node-prompt|tls|node-tls)/.test(name),
      );
      expect(late).toEqual([]);
    },
  );

  it("loads of Node itself only what is cheap", () => {
    const builtin = [...loadedByList("kdb")].filter((name) => name.startsWith("node:"));
    const allowed = ["node:crypto", "node:fs", "node:path"];
    expect(builtin.filter((name) => !allowed.includes(name))).toEqual([]);
  });
});

describe.skipIf(process.env.PKI_BIN !== undefined)("pki list as a process", () => {
  it.each(["java/keytool.jks", "kdb/labels.kdb"])("loads little for %s", (store) => {
    const folder = mkdtempSync(join(tmpdir(), "pki-loaded-"));
    const spy = join(folder, "spy.cjs");
    writeFileSync(
      spy,
      `process.on("exit", () => {
        const files = Object.keys(require.cache).map((path) => path.replace(/.*[\\\\/]/, ""));
        require("node:fs").writeSync(2, JSON.stringify({ files, builtin: process.moduleLoadList }));
      });`,
    );
    const [node, script = ""] = cliCommand();
    const args = ["-r", spy, script, "list", resolve("certs-fixtures", store)];
    const run = spawnSync(node, args, { encoding: "utf8", env: { PATH: process.env.PATH ?? "" } });
    rmSync(folder, { recursive: true });
    const { files, builtin } = JSON.parse(run.stderr) as { files: string[]; builtin: string[] };
    expect(files.sort()).toEqual(["pki.cjs", "spy.cjs"]);
    for (const name of ["child_process", "tls", "http", "worker_threads", "readline"]) {
      expect(builtin).not.toContain(`NativeModule ${name}`);
    }
  });
});
