import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { equalBytes } from "../../../../src/bytes/octets.ts";
import { changeExpiry, kdbCodec } from "../../../../src/codecs/kdb/index.ts";
import { MAX_LABEL_BYTES } from "../../../../src/codecs/kdb/records.ts";
import { addEntry, removeEntry, replaceEntry, setDefault } from "../../../../src/model/edit.ts";
import type { Entry, Store } from "../../../../src/model/store.ts";
import { fixture, secret } from "../../../support/fixtures.ts";
import { propertyRuns, seededBytes } from "../../../support/mutations.ts";
import {
  certificate,
  failure,
  fresh,
  key,
  number32,
  passwords,
  random,
  read,
  readFixture,
  recordOf,
  signer,
  slotsOf,
  write,
} from "./making.ts";

const numbers = async (bytes: Uint8Array) =>
  (await read(bytes)).store.entries.map((entry) => recordOf(entry).number);

const noRandom = () => {
  throw new Error("nothing here needs randomness");
};

describe("an untouched store", () => {
  it.each([
    "v3.kdb",
    "v4.kdb",
    "v6.kdb",
    "zos.kdb",
    "seals.kdb",
    "label-bytes.kdb",
    "free-slot.kdb",
    "strange-records.kdb",
    "empty.kdb",
    "empty.rdb",
    "empty.crl",
    "request.rdb",
    "opaque.crl",
  ])("%s gives the same bytes, without randomness", async (name) => {
    const { store, container } = await readFixture(name);
    const written = await kdbCodec.write(store, container, passwords, noRandom);
    expect(equalBytes(written, fixture(`kdb/${name}`))).toBe(true);
  });

  it("is not given back from a copy of the file: another password changes the MACs alone", async () => {
    const { store, container } = await readFixture("empty.kdb");
    const written = await kdbCodec.write(store, container, { store: secret("other") }, noRandom);
    expect(equalBytes(written.subarray(0, 0x30), fixture("kdb/empty.kdb").subarray(0, 0x30))).toBe(
      true,
    );
    expect(equalBytes(written, fixture("kdb/empty.kdb"))).toBe(false);
  });
});

describe("a change", () => {
  /** Which slots differ from the fixture's. */
  async function changed(change: (store: Store) => Store): Promise<number[]> {
    const { store, container } = await readFixture("v4.kdb");
    const after = await kdbCodec.write(change(store), container, passwords, random);
    expect((await read(after)).container.integrity).toBe("verified");
    const before = slotsOf(fixture("kdb/v4.kdb"));
    return slotsOf(after).flatMap((slot, i) =>
      equalBytes(slot, before[i] as Uint8Array) ? [] : [i],
    );
  }

  const edit = (store: Store, label: string, more: object): Store => {
    const old = store.entries.find((entry) => entry.label === label) as Entry;
    return replaceEntry(store, label, { ...old, ...more } as Entry);
  };

  it("of a label costs its record only", async () => {
    expect(await changed((store) => edit(store, "rsa key", { label: "née" }))).toEqual([3]);
  });

  it("of trust costs its record only", async () => {
    expect(await changed((store) => edit(store, "not trusted", { enabled: true }))).toEqual([4]);
  });

  it("of the default costs two records", async () => {
    expect(await changed((store) => setDefault(store, "rsa key"))).toEqual([2, 3]);
    expect(await changed(({ entries }) => ({ entries }))).toEqual([2]);
  });

  it("of a certificate makes new index keys, at the same number", async () => {
    const { store, container } = await readFixture("zos.kdb");
    const next = edit(store, "root", { certificate: certificate("other-root") });
    const bytes = await kdbCodec.write(next, container, passwords, random);
    expect(await numbers(bytes)).toEqual([2, 5, 9]);
    const again = await read(bytes);
    const record = recordOf(again.store.entries[0]);
    expect(record.issuerRecord).toBe(0);
    const alone = await read(await write({ entries: [signer("other-root")] }));
    expect(record.tail).toEqual(recordOf(alone.store.entries[0]).tail);
  });

  it("of the expiry costs no record", async () => {
    const { store, container } = await readFixture("v4.kdb");
    const expires = new Date("2030-01-02T03:04:05Z");
    const bytes = await kdbCodec.write(store, changeExpiry(container, expires), passwords, random);
    const again = await read(bytes);
    expect(again.container.passwordExpires).toEqual(expires);
    const back = changeExpiry(again.container, undefined);
    const undone = await kdbCodec.write(again.store, back, passwords, random);
    expect(equalBytes(undone, fixture("kdb/v4.kdb"))).toBe(true);
  });

  it("leaves labels that are no UTF-8 as they are", async () => {
    const { store, container } = await readFixture("label-bytes.kdb");
    const bytes = await kdbCodec.write(
      addEntry(store, signer("root")),
      container,
      passwords,
      random,
    );
    const before = slotsOf(fixture("kdb/label-bytes.kdb"));
    expect(equalBytes(slotsOf(bytes)[0] as Uint8Array, before[0] as Uint8Array)).toBe(true);
  });
});

describe("record numbers", () => {
  it("of new records go on after the highest", async () => {
    const { store, container } = await readFixture("zos.kdb");
    const more = addEntry(addEntry(store, signer("other-root")), key("rsa"));
    expect(await numbers(await kdbCodec.write(more, container, passwords, random))).toEqual([
      2, 5, 9, 10, 11,
    ]);
  });

  it("of the others stay when one is removed", async () => {
    const { store, container } = await readFixture("zos.kdb");
    const less = removeEntry(store, "intermediate");
    const bytes = await kdbCodec.write(less, container, passwords, random);
    expect(await numbers(bytes)).toEqual([2, 9]);
    expect((await read(bytes)).store.entries.map(({ label }) => label)).toEqual(["root", "server"]);
  });

  it("are not shared by an entry and its copy", async () => {
    const { store, container } = await readFixture("zos.kdb");
    const [first] = store.entries as [Entry];
    const both = addEntry(store, { ...first, label: "copy" });
    expect(await numbers(await kdbCodec.write(both, container, passwords, random))).toEqual([
      2, 5, 9, 10,
    ]);
  });

  it("end at 32 bits", async () => {
    const { store, container } = await readFixture("zos.kdb");
    const [first, ...others] = store.entries as [Entry, ...Entry[]];
    const record = recordOf(first);
    const at = (number: number) => ({
      entries: [{ ...first, rest: { ...first.rest, record: { ...record, number } } }, ...others],
    });
    const more = (number: number) =>
      kdbCodec.write(addEntry(at(number), signer("other-root")), container, passwords, random);
    expect((await numbers(await more(0xffff_fffe))).at(-1)).toBe(0xffff_ffff);
    expect(await failure(more(0xffff_ffff))).toMatchObject({ code: "format-cannot-hold" });
  });
});

describe("slots", () => {
  /** Bytes that the one record of a store needs: found with slots that are far too large. */
  async function needed(entries: readonly Entry[]): Promise<number> {
    const [slot] = slotsOf(await write({ entries }, fresh("4", 9000)));
    return (slot as Uint8Array).findLastIndex((byte) => byte !== 0) + 1;
  }

  it("grow when a record needs it, to a multiple of 1000, all of them", async () => {
    const entries = [signer("root")];
    const size = await needed(entries);
    const slotSize = async (given: number) =>
      number32(await write({ entries }, fresh("4", given)), 0x10);
    expect(await slotSize(size - 1)).toBe(1000);
    expect(await slotSize(size)).toBe(size);
    expect(await slotSize(size + 1)).toBe(size + 1);
  });

  it("never shrink, and records of a grown file are the same", async () => {
    const { store, container } = await readFixture("zos.kdb");
    const big = signer("other-root", "x".repeat(256));
    const rsa = key("rsa", "y".repeat(256));
    const bytes = await kdbCodec.write(
      { entries: [...store.entries, big, rsa] },
      container,
      passwords,
      random,
    );
    expect(number32(bytes, 0x10)).toBe(3000);
    const before = slotsOf(fixture("kdb/zos.kdb"));
    for (const [i, slot] of before.entries()) {
      expect(equalBytes((slotsOf(bytes)[i] as Uint8Array).subarray(0, 1500), slot)).toBe(true);
    }
    const again = await read(bytes);
    const less = { entries: again.store.entries.slice(0, 1) };
    expect(number32(await kdbCodec.write(less, again.container, passwords, random), 0x10)).toBe(
      3000,
    );
  });

  it("of an empty file with a senseless size become usual ones", async () => {
    const empty = await read(await write({ entries: [] }, fresh("4", 0xffff_ffff)));
    const bytes = await kdbCodec.write({ entries: [] }, empty.container, passwords, random);
    expect(number32(bytes, 0x10)).toBe(0xffff_ffff);
    const one = { entries: [signer("root")] };
    expect(number32(await kdbCodec.write(one, empty.container, passwords, random), 0x10)).toBe(
      5000,
    );
  });

  it("together stay under 64 MiB", async () => {
    const entries = new Array(64).fill(signer("root"));
    const size = 1024 * 1024;
    expect((await write({ entries }, fresh("4", size))).length).toBe(64 * size + 0x30 + 40);
    expect(await failure(write({ entries }, fresh("4", size + 1)))).toMatchObject({
      code: "limit-exceeded",
    });
  });

  it("that are only carried keep their place among the others", async () => {
    const { store, container } = await readFixture("free-slot.kdb");
    const carried = slotsOf(fixture("kdb/free-slot.kdb"))[1] as Uint8Array;
    const place = async (next: Store) => {
      const bytes = await kdbCodec.write(next, container, passwords, random);
      return slotsOf(bytes).findIndex((slot) => equalBytes(slot, carried));
    };
    expect(await place(addEntry(store, signer("intermediate")))).toBe(1);
    expect(await place(removeEntry(store, "root"))).toBe(1);
    expect(await place({ entries: [] })).toBe(0);
  });
});

describe("labels", () => {
  it("take 256 bytes of UTF-8", async () => {
    const one = (label: string) => write({ entries: [signer("root", label)] });
    for (const label of ["x".repeat(MAX_LABEL_BYTES - 1), "é".repeat(MAX_LABEL_BYTES / 2), ""]) {
      expect((await read(await one(label))).store.entries[0]?.label).toBe(label);
    }
    for (const label of ["x".repeat(MAX_LABEL_BYTES + 1), `${"é".repeat(128)}x`]) {
      expect(await failure(one(label))).toMatchObject({
        code: "format-cannot-hold",
        where: "entries/1",
      });
    }
  });

  it("have no zero byte", async () => {
    const bad = write({ entries: [signer("root"), signer("root", "a\0b")] });
    expect(await failure(bad)).toMatchObject({ code: "format-cannot-hold", where: "entries/2" });
  });

  it("are compared exactly and stored as given", () => {
    expect(kdbCodec.sameLabel("a", "A")).toBe(false);
    expect(kdbCodec.sameLabel("a", "a")).toBe(true);
    expect(kdbCodec.storedLabel("MiXed ")).toBe("MiXed ");
  });
});

describe("several records marked as default", () => {
  async function marked(): Promise<{ store: Store; container: ReturnType<typeof fresh> }> {
    const entries = [signer("root", "a"), signer("root", "a"), key("rsa", "b")];
    const one = await read(await write({ entries, defaultLabel: "a" }));
    // Marks the second of the two as well.
    const second = one.store.entries[1] as Entry;
    const record = recordOf(second);
    const both = {
      ...second.rest,
      record: { ...record, flags: record.flags | 2, raw: undefined },
    };
    const list = [one.store.entries[0], { ...second, rest: both }, one.store.entries[2]] as Entry[];
    const { container } = one;
    return read(
      await kdbCodec.write({ entries: list, defaultLabel: "a" }, container, passwords, random),
    );
  }

  const flags = async (bytes: Uint8Array) =>
    (await read(bytes)).store.entries.map((entry) => recordOf(entry).flags & 2);

  it("stay until the default is changed", async () => {
    const { store, container } = await marked();
    const same = await kdbCodec.write(store, container, passwords, random);
    expect(await flags(same)).toEqual([2, 2, 0]);
    const other = await kdbCodec.write(setDefault(store, "b"), container, passwords, random);
    expect(await flags(other)).toEqual([0, 0, 2]);
  });
});

describe("what a file cannot hold", () => {
  const refused = { code: "format-cannot-hold" };
  const request: Entry = {
    kind: "request",
    label: "r",
    key: key("rsa").key,
    pkcs10: new Uint8Array(0),
  };

  it("a request, a secret key in a .kdb; certificates in a .rdb; anything in a .crl", async () => {
    const secretKey: Entry = { kind: "secret", label: "s", algorithm: "AES", key: key("rsa").key };
    expect(await failure(write({ entries: [request] }))).toMatchObject(refused);
    expect(await failure(write({ entries: [secretKey] }))).toMatchObject(refused);
    for (const [name, entry] of [
      ["empty.rdb", signer("root")],
      ["empty.rdb", key("rsa")],
      ["empty.crl", request],
      ["empty.crl", signer("root")],
    ] as const) {
      const { container } = await readFixture(name);
      const bad = kdbCodec.write({ entries: [entry] }, container, passwords, random);
      expect(await failure(bad)).toMatchObject(refused);
    }
  });

  it("but keeps what was there, and writes requests where they belong", async () => {
    const { store, container } = await readFixture("strange-records.kdb");
    const more = addEntry(store, signer("root"));
    const again = await read(await kdbCodec.write(more, container, passwords, random));
    expect(again.store.entries.map(({ kind }) => kind)).toEqual(["request", "secret", "trusted"]);

    const rdb = await readFixture("request.rdb");
    const [first] = rdb.store.entries as [Entry];
    const both = { entries: [first, { ...first, label: "second" }] };
    const bytes = await kdbCodec.write(both, rdb.container, passwords, random);
    expect((await read(bytes)).store.entries.map(({ kind }) => kind)).toEqual([
      "request",
      "request",
    ]);
  });

  it("a chain whose signers are no records", async () => {
    const chain = key("server", "server", "intermediate", "root");
    const bad = write({ entries: [chain, signer("intermediate")] });
    expect(await failure(bad)).toMatchObject({ ...refused, where: "entries/1/chain/2" });
    const good = await write({ entries: [chain, signer("intermediate"), key("root")] });
    expect((await read(good)).store.entries[0]).toMatchObject({ kind: "key" });
  });

  it("but lets a signer be removed under a key that was read with it", async () => {
    const { store, container } = await readFixture("v4.kdb");
    const bytes = await kdbCodec.write(removeEntry(store, "Root CA"), container, passwords, random);
    const entry = (await read(bytes)).store.entries.find(({ kind }) => kind === "key");
    expect(entry?.kind === "key" && entry.chain.length).toBe(2);
  });

  it("a key sealed by another format, a second password", async () => {
    const sealed = { state: "sealed", scheme: "jks", blob: new Uint8Array(3) } as const;
    expect(await failure(write({ entries: [{ ...key("rsa"), key: sealed }] }))).toMatchObject(
      refused,
    );
    const two = { store: secret("a"), key: secret("b") };
    const bad = kdbCodec.write({ entries: [] }, fresh(), two, random);
    expect(await failure(bad)).toMatchObject(refused);
    const same = { store: secret("a"), key: secret("a") };
    expect(await kdbCodec.write({ entries: [] }, fresh(), same, random)).toHaveLength(88);
  });

  it("more than 100,000 records", async () => {
    const entries = new Array(100_001).fill(signer("root"));
    expect(await failure(write({ entries }))).toMatchObject({ code: "limit-exceeded" });
  });
});

describe("the password", () => {
  it("is needed, and was needed to read", async () => {
    const missing = { code: "password-missing" };
    const { store, container } = await readFixture("v4.kdb");
    expect(await failure(kdbCodec.write(store, container, {}, random))).toMatchObject(missing);
    const unchecked = await kdbCodec.read(fixture("kdb/v4.kdb"), {});
    const bad = kdbCodec.write(unchecked.store, unchecked.container, passwords, random);
    expect(await failure(bad)).toMatchObject(missing);
  });

  it("cannot change under sealed keys; it can when they are opened", async () => {
    const { store, container } = await readFixture("v4.kdb");
    const next = { store: secret("another password") };
    const bad = kdbCodec.write(store, container, next, random);
    expect(await failure(bad)).toMatchObject({ code: "key-password-wrong", where: "entries/3" });
    const entries = await Promise.all(
      store.entries.map(async (entry) =>
        entry.kind === "key"
          ? {
              ...entry,
              key: { state: "open", pkcs8: await kdbCodec.unseal(entry.key, passwords) } as const,
            }
          : entry,
      ),
    );
    const bytes = await kdbCodec.write({ ...store, entries }, container, next, random);
    const again = await kdbCodec.read(bytes, next);
    for (const entry of again.store.entries) {
      if (entry.kind === "key") await kdbCodec.unseal(entry.key, next);
    }
    expect(again.container.protection).toBe("pbe-sha1-3des");
  });

  it("lets a sealed key move between files that share it, and no other", async () => {
    const { store } = await readFixture("v3.kdb");
    const sealed = store.entries[3] as Entry;
    const entries = [...store.entries.slice(0, 2), { ...sealed, label: "moved" }];
    const moved = await read(await write({ entries }, fresh("6")));
    const [, , entry] = moved.store.entries;
    expect(entry?.kind === "key" && sealed.kind === "key" && entry.key).toEqual(
      sealed.kind === "key" && sealed.key,
    );
    expect(moved.container.protection).toBe("pbe-sha1-3des-draft");
    const bad = kdbCodec.write({ entries }, fresh("6"), { store: secret("other") }, random);
    expect(await failure(bad)).toMatchObject({ code: "key-password-wrong" });
  });
});

describe("a new store", () => {
  it("has the seal that GSKit uses in its version, or the one asked for", async () => {
    const made = async (options: { version?: string; protection?: string }) => {
      const container = kdbCodec.create(options, random);
      const { container: back } = await read(await write({ entries: [key("rsa")] }, container));
      expect(back.protection).toBe(container.protection);
      return [back.version, back.protection, back.iterations];
    };
    expect(await made({})).toEqual(["4", "pbe-sha1-3des", 10]);
    expect(await made({ version: "3" })).toEqual(["3", "pbe-sha1-3des-draft", 5]);
    expect(await made({ version: "6" })).toEqual(["6", "pbes2-aes256-sha384", 4096]);
    expect(await made({ version: "3", protection: "pbe-sha1-3des" })).toEqual([
      "3",
      "pbe-sha1-3des",
      10,
    ]);
    expect(() => kdbCodec.create({ protection: "none" }, random)).toThrow(
      expect.objectContaining({ code: "usage" }),
    );
    expect(() => kdbCodec.create({ version: "5" }, random)).toThrow(
      expect.objectContaining({ code: "usage" }),
    );
  });

  it("has a salt that is a C string of 23 octets, whatever the randomness", () => {
    for (const source of [random, () => new Uint8Array(24), () => new Uint8Array(24).fill(255)]) {
      const salt = kdbCodec.create({}, source).rest?.salt as Uint8Array;
      expect(salt.indexOf(0)).toBe(23);
      expect(salt).toHaveLength(24);
    }
  });
});

describe("any store, version and slot size", () => {
  const label = fc.oneof(
    fc.string({ unit: "grapheme", maxLength: 20 }).filter((text) => !text.includes("\0")),
    fc.constantFrom(
      "__proto__",
      "",
      "x".repeat(128),
      "ü".repeat(128),
      "CN=a,O=b",
      "\ufeffbom",
      " ",
    ),
  );
  const what = fc.constantFrom("root", "intermediate", "other-root", "ed25519");
  const entry = fc.oneof(
    fc.tuple(label, what, fc.boolean()).map(([text, name, on]) => signer(name, text, on)),
    fc.tuple(label, fc.constantFrom("server", "rsa")).map(([text, name]) => key(name, text)),
  );
  const entries = fc.uniqueArray(entry, { maxLength: 6, selector: (one) => one.label });
  const sizes = fc.constantFrom(64, 1000, 3000, 5000, 7001);

  it.each(["3", "4", "6"])("version %s survives", async (version) => {
    await fc.assert(
      fc.asyncProperty(entries, sizes, fc.nat(), async (list, size, seed) => {
        const store = { entries: list };
        const made = () => {
          const { rest, ...container } = kdbCodec.create({ version }, seededBytes(seed));
          return { ...container, rest: { ...rest, slotSize: size } };
        };
        const bytes = await kdbCodec.write(store, made(), passwords, seededBytes(seed));
        const twin = await kdbCodec.write(store, made(), passwords, seededBytes(seed));
        expect(equalBytes(bytes, twin)).toBe(true);
        const again = await read(bytes);
        expect(again.store.entries.map((one) => [one.kind, one.label])).toEqual(
          list.map((one) => [one.kind, one.label]),
        );
        const back = await kdbCodec.write(again.store, again.container, passwords, noRandom);
        expect(equalBytes(back, bytes)).toBe(true);
      }),
      { numRuns: Math.max(15, Math.round(propertyRuns / 50)) },
    );
  });
});
