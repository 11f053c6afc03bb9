import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { reported } from "../../../../src/app/audit/walk.ts";
import { auditPaths } from "../../../../src/app/audit.ts";
import { fakeHost } from "../../../support/fake-host.ts";

const fixture = (path: string) => new Uint8Array(readFileSync(`certs-fixtures/${path}`));

describe("a path as reports show it", () => {
  it.each([
    ["conf", "/srv/app", "conf"],
    ["./conf/", "/srv/app", "conf"],
    ["././conf//qm/./key.kdb", "/srv/app", "conf/qm/key.kdb"],
    ["conf/.", "/srv/app", "conf"],
    [".", "/srv/app", "."],
    ["./", "/srv/app", "."],
    ["/srv/app", "/srv/app", "."],
    ["/srv/app/", "/srv/app", "."],
    ["/srv/app/conf/qm", "/srv/app", "conf/qm"],
    ["/srv/app/..conf", "/srv/app", "..conf"],
    ["/srv/apple/conf", "/srv/app", "/srv/apple/conf"],
    ["/opt/mq/", "/srv/app", "/opt/mq"],
    ["/", "/srv/app", "/"],
    ["/opt/mq", "/", "/opt/mq"],
    ["../conf", "/srv/app", "../conf"],
    ["conf/../etc", "/srv/app", "conf/../etc"],
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
