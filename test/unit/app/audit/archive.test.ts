import { readFileSync } from "node:fs";
import { gzipSync } from "node:zlib";
import { describe, expect, it } from "vitest";
import { auditPaths } from "../../../../src/app/audit.ts";
import { tarOf, zipOf } from "../../../support/archives.ts";
import { fakeHost } from "../../../support/fake-host.ts";

const fixture = (path: string) => new Uint8Array(readFileSync(`certs-fixtures/${path}`));
const kdb = { name: "conf/key.kdb", bytes: fixture("kdb/v4.kdb") };
const stash = { name: "conf/key.sth", bytes: fixture("kdb/v4.sth") };
const jks = { name: "WEB-INF/x.jks", bytes: fixture("java/chain.jks") };
const text = { name: "readme", bytes: new TextEncoder().encode("hello ".repeat(2000)) };
const gzip = (bytes: Uint8Array) => new Uint8Array(gzipSync(bytes));

async function stores(name: string, bytes: Uint8Array) {
  const { result } = await auditPaths(fakeHost({ files: { [name]: bytes } }), ["."], {});
  return result.report.stores.map(({ path, code, password }) => [path, code ?? password ?? "open"]);
}

describe("archives", () => {
  it("zip: its stores, with the stashes beside them", async () => {
    expect(await stores("a.war", zipOf([text, kdb, stash, jks]))).toEqual([
      ["a.war!/WEB-INF/x.jks", expect.any(String)],
      ["a.war!/conf/key.kdb", "stash"],
    ]);
  });

  it("tar and tar.gz, the stash behind the store", async () => {
    for (const bytes of [tarOf([text, kdb, stash]), gzip(tarOf([text, kdb, stash]))]) {
      expect(await stores("a.tar", bytes)).toEqual([["a.tar!/conf/key.kdb", "stash"]]);
    }
  });

  it("an image: a jar in a war in a layer", async () => {
    const jar = { name: "lib.jar", bytes: zipOf([jks]) };
    const layer = {
      name: "layer.tar.gz",
      bytes: gzip(tarOf([{ name: "a.war", bytes: zipOf([jar]) }])),
    };
    const image = tarOf([{ name: "manifest.json", bytes: text.bytes }, layer]);
    expect(await stores("image.tar", image)).toEqual([
      ["image.tar!/layer.tar.gz!/a.war!/lib.jar!/WEB-INF/x.jks", expect.any(String)],
    ]);
  });

  it("no deeper than four", async () => {
    let bytes = zipOf([jks]);
    for (let i = 0; i < 4; i++) bytes = zipOf([{ name: `${i}.zip`, bytes }]);
    const found = await stores("a.zip", bytes);
    expect(found.map(([, code]) => code)).toEqual(["limit-exceeded"]);
  });

  it.each([
    ["a size that is a lie", zipOf([jks], 10), "limit-exceeded"],
    ["cut off", zipOf([jks]).subarray(0, 300), "format-malformed"],
    ["a tar cut off", tarOf([jks]).subarray(0, 900), "format-malformed"],
    ["a damaged gzip", gzip(tarOf([jks])).fill(0xff, 400, 500), "format-malformed"],
  ])("%s is told and stops nothing", async (_, bytes, code) => {
    const files = { "a.bin": bytes, "b.jks": jks.bytes };
    const { result } = await auditPaths(fakeHost({ files }), ["."], {});
    const [first, last] = result.report.stores;
    expect(first).toMatchObject({ opened: false, code });
    expect(last).toMatchObject({ path: "b.jks", opened: true });
  });

  it("a bomb is told, not unpacked", async () => {
    const zeros = { name: "zeros", bytes: new Uint8Array(80 * 1024 * 1024) };
    const bomb = gzip(tarOf([zeros, jks]));
    expect(await stores("a.tgz", bomb)).toEqual([["a.tgz", "limit-exceeded"]]);
  });
});
