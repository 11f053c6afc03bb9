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

  it("a file that is compressed alone, named as it will be, and its archive", async () => {
    expect(await stores("a.kdb.GZ", gzip(kdb.bytes))).toEqual([["a.kdb.GZ!/a.kdb", "open"]]);
    const inside = { name: "etc/x.jks.gz", bytes: gzip(jks.bytes) };
    expect(await stores("a.zip", zipOf([inside]))).toEqual([
      ["a.zip!/etc/x.jks.gz!/x.jks", expect.any(String)],
    ]);
    expect(await stores("a.war.gz", gzip(zipOf([jks])))).toEqual([
      ["a.war.gz!/a.war!/WEB-INF/x.jks", expect.any(String)],
    ]);
    expect(await stores("a.pem.gz", gzip(text.bytes))).toEqual([
      ["a.pem.gz!/a.pem", "format-unknown"],
    ]);
    expect(await stores("a.log.gz", gzip(text.bytes))).toEqual([]);
    expect(await stores("empty.gz", gzip(new Uint8Array(0)))).toEqual([]);
    const large = new Uint8Array(64 * 1024 * 1024 + 1);
    // Dense enough to be no bomb.
    for (let i = 0, seed = 1; i < 1024 * 1024; i++) {
      seed = (Math.imul(seed, 1_664_525) + 1_013_904_223) >>> 0;
      large[i] = seed >>> 24;
    }
    large.set(jks.bytes);
    expect(await stores("a.jks.gz", gzip(large))).toEqual([["a.jks.gz!/a.jks", "file-too-large"]]);
  }, 60_000);

  it.each([
    ["app.tar.xz", [0xfd, 0x37, 0x7a, 0x58, 0x5a, 0], "xz"],
    ["app.txz", [0xfd, 0x37, 0x7a, 0x58, 0x5a, 0], "xz"],
    ["key.p12.bz2", [0x42, 0x5a, 0x68, 0x39, 0x31, 0x41, 0x59, 0x26], "bzip2"],
    ["layer.tar.zst", [0x28, 0xb5, 0x2f, 0xfd], "zstd"],
    [`blobs/sha256/${"0a".repeat(32)}`, [0x28, 0xb5, 0x2f, 0xfd], "zstd"],
    ["backup.7z", [0x37, 0x7a, 0xbc, 0xaf, 0x27, 0x1c], "7z"],
    ["backup.rar", [0x52, 0x61, 0x72, 0x21, 0x1a, 0x07, 0x01, 0], "rar"],
  ])("%s, which is not unpacked, is told", async (name, head, format) => {
    const bytes = new Uint8Array(600);
    bytes.set(head);
    const files = { [name]: bytes, "messages.log.xz": bytes, "b.jks": jks.bytes };
    const { result } = await auditPaths(fakeHost({ files }), ["."], {});
    const refused = result.report.stores.filter(({ opened }) => !opened);
    expect(refused).toMatchObject([{ path: name, format, code: "format-unsupported" }]);
  });

  it("a tar of the time before POSIX, where its name says so or it is compressed", async () => {
    const old = tarOf([jks]).slice();
    old.fill(0, 257, 265);
    old.fill(0x20, 148, 156);
    const sum = old.subarray(0, 512).reduce((all, byte) => all + byte, 0);
    old.set(new TextEncoder().encode(`${sum.toString(8).padStart(6, "0")}\0 `), 148);
    expect(await stores("a.tar", old)).toEqual([["a.tar!/WEB-INF/x.jks", expect.any(String)]]);
    expect(await stores("a.tgz", gzip(old))).toEqual([
      ["a.tgz!/WEB-INF/x.jks", expect.any(String)],
    ]);
    old[0] = 0x78; // another name: the sum is wrong
    expect(await stores("a.tar", old)).toEqual([]);
  });

  it("the marks of deleted files in an image's layer are no files", async () => {
    const marks = ["etc/.wh.key.kdb", ".wh..wh..opq"].map((name) => ({
      name,
      bytes: new Uint8Array(0),
    }));
    expect(await stores("layer.tar", tarOf([...marks, jks]))).toEqual([
      ["layer.tar!/WEB-INF/x.jks", expect.any(String)],
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
