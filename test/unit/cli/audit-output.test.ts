import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { auditPaths } from "../../../src/app/audit.ts";
import { main } from "../../../src/cli/main.ts";
import { nodeHost } from "../../../src/io/node-host.ts";
import { auditJson } from "../../../src/render/audit/json.ts";
import { fakeHost } from "../../support/fake-host.ts";
import { runCli } from "../../support/run-cli.ts";

const fixture = (path: string) => new Uint8Array(readFileSync(`certs-fixtures/${path}`));

describe("a report", () => {
  it("is the same bytes on stdout and in a file, whatever its characters and its length", async () => {
    // Refused files by the hundred: a report of some hundred kilobytes with characters of every length.
    const names = Array.from({ length: 700 }, (_, i) => `é漢😀/${"ü".repeat(i % 80)}${i}.p12`);
    const files = Object.fromEntries(names.map((name) => [name, "nothing"]));
    for (const format of ["human", "json", "ndjson", "html"]) {
      const arguments_ = ["audit", ".", "--fail-on", "never", "--at", "2027-01-31"];
      const printed = fakeHost({ files });
      expect(await main(printed, [...arguments_, "--format", format])).toBe(0);
      const written = fakeHost({ files });
      expect(await main(written, [...arguments_, "--format", `${format}=report`])).toBe(0);
      const report = written.disk.get("/here/report")?.bytes as Uint8Array;
      expect(report.length).toBeGreaterThan(64 * 1024);
      expect(new TextDecoder("utf-8", { fatal: true }).decode(report)).toBe(printed.stdout());
    }
  });
});

describe("the built program", () => {
  let folder = "";

  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), "pki-threads-"));
    // By their names these promise enough work for threads.
    mkdirSync(join(folder, "many"));
    for (let i = 0; i < 400; i++) {
      const bytes = i % 40 === 0 ? fixture("java/chain.jks") : new Uint8Array(20_000 + i);
      writeFileSync(join(folder, "many", `${i}.jks`), bytes);
    }
    writeFileSync(join(folder, "openssl.p12"), fixture("pkcs12/openssl.p12"));
    writeFileSync(join(folder, "key.kdb"), fixture("kdb/v4.kdb"));
    writeFileSync(join(folder, "key.sth"), fixture("kdb/v4.sth"), { mode: 0o600 });
    writeFileSync(join(folder, "chain.jks"), fixture("java/chain.jks"));
    writeFileSync(join(folder, "root.pem"), fixture("pem/root.pem"));
  });

  afterAll(() => rmSync(folder, { recursive: true }));

  it("says in threads what the source says in one", async () => {
    const run = runCli(
      ["audit", ".", "--format", "json", "--at", "2127-01-01", "--fail-on", "never"],
      { cwd: folder },
    );
    expect(run.stderr).toBe("");
    const at = new Date("2127-01-01T00:00:00Z");
    const { result } = await auditPaths(nodeHost(), [folder], { at });
    const expected = { schemaVersion: 1, ...auditJson(result.report), root: "." };
    expect(JSON.parse(run.stdout)).toEqual(JSON.parse(JSON.stringify(expected)));
  });
});
