import { describe, expect, it } from "vitest";
import { kdbCodec, kdbType } from "../../../../src/codecs/kdb/index.ts";
import { fixture, secret } from "../../../support/fixtures.ts";
import { failure, fresh, key, password, read, readFixture, signer, write } from "./making.ts";

describe("passwords", () => {
  it("are not needed to list, and the container says that nothing was checked", async () => {
    const { store, container } = await kdbCodec.read(fixture("kdb/v4.kdb"), {});
    expect(container.integrity).toBe("not-checked");
    expect(store.entries.map(({ label }) => label)).toEqual([
      "Root CA",
      "CN=Intermediate",
      "ibmwebspheremqqm1",
      "rsa key",
      "not trusted",
    ]);
    expect(store.defaultLabel).toBe("ibmwebspheremqqm1");
  });

  it.each(["v3.kdb", "v4.kdb", "v6.kdb"])("are told from damage in %s", async (name) => {
    const bytes = fixture(`kdb/${name}`);
    const wrong = await failure(kdbCodec.read(bytes, { store: secret("fixture-passwore") }));
    expect(wrong).toMatchObject({ code: "password-refused" });
    const damaged = bytes.slice();
    damaged[bytes.length - 1] = 1;
    expect(await failure(read(damaged))).toMatchObject({
      code: "format-malformed",
      where: "integrity value",
    });
  });

  it("may be empty, which is not the same as none", async () => {
    const empty = { store: secret("") };
    const bytes = await kdbCodec.write({ entries: [] }, fresh(), empty, () => new Uint8Array(0));
    expect((await kdbCodec.read(bytes, empty)).container.integrity).toBe("verified");
    expect(await failure(read(bytes))).toMatchObject({ code: "password-refused" });
  });

  it("are bytes: Latin-1 is another password than UTF-8", async () => {
    const latin = Uint8Array.from("pässwörd€", (char) => char.charCodeAt(0) & 0xff);
    const { Secret } = await import("../../../../src/model/secret.ts");
    const wrong = kdbCodec.read(fixture("kdb/labels.kdb"), { store: new Secret(latin) });
    expect(await failure(wrong)).toMatchObject({ code: "password-refused" });
    const right = await kdbCodec.read(fixture("kdb/labels.kdb"), { store: secret("pässwörd€") });
    expect(right.container.integrity).toBe("verified");
  });

  it("expire, which the container says and nobody judges here", async () => {
    const { container } = await readFixture("free-slot.kdb");
    expect(container.passwordExpires).toEqual(new Date("2012-04-26T00:00:00Z"));
    expect((await readFixture("v4.kdb")).container.passwordExpires).toBeUndefined();
  });
});

describe("what a file says of itself", () => {
  it.each([
    ["v3.kdb", "3", "pbe-sha1-3des-draft", 5],
    ["v4.kdb", "4", "pbe-sha1-3des", 10],
    ["v6.kdb", "6", "pbes2-aes256-sha384", 4096],
    ["zos.kdb", "3", "pbe-md5-des", 5],
  ])("%s", async (name, version, protection, iterations) => {
    const { container } = await readFixture(name);
    expect(container).toMatchObject({ format: "kdb", version, protection, iterations });
  });

  it("tells the three types apart", async () => {
    const type = async (name: string) => kdbType((await readFixture(name)).container);
    expect(await type("empty.kdb")).toBe("key");
    expect(await type("empty.rdb")).toBe("request");
    expect(await type("empty.crl")).toBe("crl");
  });

  it("takes the weakest seal where keys differ, and lists a key that nobody may open", async () => {
    const { store, container } = await readFixture("seals.kdb");
    expect(container.protection).toBe("pbe-md5-des");
    expect(store.entries.at(-1)?.label).toBe("many iterations");
  });
});

describe("entries", () => {
  it("have their trust and default flags", async () => {
    const { store } = await readFixture("v3.kdb");
    const trust = store.entries.flatMap((e) =>
      e.kind === "trusted" ? [[e.label, e.enabled]] : [],
    );
    expect(trust).toEqual([
      ["Root CA", true],
      ["CN=Intermediate", true],
      ["not trusted", false],
    ]);
  });

  it("have the label of the record, not the slot's, as GSKit does", async () => {
    const { store } = await readFixture("label-bytes.kdb");
    expect(store.entries.map(({ label }) => label)).toEqual(["k\ufffdse\ufffd", "d"]);
  });

  it("are requests in a .rdb, and nothing at all in a .crl", async () => {
    const requests = (await readFixture("request.rdb")).store.entries;
    expect(requests.map(({ kind, label }) => [kind, label])).toEqual([["request", "pending"]]);
    expect((await readFixture("opaque.crl")).store.entries).toEqual([]);
  });

  it("are passed over where GSKit passes over the slot", async () => {
    const { store } = await readFixture("free-slot.kdb");
    expect(store.entries.map(({ label }) => label)).toEqual(["root", "rsa"]);
  });
});

describe("chains", () => {
  const labelled = async (entries: Parameters<typeof write>[0]["entries"]) => {
    const { store } = await read(await write({ entries }));
    return store.entries.flatMap((entry) =>
      entry.kind === "key"
        ? [entry.chain.map(({ subject }) => subject.rdns.flat().at(-1)?.value)]
        : [],
    );
  };

  it("are completed from signers, wherever they stand", async () => {
    const found = await labelled([signer("root"), key("server"), signer("intermediate")]);
    expect(found[0]).toHaveLength(3);
  });

  it("end where a signer is missing", async () => {
    expect((await labelled([key("server"), signer("root")]))[0]).toHaveLength(1);
    expect((await labelled([key("server"), signer("intermediate")]))[0]).toHaveLength(2);
  });

  it("also lead through personal certificates, as GSKit's do", async () => {
    const found = await labelled([key("intermediate"), key("root"), key("server")]);
    expect(found.map((chain) => chain.length)).toEqual([2, 1, 3]);
  });

  it("are left at their leaves for who says that nobody looks further", async () => {
    const bytes = fixture("kdb/v4.kdb");
    const whole = await kdbCodec.read(bytes, {});
    const { store } = await kdbCodec.read(bytes, {}, { leavesOnly: true });
    const lengths = (entries: typeof store.entries) =>
      entries.flatMap((entry) => (entry.kind === "key" ? [entry.chain.length] : []));
    expect(lengths(whole.store.entries)).toEqual([3, 2]);
    expect(lengths(store.entries)).toEqual([1, 1]);
    expect(store.entries.map(({ label }) => label)).toEqual(
      whole.store.entries.map(({ label }) => label),
    );
  });
});

describe("sniffing", () => {
  it("goes by magic and type, not by version", () => {
    expect(kdbCodec.sniff(fixture("kdb/v6.kdb").subarray(0, 16))).toBe(true);
    expect(kdbCodec.sniff(fixture("attacks/kdb-version-5.kdb"))).toBe(true);
    expect(kdbCodec.sniff(fixture("kdb/v6.kdb").subarray(0, 3))).toBe(false);
    expect(kdbCodec.sniff(Uint8Array.of(0x37, 0x48, 4, 2, 0, 0, 0, 0, 0x41))).toBe(false);
    expect(kdbCodec.sniff(fixture("java/chain.jks"))).toBe(false);
  });
});

describe("keys", () => {
  it("open with the store's password, or one of their own", async () => {
    const { store } = await readFixture("v4.kdb");
    const entry = store.entries[2];
    if (entry?.kind !== "key") throw new Error("no key");
    const a = await kdbCodec.unseal(entry.key, { store: password });
    const b = await kdbCodec.unseal(entry.key, { store: secret("other"), key: password });
    expect(a.equals(b)).toBe(true);
    expect(await failure(kdbCodec.unseal(entry.key, {}))).toMatchObject({
      code: "password-missing",
    });
    expect(await failure(kdbCodec.unseal(entry.key, { store: secret("x") }))).toMatchObject({
      code: "key-password-wrong",
    });
    const foreign = { state: "sealed", scheme: "jks", blob: new Uint8Array(3) } as const;
    expect(await failure(kdbCodec.unseal(foreign, { store: password }))).toMatchObject({
      code: "format-unsupported",
    });
  });

  it("that are open are copied, so that the copy may be wiped", async () => {
    const open = key("rsa").key;
    const copy = await kdbCodec.unseal(open, {});
    copy.dispose();
    if (open.state !== "open") throw new Error("not open");
    expect(open.pkcs8.use((bytes) => bytes[0])).toBe(0x30);
  });
});
