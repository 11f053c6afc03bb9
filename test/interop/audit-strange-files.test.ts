import { execFileSync } from "node:child_process";
import {
  chmodSync,
  closeSync,
  copyFileSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readFileSync,
  rmSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
  writeSync,
} from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { auditPaths } from "../../src/app/audit.ts";
import { nodeHost } from "../../src/io/node-host.ts";
import { tarOf } from "../support/archives.ts";
import { schemaFaults } from "../support/json-schema.ts";
import type { JsonReport } from "../support/report-readers.ts";
import { runCli } from "../support/run-cli.ts";

/** What lies about on real disks beside stores: the real program ends, tells the stores, and its JSON is in order. */

const isRoot = process.getuid?.() === 0;
const schema = JSON.parse(readFileSync("docs/schemas/audit.schema.json", "utf8"));
let folder = "";
const at = (...names: readonly string[]) => join(folder, ...names);

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "pki-strange-"));
  mkdirSync(at("tree"));
  copyFileSync("certs-fixtures/pem/root.pem", at("tree", "root.pem"));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

/** Audits `tree` and gives each store's path, with the reason where it was not opened. */
function audited(code: number, ...paths: readonly string[]): readonly string[] {
  const named = paths.length === 0 ? ["tree"] : paths;
  const args = ["audit", ...named, "--rule", "certificate-expired", "--json"];
  const run = runCli(args, { cwd: folder, timeoutMs: 30_000 });
  expect([run.code, run.signal], run.stderr).toEqual([code, null]);
  const report = JSON.parse(run.stdout) as JsonReport;
  expect(schemaFaults(schema, report)).toEqual([]);
  return report.stores.map((store) =>
    store.opened ? store.path : `${store.path}: ${store.code ?? ""}`,
  );
}

describe.skipIf(process.platform === "win32")("an audit of", () => {
  it("links in a loop, to each other, to their own directory and to nothing", () => {
    symlinkSync("loop", at("tree", "loop"));
    symlinkSync("b", at("tree", "a"));
    symlinkSync("a", at("tree", "b"));
    symlinkSync(".", at("tree", "self"));
    symlinkSync("..", at("tree", "above"));
    symlinkSync("gone.kdb", at("tree", "gone"));
    expect(audited(0)).toEqual(["root.pem"]);
  });

  it("a linked file outside of the tree, once, and one inside not twice", () => {
    copyFileSync("certs-fixtures/pem/intermediate.pem", at("outside.pem"));
    symlinkSync("../outside.pem", at("tree", "link1.pem"));
    symlinkSync("../outside.pem", at("tree", "link2.pem"));
    symlinkSync("root.pem", at("tree", "root2.pem"));
    expect(audited(0)).toEqual(["link1.pem", "root.pem"]);
  });

  it("a tar with a disk image of 100 GB, which is not read", () => {
    const member = { name: "disk.img", bytes: new Uint8Array(0) };
    const last = tarOf([{ name: "root.pem", bytes: readFileSync("certs-fixtures/pem/root.pem") }]);
    const size = 100 * 1024 ** 3;
    const header = tarOf([member]).slice(0, 512);
    // GNU's base 256, for what eleven octal digits do not hold.
    header.set(
      [0x80, 0, 0, 0, 0, 0, 0, ...[32, 24, 16, 8, 0].map((bit) => (size / 2 ** bit) & 255)],
      124,
    );
    const file = openSync(at("tree", "a.tar"), "w");
    writeSync(file, header);
    writeSync(file, last, 0, last.length, 512 + size);
    closeSync(file);
    expect(audited(0)).toEqual(["a.tar!/root.pem", "root.pem"]);
    truncateSync(at("tree", "a.tar"), size);
    expect(audited(0)).toEqual(["a.tar: format-malformed", "root.pem"]);
  });

  it("a FIFO that nobody writes to, even named like a store", () => {
    execFileSync("mkfifo", [at("tree", "key.kdb")]);
    expect(audited(0)).toEqual(["root.pem"]);
  });

  it("a FIFO that was named, told beside the others", () => {
    execFileSync("mkfifo", [at("pipe.p12")]);
    expect(audited(7, "tree", "pipe.p12")).toEqual(["pipe.p12: file-unreadable", "tree/root.pem"]);
  });

  it("a socket", async () => {
    const server = createServer();
    await new Promise<void>((done) => server.listen(at("tree", "key.jks"), done));
    try {
      expect(audited(0)).toEqual(["root.pem"]);
    } finally {
      await new Promise((done) => server.close(done));
    }
  });

  it("a stash that is a FIFO or a link in a loop", () => {
    copyFileSync("certs-fixtures/kdb/v4.kdb", at("tree", "key.kdb"));
    copyFileSync("certs-fixtures/kdb/v4.kdb", at("tree", "other.kdb"));
    execFileSync("mkfifo", [at("tree", "key.sth")]);
    symlinkSync("other.sth", at("tree", "other.sth"));
    expect(audited(0)).toEqual(["key.kdb", "other.kdb", "root.pem"]);
  });

  it.skipIf(isRoot)("what may not be read, told by name beside the others", () => {
    mkdirSync(at("tree", "closed"));
    chmodSync(at("tree", "closed"), 0o000);
    writeFileSync(at("tree", "key.kdb"), "x", { mode: 0o000 });
    try {
      expect(audited(7)).toEqual([
        "closed: file-unreadable",
        "key.kdb: file-unreadable",
        "root.pem",
      ]);
    } finally {
      chmodSync(at("tree", "closed"), 0o700);
    }
  });
});

describe("a file that changes while it is audited", () => {
  /** Changes the store, larger than one look takes, after the first reading. By its name it is none, so it is read twice. */
  async function auditedWhile(change: (path: string) => void, file = "key.bin") {
    const path = at("tree", file);
    copyFileSync("certs-fixtures/kdb/v4.kdb", path);
    const host = nodeHost();
    const files = {
      ...host.files,
      async part(name: string, offset: number, length: number) {
        const bytes = await host.files.part(name, offset, length);
        if (name === path) change(path);
        return bytes;
      },
    };
    const { result } = await auditPaths({ ...host, files }, [at("tree")], { rules: [] });
    return result.report.stores.map(({ path, opened, code }) => [path, opened, code]);
  }

  it("is told as damaged where it shrank, as not there where it went", async () => {
    expect(await auditedWhile((path) => truncateSync(path, 100))).toEqual([
      ["key.bin", false, "format-malformed"],
      ["root.pem", true, undefined],
    ]);
    expect(await auditedWhile((path) => truncateSync(path, 0))).toEqual([
      ["key.bin", false, "format-malformed"],
      ["root.pem", true, undefined],
    ]);
    expect(await auditedWhile((path) => rmSync(path))).toEqual([
      ["key.bin", false, "file-not-found"],
      ["root.pem", true, undefined],
    ]);
  });

  it("is as it was where its name said that it is a store: then it is read at once", async () => {
    expect(await auditedWhile((path) => truncateSync(path, 100), "key.kdb")).toEqual([
      ["key.kdb", true, undefined],
      ["root.pem", true, undefined],
    ]);
  });
});
