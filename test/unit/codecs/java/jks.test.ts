import { createHash } from "node:crypto";
import { describe, expect, it } from "vitest";
import { ByteReader } from "../../../../src/bytes/reader.ts";
import { ByteWriter } from "../../../../src/bytes/writer.ts";
import { jksCodec } from "../../../../src/codecs/java/index.ts";
import { Secret } from "../../../../src/model/secret.ts";
import type {
  Container,
  Entry,
  KeyEntry,
  Store,
  TrustedEntry,
} from "../../../../src/model/store.ts";
import { parseCertificate } from "../../../../src/x509/parse.ts";
import { fixture, pemFixture, secret } from "../../../support/fixtures.ts";
import { seededBytes } from "../../../support/mutations.ts";

const store = secret("changeit");
const random = seededBytes(7);
const root = parseCertificate(pemFixture("pem/root.pem"));

function trusted(label: string, more: Partial<TrustedEntry> = {}): TrustedEntry {
  return { kind: "trusted", label, certificate: root, enabled: true, ...more };
}

function key(label: string): KeyEntry {
  return {
    kind: "key",
    label,
    key: { state: "open", pkcs8: new Secret(pemFixture("pem/server-key.pem")) },
    chain: [parseCertificate(pemFixture("pem/server.pem"))],
  };
}

const fresh: Container = jksCodec.create({}, random);

function write(entries: readonly Entry[], container = fresh, more: Partial<Store> = {}) {
  return jksCodec.write({ entries, ...more }, container, { store }, random);
}

describe("reading", () => {
  it("needs no password for the certificates, and says that nothing was checked", async () => {
    const { store: found, container } = await jksCodec.read(fixture("java/chain.jks"), {});
    expect(container.integrity).toBe("not-checked");
    expect(found.entries.map((entry) => entry.label)).toEqual(["server"]);
  });

  it("cannot tell a wrong password from damage, and shows nothing", async () => {
    await expect(
      jksCodec.read(fixture("java/chain.jks"), { store: secret("wrong") }),
    ).rejects.toMatchObject({ code: "integrity-mismatch" });
  });

  it("takes an empty password for one", async () => {
    const bytes = await jksCodec.write({ entries: [] }, fresh, { store: secret("") }, random);
    await expect(jksCodec.read(bytes, { store: secret("") })).resolves.toMatchObject({
      container: { integrity: "verified" },
    });
    await expect(jksCodec.read(bytes, { store })).rejects.toMatchObject({
      code: "integrity-mismatch",
    });
  });

  it("keeps labels that Object.prototype knows", async () => {
    const { store: found } = await jksCodec.read(fixture("java/labels.jks"), {});
    expect(found.entries.map((entry) => entry.label)).toContain("__proto__");
  });

  it("refuses more than 100,000 entries before it reads one", async () => {
    const file = (count: number) =>
      new ByteWriter().u32(0xfeedfeed).u32(2).u32(count).zeros(20).toBytes();
    const code = (count: number) =>
      jksCodec.read(file(count), {}).then(
        () => "none",
        (error: { code: string }) => error.code,
      );
    expect(await code(0)).toBe("none");
    expect(await code(99_999)).toBe("format-malformed");
    expect(await code(100_000)).toBe("format-malformed");
    expect(await code(100_001)).toBe("limit-exceeded");
  });

  it("reads a chain of 1,000 and refuses one of 1,001", async () => {
    const file = (length: number) => {
      const out = new ByteWriter().u32(0xfeedfeed).u32(1).u32(1).u32(1).u16(0).u64(0n).u32(0);
      out.u32(length);
      for (let i = 0; i < length; i++) out.u32(root.der.length).put(root.der);
      return out.zeros(20).toBytes();
    };
    const { store: found } = await jksCodec.read(file(1000), {});
    expect(found.entries[0]).toMatchObject({ kind: "key" });
    await expect(jksCodec.read(file(1001), {})).rejects.toMatchObject({ code: "limit-exceeded" });
  });

  it("takes every date, and 0 for none", async () => {
    const file = (date: bigint) =>
      new ByteWriter()
        .u32(0xfeedfeed)
        .u32(1)
        .u32(1)
        .u32(2)
        .u16(0)
        .u64(BigInt.asUintN(64, date))
        .u32(root.der.length)
        .put(root.der);
    const sealed = (date: bigint) => {
      const covered = file(date).toBytes();
      const pre = Buffer.concat([
        Buffer.from("changeit", "utf16le").swap16(),
        Buffer.from("Mighty Aphrodite"),
      ]);
      return file(date).put(createHash("sha1").update(pre).update(covered).digest()).toBytes();
    };
    for (const [date, created] of [
      [0n, undefined],
      [-1n, new Date(-1)],
      [1_767_225_600_123n, new Date("2026-01-01T00:00:00.123Z")],
      [8_640_000_000_000_000n, new Date(8_640_000_000_000_000)],
      [8_640_000_000_000_001n, undefined],
      [-(2n ** 63n), undefined],
    ] as const) {
      const bytes = sealed(date);
      const read = await jksCodec.read(bytes, { store });
      expect(read.store.entries[0]?.created).toEqual(created);
      expect(await jksCodec.write(read.store, read.container, { store }, random)).toEqual(bytes);
    }
  });
});

describe("writing", () => {
  it("stores a new label in lower case", async () => {
    const { store: found } = await jksCodec.read(await write([trusted("MyRoot")]), { store });
    expect(found.entries[0]?.label).toBe("myroot");
    expect(jksCodec.storedLabel("MyRoot")).toBe("myroot");
    expect(jksCodec.sameLabel("MyRoot", "mYrOOT")).toBe(true);
    expect(jksCodec.sameLabel("a", "b")).toBe(false);
  });

  it("keeps a label with capitals that is there, until it is renamed", async () => {
    const read = await jksCodec.read(fixture("java/capital-label.jks"), { store });
    const [entry] = read.store.entries;
    if (entry === undefined) throw new Error("no entry");
    const renamed = { ...entry, label: "Renamed" };
    const again = await jksCodec.read(await write([renamed], read.container), { store });
    expect(again.store.entries[0]?.label).toBe("renamed");
  });

  it("refuses a new label that Java would take for another", async () => {
    for (const labels of [
      ["a", "a"],
      ["root", "ROOT"],
    ]) {
      await expect(write(labels.map((label) => trusted(label)))).rejects.toMatchObject({
        code: "label-exists",
      });
    }
    const read = await jksCodec.read(fixture("java/capital-label.jks"), { store });
    await expect(
      write([...read.store.entries, trusted("sERVER")], read.container),
    ).rejects.toMatchObject({ code: "label-exists" });
  });

  it("counts a carried entry's label as taken", async () => {
    const read = await jksCodec.read(fixture("java/other-certificate-type.jks"), { store });
    expect(read.store.entries).toEqual([]);
    await expect(write([trusted("server")], read.container)).rejects.toMatchObject({
      code: "label-exists",
    });
    const bytes = await write([trusted("other")], read.container);
    expect(new ByteReader(bytes, 8).u32()).toBe(2);
  });

  it("takes a label of 65,535 octets and no longer", async () => {
    for (const length of [65_534, 65_535]) {
      const { store: found } = await jksCodec.read(await write([trusted("a".repeat(length))]), {
        store,
      });
      expect(found.entries[0]?.label.length).toBe(length);
    }
    await expect(write([trusted("a".repeat(65_536))])).rejects.toMatchObject({
      code: "format-cannot-hold",
    });
  });

  it("refuses what a JKS cannot hold", async () => {
    const sealed = { state: "sealed", scheme: "pkcs12", blob: new Uint8Array() } as const;
    const cases: readonly (readonly [readonly Entry[], Partial<Store>?])[] = [
      [[trusted("a", { enabled: false })]],
      [[{ kind: "request", label: "a", key: sealed, pkcs10: new Uint8Array() }]],
      [[{ kind: "secret", label: "a", algorithm: "AES", key: sealed }]],
      [[{ ...key("a"), key: sealed }]],
      [[trusted("a")], { defaultLabel: "a" }],
    ];
    for (const [entries, more] of cases) {
      await expect(write(entries, fresh, more)).rejects.toMatchObject({
        code: "format-cannot-hold",
      });
    }
  });

  it("needs the store's password", async () => {
    await expect(
      jksCodec.write({ entries: [] }, fresh, { key: store }, random),
    ).rejects.toMatchObject({ code: "password-missing" });
  });

  it("seals a new key with the key's own password where there is one", async () => {
    const own = secret("own");
    const bytes = await jksCodec.write({ entries: [key("a")] }, fresh, { store, key: own }, random);
    const { store: found } = await jksCodec.read(bytes, { store });
    const [entry] = found.entries;
    if (entry?.kind !== "key") throw new Error("no key");
    const open = await jksCodec.unseal(entry.key, { key: own });
    expect(open.use((bytes) => bytes.slice())).toEqual(pemFixture("pem/server-key.pem"));
  });

  it("writes version 1 without certificate types", async () => {
    const container = jksCodec.create({ version: "1" }, random);
    const bytes = await write([key("a"), trusted("b")], container);
    expect(Buffer.from(bytes).includes("X.509")).toBe(false);
    const again = await jksCodec.read(bytes, { store });
    expect(again.container.version).toBe("1");
    expect(again.store.entries.length).toBe(2);
  });

  it("keeps a change of a date, and leaves the other entries' bytes", async () => {
    const read = await jksCodec.read(fixture("java/signers.jks"), { store });
    const [first, ...others] = read.store.entries;
    if (first === undefined) throw new Error("no entry");
    const changed = { ...first, created: new Date("2001-02-03T04:05:06.007Z") };
    const again = await jksCodec.read(await write([changed, ...others], read.container), { store });
    expect(again.store.entries[0]?.created).toEqual(changed.created);
    expect(again.store.entries.slice(1)).toEqual(others);
  });
});

describe("a new container", () => {
  it("is version 2, or 1 when asked for", () => {
    expect(jksCodec.create({}, random).version).toBe("2");
    expect(jksCodec.create({ version: "1" }, random).version).toBe("1");
  });

  it.each([
    [{ version: "3" }, "format-unsupported"],
    [{ protection: "pbes2" }, "format-cannot-hold"],
    [{ passwordExpires: new Date(0) }, "format-cannot-hold"],
  ])("refuses %j", (options, code) => {
    expect(() => jksCodec.create(options, random)).toThrow(expect.objectContaining({ code }));
  });
});
