import { describe, expect, it } from "vitest";
import { der } from "../../../../src/bytes/der-writer.ts";
import { toHex } from "../../../../src/bytes/octets.ts";
import type { Passwords, ReadResult } from "../../../../src/codecs/codec.ts";
import { changeAttributes, NO_ATTRIBUTES } from "../../../../src/codecs/pkcs12/attribute.ts";
import { allBags, type Bag } from "../../../../src/codecs/pkcs12/bag.ts";
import { pkcs12Codec } from "../../../../src/codecs/pkcs12/index.ts";
import type { Layout } from "../../../../src/codecs/pkcs12/layout.ts";
import { pbes2Pbe } from "../../../../src/crypto/pbe-scheme.ts";
import { Secret } from "../../../../src/model/secret.ts";
import type { Container, Entry, KeyEntry, Store } from "../../../../src/model/store.ts";
import { parseCertificate } from "../../../../src/x509/parse.ts";
import { pemFixture } from "../../../support/fixtures.ts";
import { seededBytes } from "../../../support/mutations.ts";
import { PASSWORD, plainContent, rawBag, sealBags, sealContent, sealSafes } from "./pfx-builder.ts";

const passwords: Passwords = { store: Secret.fromText(PASSWORD) };
const cert = (name: string) => parseCertificate(pemFixture(`pem/${name}.pem`));
const open = (name: string) =>
  ({ state: "open", pkcs8: new Secret(pemFixture(`pem/${name}-key.pem`)) }) as const;

function key(label: string, name: string, ...signers: string[]): KeyEntry {
  return { kind: "key", label, key: open(name), chain: [cert(name), ...signers.map(cert)] };
}
const trusted = (label: string, name: string): Entry => ({
  kind: "trusted",
  label,
  certificate: cert(name),
  enabled: true,
});

const random = seededBytes(3);
const write = (entries: readonly Entry[], container: Container = pkcs12Codec.create({}, random)) =>
  pkcs12Codec.write({ entries }, container, passwords, random);
const read = (bytes: Uint8Array) => pkcs12Codec.read(bytes, passwords);
const visit = async (entries: readonly Entry[], container?: Container) =>
  read(await write(entries, container));

const bagsOf = ({ container }: ReadResult): readonly Bag[] =>
  (container.rest as { pkcs12: Layout }).pkcs12.safes.flatMap((safe) => [...allBags(safe.bags)]);
const summary = ({ entries }: Store) =>
  entries.map((entry) => [
    entry.kind,
    entry.label,
    entry.kind === "key" ? entry.chain.length : undefined,
  ]);

const certificateBag = (name: string, label?: string, keyId?: string, mark = false): Bag => ({
  kind: "certificate",
  certificate: cert(name),
  attributes: changeAttributes(NO_ATTRIBUTES, {
    ...(label === undefined ? {} : { label }),
    ...(keyId === undefined ? {} : { keyId: new TextEncoder().encode(keyId) }),
    ...(mark ? { trusted: true as const } : {}),
  }),
});
const keyBag = (name: string, label?: string, keyId?: string): Bag => ({
  kind: "plain-key",
  pkcs8: new Secret(pemFixture(`pem/${name}-key.pem`)),
  attributes: changeAttributes(NO_ATTRIBUTES, {
    ...(label === undefined ? {} : { label }),
    ...(keyId === undefined ? {} : { keyId: new TextEncoder().encode(keyId) }),
  }),
});

describe("new stores", () => {
  it.each([
    ["pbes2-aes256", ["hmac-sha256", "pbes2-aes256-cbc-hmac-sha256"]],
    ["pbe-sha1-3des", ["hmac-sha1", "pbe-sha1-3des"]],
  ])("of protection %s say so, with a MAC", async (protection, schemes) => {
    const container = pkcs12Codec.create({ protection }, random);
    const entries = [key("one", "server", "intermediate", "root"), trusted("t", "other-root")];
    const back = await visit(entries, container);
    expect(back.container).toMatchObject({ protection, integrity: "verified", iterations: 10_000 });
    const facts = back.container.protections ?? [];
    expect([...new Set(facts.map(({ scheme }) => scheme))]).toEqual(schemes);
    expect(facts.every(({ iterations }) => iterations === 10_000)).toBe(true);
    expect(summary(back.store)).toEqual([
      ["key", "one", 3],
      ["trusted", "t", undefined],
    ]);
  });

  it("may be empty", async () => {
    const back = await visit([]);
    expect(back.store.entries).toEqual([]);
    expect(back.container.integrity).toBe("verified");
  });

  it("keep the order of entries of all kinds, and labels letter by letter", async () => {
    const secretEntry: Entry = {
      kind: "secret",
      label: "a secret",
      algorithm: "secret-key",
      key: open("ed25519"),
    };
    const entries = [
      trusted("CN=Zuerst", "other-root"),
      key("__proto__", "server", "intermediate", "root"),
      secretEntry,
      trusted("MiXed CaSe", "root"),
      key("zoë 𝒳\ud800", "client", "intermediate", "root"),
      { ...trusted("", "ed25519") },
    ];
    const back = await visit(entries);
    expect(back.store.entries.map(({ label }) => label)).toEqual(entries.map(({ label }) => label));
    expect(back.store.entries.map(({ kind }) => kind)).toEqual(entries.map(({ kind }) => kind));
  });

  it("hold every certificate once, whoever needs it", async () => {
    const back = await visit([
      key("server", "server", "intermediate", "root"),
      key("client", "client", "intermediate", "root"),
      trusted("the root", "root"),
    ]);
    const certificates = bagsOf(back).filter((bag) => bag.kind === "certificate");
    const subjects = certificates.map(({ certificate }) => certificate.sha256).sort();
    expect(subjects).toEqual(
      ["server", "client", "intermediate", "root"].map((name) => cert(name).sha256).sort(),
    );
    expect(summary(back.store)).toEqual([
      ["key", "server", 3],
      ["key", "client", 3],
      ["trusted", "the root", undefined],
    ]);
  });

  it("mark trusted entries for Java, and only those", async () => {
    const back = await visit([key("k", "server", "intermediate", "root"), trusted("t", "root")]);
    for (const bag of bagsOf(back)) {
      if (bag.kind !== "certificate") continue;
      expect(bag.attributes.trusted).toBe(bag.attributes.label === "t");
    }
  });

  it("write a key's date as Java does, and no id twice", async () => {
    const created = new Date(1_700_000_000_123);
    const one = { ...key("one", "server", "intermediate", "root"), created };
    const two = { ...key("two", "client", "intermediate", "root"), created };
    const back = await visit([one, two]);
    expect(back.store.entries.map((entry) => entry.created)).toEqual([created, created]);
    const ids = bagsOf(back).flatMap((bag) =>
      bag.kind === "sealed-key" ? [new TextDecoder().decode(bag.attributes.keyId)] : [],
    );
    expect(ids).toEqual(["Time 1700000000123", "Time 01700000000123"]);
  });

  it("are repeatable with the same randomness, and never use it twice", async () => {
    const make = (seed: number) =>
      pkcs12Codec.write(
        { entries: [key("k", "server", "intermediate", "root")] },
        pkcs12Codec.create({}, random),
        passwords,
        seededBytes(seed),
      );
    expect(toHex(await make(1))).toBe(toHex(await make(1)));
    expect(toHex(await make(1))).not.toBe(toHex(await make(2)));
  });

  it("need a password, and refuse what they cannot hold", async () => {
    const container = pkcs12Codec.create({}, random);
    const attempt = (entry: Entry, given: Passwords = passwords) =>
      pkcs12Codec.write({ entries: [entry] }, container, given, random);
    const failing = (code: string) => expect.objectContaining({ code });
    await expect(attempt(trusted("t", "root"), {})).rejects.toEqual(failing("password-missing"));
    const off: Entry = { kind: "trusted", label: "t", certificate: cert("root"), enabled: false };
    await expect(attempt(off)).rejects.toEqual(failing("format-cannot-hold"));
    const request: Entry = {
      kind: "request",
      label: "r",
      key: open("server"),
      pkcs10: new Uint8Array(1),
    };
    await expect(attempt(request)).rejects.toEqual(failing("format-cannot-hold"));
    const foreign: Entry = {
      ...key("k", "server"),
      key: { state: "sealed", scheme: "jks", blob: new Uint8Array(1) },
    };
    await expect(attempt(foreign)).rejects.toEqual(failing("format-cannot-hold"));
    const unordered = key("k", "server", "root", "intermediate");
    await expect(attempt(unordered)).rejects.toEqual(failing("format-cannot-hold"));
    await expect(
      pkcs12Codec.write(
        { entries: [trusted("Label", "root"), trusted("label", "other-root")] },
        container,
        passwords,
        random,
      ),
    ).rejects.toEqual(failing("label-exists"));
    expect(() => pkcs12Codec.create({ protection: "rot13" }, random)).toThrow(
      failing("format-cannot-hold"),
    );
    expect(() => pkcs12Codec.create({ version: "2" }, random)).toThrow(
      failing("format-unsupported"),
    );
  });
});

describe("keys and their certificates", () => {
  const chainOf = (back: ReadResult, label: string) => {
    const entry = back.store.entries.find((one) => one.label === label);
    return entry?.kind === "key" ? entry.chain.map(({ sha256 }) => sha256) : undefined;
  };
  const hashes = (...names: string[]) => names.map((name) => cert(name).sha256);

  it("find each other by localKeyId, whatever the order", async () => {
    const back = await read(
      await sealBags(
        certificateBag("root"),
        keyBag("client", "b", "2"),
        certificateBag("client", undefined, "2"),
        certificateBag("server", undefined, "1"),
        certificateBag("intermediate"),
        keyBag("server", "a", "1"),
      ),
    );
    expect(chainOf(back, "a")).toEqual(hashes("server", "intermediate", "root"));
    expect(chainOf(back, "b")).toEqual(hashes("client", "intermediate", "root"));
    expect(back.store.entries.length).toBe(2);
  });

  it("find each other where the whole chain has the leaf's id", async () => {
    const back = await read(
      await sealBags(
        certificateBag("root", undefined, "1"),
        certificateBag("intermediate", undefined, "1"),
        certificateBag("server", undefined, "1"),
        keyBag("server", "a", "1"),
      ),
    );
    expect(chainOf(back, "a")).toEqual(hashes("server", "intermediate", "root"));
  });

  it("find each other by the public key where there is no id", async () => {
    const back = await read(
      await sealBags(
        keyBag("server", "a"),
        certificateBag("client"),
        certificateBag("server"),
        certificateBag("root"),
      ),
    );
    expect(chainOf(back, "a")).toEqual(hashes("server"));
    expect(summary(back.store).map(([kind]) => kind)).toEqual(["trusted", "key", "trusted"]);
  });

  it("are kept apart where nothing matches: the key is a secret", async () => {
    const back = await read(await sealBags(keyBag("server", "lonely"), certificateBag("root")));
    expect(summary(back.store).map(([kind, label]) => [kind, label])).toEqual([
      ["secret", "lonely"],
      ["trusted", expect.stringContaining("Root")],
    ]);
    expect(back.store.entries[0]).toMatchObject({ kind: "secret", algorithm: "private-key" });
  });

  it("show a signer on its own only where Java's attribute marks it", async () => {
    const bags = (mark: boolean) =>
      sealBags(
        keyBag("server", "a", "1"),
        certificateBag("server", "a", "1"),
        certificateBag("intermediate"),
        certificateBag("root", "root", undefined, mark),
      );
    expect((await read(await bags(false))).store.entries.length).toBe(1);
    expect(summary((await read(await bags(true))).store)).toEqual([
      ["key", "a", 3],
      ["trusted", "root", undefined],
    ]);
  });

  it("take a certificate without a key and without the attribute as trusted, too", async () => {
    const back = await read(await sealBags(certificateBag("root", "as openssl -nokeys writes")));
    expect(summary(back.store)).toEqual([["trusted", "as openssl -nokeys writes", undefined]]);
  });
});

describe("labels", () => {
  it("are made from the subject where there is none, and made unique", async () => {
    const bytes = await sealBags(certificateBag("root"), certificateBag("other-root"), {
      ...certificateBag("root"),
    });
    const back = await read(bytes);
    const [first, second, third] = back.store.entries.map(({ label }) => label);
    expect(first).toMatch(/^CN=/);
    expect(second).not.toBe(first);
    expect(third).toBe(`${first} (2)`);
  });

  it("that were made up are not written, unless another would be made up then", async () => {
    const bytes = await sealBags(certificateBag("root"), { ...certificateBag("root") });
    const { store, container } = await read(bytes);
    const [first, second] = store.entries as [Entry, Entry];
    const labelled = async (entries: readonly Entry[]) => {
      const back = await visit(entries, container);
      expect(back.store.entries.map(({ label }) => label)).toEqual(entries.map((e) => e.label));
      return bagsOf(back).map((bag) => bag.attributes.label);
    };
    expect(await labelled([first, second, trusted("new", "other-root")])).toEqual([
      undefined,
      undefined,
      "new",
    ]);
    // Alone, the second would be read under the first one's label.
    expect(await labelled([second])).toEqual([second.label]);
  });

  it("lose the one terminating zero that some Windows programs write", async () => {
    const label = (...characters: number[]) => {
      const text = Uint8Array.from(characters.flatMap((one) => [0, one]));
      const name = der.sequence(der.oid("1.2.840.113549.1.9.20"), der.setOf(der.tlv(0x1e, text)));
      const value = der.sequence(
        der.oid("1.2.840.113549.1.9.22.1"),
        der.explicit(0, der.octetString(pemFixture("pem/root.pem"))),
      );
      return der.sequence(rawBag("1.2.840.113549.1.12.10.1.3", value, name));
    };
    const stored = async (...characters: number[]) => {
      const back = await read(await sealContent(plainContent(label(...characters))));
      return back.store.entries[0]?.label;
    };
    expect(await stored(0x61, 0x62)).toBe("ab");
    expect(await stored(0x61, 0x62, 0)).toBe("ab");
    expect(await stored(0x61, 0, 0)).toBe("a\0");
    expect(await stored(0)).toMatch(/^CN=/);
    const kept = await visit([trusted("a\0", "root")]);
    expect(kept.store.entries[0]?.label).toBe("a\0");
  });

  it("are compared as Java compares them", () => {
    expect(pkcs12Codec.sameLabel("QM1", "qm1")).toBe(true);
    expect(pkcs12Codec.sameLabel("QM1", "QM2")).toBe(false);
    expect(pkcs12Codec.storedLabel("QM1")).toBe("QM1");
  });
});

describe("a file that is changed", () => {
  const entries = [
    key("server", "server", "intermediate", "root"),
    key("client", "client", "intermediate", "root"),
    trusted("other", "other-root"),
  ];

  it("is given back as it was while nothing is changed", async () => {
    const bytes = await write(entries);
    const { store, container } = await read(bytes);
    expect(toHex(await pkcs12Codec.write(store, container, passwords, random))).toBe(toHex(bytes));
  });

  it("is written under another password when there is one", async () => {
    const bytes = await write([trusted("other", "other-root")]);
    const { store, container } = await read(bytes);
    const other = { store: Secret.fromText("other") };
    const written = await pkcs12Codec.write(store, container, other, random);
    await expect(read(written)).rejects.toMatchObject({ code: "integrity-mismatch" });
    expect((await pkcs12Codec.read(written, other)).store.entries.length).toBe(1);
  });

  it("keeps sealed keys, ids and unknown bags and attributes as they were", async () => {
    const unknown = der.sequence(der.oid("1.2.3.4.5"), der.setOf(der.null()));
    const marked = changeAttributes(NO_ATTRIBUTES, { label: "crl" });
    const pbe = pbes2Pbe("aes128", "sha512", new Uint8Array(20), new Uint8Array(16), 7);
    const odd: Bag = {
      kind: "other",
      type: "1.2.840.113549.1.12.10.1.4",
      value: der.sequence(unknown),
      attributes: marked,
    };
    const nested: Bag = {
      kind: "nested",
      attributes: changeAttributes(NO_ATTRIBUTES, { label: "nest" }),
      bags: [certificateBag("other-root", "inside")],
    };
    const bytes = await sealSafes([
      { pbe, bags: [odd, certificateBag("server", "a", "1"), nested] },
      { bags: [certificateBag("root")] },
      { pbe, bags: [keyBag("server", "a", "1")] },
    ]);
    const before = await read(bytes);
    const changed = [...before.store.entries, trusted("added", "intermediate")];
    const after = await visit(changed, before.container);
    const shape = (result: ReadResult) =>
      (result.container.rest as { pkcs12: Layout }).pkcs12.safes.map((safe) => [
        safe.pbe?.kdf.iterations,
        safe.pbe?.kdf.salt.length,
        safe.bags.map((bag) => [bag.kind, toHex(bag.attributes.content)]),
      ]);
    const wanted = shape(before);
    const [, added] = [wanted[1]?.pop(), shape(after)[1]?.[2] as unknown[]];
    expect(shape(after).map((safe) => safe.slice(0, 2))).toEqual(
      shape(before).map((safe) => safe.slice(0, 2)),
    );
    expect(shape(after)[0]).toEqual(shape(before)[0]);
    expect(shape(after)[2]).toEqual(shape(before)[2]);
    expect(added.length).toBe(2);
    expect(summary(after.store).map(([, label]) => label)).toEqual(
      changed.map(({ label }) => label),
    );
  });

  it("forgets the signers of a key that is removed, unless somebody needs them", async () => {
    const { store, container } = await visit(entries);
    const [server, client, other] = store.entries as [Entry, Entry, Entry];
    const certificates = (result: ReadResult) =>
      bagsOf(result).filter((bag) => bag.kind === "certificate").length;
    expect(certificates(await visit([client, other], container))).toBe(4);
    expect(certificates(await visit([other], container))).toBe(1);
    expect(server.label).toBe("server");
  });

  it("keeps a chain whole when its signer is removed from the trusted ones", async () => {
    const both = [key("server", "server", "intermediate", "root"), trusted("root", "root")];
    const { store, container } = await visit(both);
    const back = await visit(store.entries.slice(0, 1), container);
    expect(summary(back.store)).toEqual([["key", "server", 3]]);
  });

  it("puts a renewed certificate where the old one was", async () => {
    const { store, container } = await visit([
      key("mine", "server", "intermediate", "root"),
      trusted("after", "other-root"),
    ]);
    const [mine, after] = store.entries as [KeyEntry, Entry];
    const renewed: KeyEntry = { ...mine, key: open("rsa"), chain: [cert("rsa"), cert("root")] };
    const back = await visit([renewed, after], container);
    expect(summary(back.store)).toEqual([
      ["key", "mine", 2],
      ["trusted", "after", undefined],
    ]);
  });

  it("is sealed anew when another protection is asked for", async () => {
    const { store, container } = await visit(entries);
    const back = await visit(store.entries, { ...container, protection: "pbe-sha1-3des" });
    expect(back.container.protection).toBe("pbe-sha1-3des");
    expect(summary(back.store)).toEqual(summary(store));
    const [first] = back.store.entries as [KeyEntry];
    const opened = await pkcs12Codec.unseal(first.key, passwords);
    expect(opened.use(toHex)).toBe(toHex(pemFixture("pem/server-key.pem")));
  });

  it("gets a MAC where it had none", async () => {
    const bytes = await sealBags(certificateBag("root", "r", undefined, true));
    const reader = await read(bytes);
    const container: Container = {
      ...reader.container,
      integrity: "absent",
      rest: { pkcs12: { ...(reader.container.rest as { pkcs12: Layout }).pkcs12, mac: undefined } },
    };
    const written = await pkcs12Codec.write(reader.store, container, passwords, random);
    const back = await read(written);
    expect(back.container.integrity).toBe("verified");
    expect(back.container.protections?.[0]).toMatchObject({ scheme: "hmac-sha256" });
  });
});

describe("passwords", () => {
  it("of the key may differ from the store's", async () => {
    const container = pkcs12Codec.create({}, random);
    const both = { store: Secret.fromText("store"), key: Secret.fromText("key") };
    const bytes = await pkcs12Codec.write(
      { entries: [key("k", "server", "intermediate", "root")] },
      container,
      both,
      random,
    );
    const { store } = await pkcs12Codec.read(bytes, { store: both.store });
    const [entry] = store.entries as [KeyEntry];
    await expect(pkcs12Codec.unseal(entry.key, { store: both.store })).rejects.toMatchObject({
      code: "key-password-wrong",
    });
    await expect(pkcs12Codec.unseal(entry.key, {})).rejects.toMatchObject({
      code: "password-missing",
    });
    expect((await pkcs12Codec.unseal(entry.key, both)).length).toBeGreaterThan(0);
  });

  it("that are wrong and files that are damaged look the same, and the error says so", async () => {
    const bytes = await write([trusted("t", "root")]);
    for (const attempt of [
      pkcs12Codec.read(bytes, { store: Secret.fromText("wrong") }),
      pkcs12Codec.read(
        bytes.map((byte, i) => (i === 200 ? byte ^ 1 : byte)),
        passwords,
      ),
    ]) {
      await expect(attempt).rejects.toMatchObject({
        code: "integrity-mismatch",
        hint: expect.stringContaining("wrong or the file is damaged"),
      });
    }
  });

  it("are not needed for what stands in clear, which then was not checked", async () => {
    const bytes = await sealBags(certificateBag("root", "clear"));
    const { store, container } = await pkcs12Codec.read(bytes, {});
    expect(container.integrity).toBe("not-checked");
    expect(store.entries.length).toBe(1);
    const encrypted = await write([trusted("t", "root")]);
    await expect(pkcs12Codec.read(encrypted, {})).rejects.toMatchObject({
      code: "password-missing",
    });
  });
});
