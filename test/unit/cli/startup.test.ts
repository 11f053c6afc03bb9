import { describe, expect, it } from "vitest";
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
    const allowed = ["node:crypto", "node:fs", "node:path", "node:util"];
    expect(builtin.filter((name) => !allowed.includes(name))).toEqual([]);
  });
});
