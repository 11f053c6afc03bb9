import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { reported } from "../../../../src/app/audit/walk.ts";
import { auditPaths } from "../../../../src/app/audit.ts";
import { fakeHost } from "../../../support/fake-host.ts";

const fixture = (path: string) => new Uint8Array(readFileSync(`certs-fixtures/${path}`));

describe("a path as reports show it", () => {
  it.each([
    ["conf", "/work", "conf"],
    ["./conf/", "/work", "conf"],
    ["././conf//qm/./key.kdb", "/work", "conf/qm/key.kdb"],
    ["conf/.", "/work", "conf"],
    [".", "/work", "."],
    ["./", "/work", "."],
    ["/work", "/work", "."],
    ["/work/", "/work", "."],
    ["/work/conf/qm", "/work", "conf/qm"],
    ["/work/..conf", "/work", "..conf"],
    ["/workshop/conf", "/work", "/workshop/conf"],
    ["/opt/mq/", "/work", "/opt/mq"],
    ["/", "/work", "/"],
    ["/opt/mq", "/", "/opt/mq"],
    ["../conf", "/work", "../conf"],
    ["conf/../etc", "/work", "conf/../etc"],
    ["/opt//mq", undefined, "/opt/mq"],
  ])("%s in %s is %s", (path, here, shown) => {
    expect(reported(path, here)).toBe(shown);
  });
});

describe("paths and fingerprints", () => {
  it("are the same however paths and their order are written", async () => {
    const files = { "a/root.pem": fixture("pem/root.pem"), "b/v4.kdb": fixture("kdb/v4.kdb") };
    const host = fakeHost({ files });
    const here = await host.files.realPath(".");
    const audited = async (...paths: readonly string[]) => {
      const { report } = (await auditPaths(host, paths, {})).result;
      return report.findings.map(({ finding }) => [finding.fingerprint, finding.places]);
    };
    const plain = await audited("a", "b");
    expect(plain.length).toBeGreaterThan(3);
    for (const paths of [
      ["b", "a"],
      ["./a/", "b//."],
      [`${here}/a`, `${here}/b/`],
      ["."],
      [here],
    ]) {
      expect(await audited(...paths)).toEqual(plain);
    }
  });
});
