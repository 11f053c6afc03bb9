import { describe, expect, it } from "vitest";
import { writePem } from "../../../../src/bytes/pem.ts";
import type { Passwords } from "../../../../src/codecs/codec.ts";
import { derCodec, pemCodec } from "../../../../src/codecs/pem/index.ts";
import { addEntry, removeEntry, replaceEntry } from "../../../../src/model/edit.ts";
import { Secret } from "../../../../src/model/secret.ts";
import type { Entry, KeyEntry, Store, TrustedEntry } from "../../../../src/model/store.ts";
import { parseCertificate } from "../../../../src/x509/parse.ts";
import { fixture, fixtureNames, pemFixture, secret } from "../../../support/fixtures.ts";
import { seededBytes } from "../../../support/mutations.ts";
import { sha256, storeView } from "../../../support/view.ts";

const random = seededBytes(1);
const text = (bytes: Uint8Array): string => new TextDecoder().decode(bytes);
const bytes = (value: string): Uint8Array => new TextEncoder().encode(value);
const pem = (name: string): string => text(fixture(`pem/${name}.pem`));
const certificate = (name: string) => parseCertificate(pemFixture(`pem/${name}.pem`));
const password: Passwords = { store: secret("fixture-password") };

const read = async (value: string, passwords: Passwords = {}) =>
  pemCodec.read(bytes(value), passwords);
const outline = ({ entries }: Store) =>
  entries.map((entry) =>
    [entry.kind, entry.label, ...(entry.kind === "key" ? [entry.chain.length] : [])].join(" "),
  );
const trusted = (label: string, name: string): TrustedEntry => ({
  kind: "trusted",
  label,
  certificate: certificate(name),
  enabled: true,
});
const keyEntry = (label: string, name: string, ...issuers: string[]): KeyEntry => ({
  kind: "key",
  label,
  key: { state: "open", pkcs8: new Secret(pemFixture(`pem/${name}-key.pem`)) },
  chain: [certificate(name), ...issuers.map(certificate)],
});
const SERVER = "CN=server.example.com,O=Fixture,C=GB";
const MIDDLE = "CN=Fixture Intermediate,O=Fixture,C=GB";
const ROOT = "CN=Fixture Root,O=Fixture,C=GB";

describe("reading", () => {
  it.each([
    ["one certificate", ["server"], [`trusted ${SERVER}`]],
    ["a bundle", ["bundle"], [`trusted ${SERVER}`, `trusted ${MIDDLE}`, `trusted ${ROOT}`]],
    ["an identity with an encrypted key", ["identity"], [`key ${SERVER} 3`]],
    ["key, then certificate", ["server-key", "server"], [`key ${SERVER} 1`]],
    ["certificate, then key", ["server", "server-key"], [`key ${SERVER} 1`]],
    ["a chain upside down", ["root", "intermediate", "server", "server-key"], [`key ${SERVER} 3`]],
    [
      "a stranger beside the chain",
      ["server-key", "other-root", "server", "intermediate"],
      [`key ${SERVER} 2`, "trusted CN=Stranger,O=Stranger,C=US"],
    ],
    [
      "two identities",
      ["server-key", "server", "rsa-key", "rsa", "root"],
      [`key ${SERVER} 1`, "key CN=rsa.example.com,O=Fixture,C=GB 2"],
    ],
    [
      "two identities, one issuer",
      ["server", "client", "intermediate", "client-key", "server-key"],
      [`key ${SERVER} 2`, "key CN=Zoë Client,O=Fixture,C=GB 2"],
    ],
    ["the same certificate twice", ["root", "root"], [`trusted ${ROOT}`, `trusted ${ROOT} (2)`]],
    ["a key alone", ["server-key"], ["secret private key"]],
    [
      "a key beside another's certificate",
      ["server-key", "rsa"],
      ["secret private key", "trusted CN=rsa.example.com,O=Fixture,C=GB"],
    ],
    ["a request", ["request"], [`request ${SERVER}`]],
    ["a request with its key", ["request", "server-key"], [`request ${SERVER}`]],
    [
      "key, request and certificate",
      ["server-key", "request", "server"],
      [`key ${SERVER} 1`, `request ${SERVER} (2)`],
    ],
    ["PKCS#1", ["rsa-pkcs1", "rsa"], ["key CN=rsa.example.com,O=Fixture,C=GB 1"]],
    ["SEC 1", ["server-sec1", "server"], [`key ${SERVER} 1`]],
    [
      "traditional encryption",
      ["rsa-traditional-encrypted", "rsa"],
      ["key CN=rsa.example.com,O=Fixture,C=GB 1"],
    ],
    ["OpenSSL's trusted certificate", ["trusted-certificate"], [`trusted ${SERVER}`]],
  ])("%s", async (_, names, expected) => {
    const { store, container } = await read(names.map(pem).join(""));
    expect(outline(store)).toEqual(expected);
    expect(container).toMatchObject({ format: "pem", version: "", integrity: "none" });
  });

  it("old labels of certificates and requests", async () => {
    const { store } = await read(
      writePem("X509 CERTIFICATE", pemFixture("pem/root.pem")) +
        writePem("NEW CERTIFICATE REQUEST", pemFixture("pem/request.pem")),
    );
    expect(outline(store)).toEqual([`trusted ${ROOT}`, `request ${SERVER}`]);
  });

  it("what openssl pkcs12 prints above a block names the entry", async () => {
    const attributes = (name: string) =>
      `Bag Attributes\n    friendlyName: ${name}\n    localKeyID: 01 02 \nsubject=CN = x\n\n`;
    const { store } = await read(
      attributes("my key").trimEnd() +
        "\n" +
        pem("server-key") +
        attributes("my key").trimEnd() +
        "\n" +
        pem("server"),
    );
    expect(outline(store)).toEqual(["key my key 1"]);
  });

  describe("a key that stays closed", () => {
    const closed = pem("server-key-encrypted");
    it.each([
      ["goes with the leaf behind it", ["rsa", closed, "server", "intermediate"], SERVER],
      ["goes with the leaf before it", ["intermediate", "server", closed], SERVER],
      ["goes with the only leaf", [closed, "root", "intermediate", "server"], SERVER],
      ["goes with the only certificate, a CA's too", [closed, "root"], ROOT],
    ])("%s", async (_, parts, label) => {
      const value = parts.map((part) => (part === closed ? closed : pem(part))).join("");
      const { store } = await read(value);
      const entry = store.entries.find(({ kind }) => kind === "key");
      expect(entry?.label).toBe(label);
      expect(entry?.kind === "key" && entry.key.state).toBe("sealed");
    });

    it("goes with nobody where it could be several", async () => {
      const { store } = await read(closed + pem("root") + pem("rsa") + pem("server"));
      // rsa stands beside root, not beside the key; two leaves remain.
      expect(store.entries[0]?.kind).toBe("secret");
    });

    it("goes with its own certificate where a password opens it, and stays sealed", async () => {
      const { store } = await read(closed + pem("rsa") + pem("server"), password);
      expect(outline(store)).toEqual([
        `key ${SERVER} 1`,
        "trusted CN=rsa.example.com,O=Fixture,C=GB",
      ]);
      expect(store.entries[0]?.kind === "key" && store.entries[0].key.state).toBe("sealed");
    });

    it("is listed with a wrong password as with none", async () => {
      const { store } = await read(closed + pem("server"), { store: secret("wrong") });
      expect(outline(store)).toEqual([`key ${SERVER} 1`]);
    });
  });

  it.each([
    ["a PKCS#7 block", writePem("PKCS7", Uint8Array.of(0x30, 0)), "format-unsupported", "blocks/0"],
    ["text without blocks", "hello\n", "format-malformed", undefined],
    [
      "nothing but parameters",
      writePem("EC PARAMETERS", Uint8Array.of(6, 0)),
      "format-malformed",
      undefined,
    ],
    [
      "a certificate that is none",
      writePem("CERTIFICATE", Uint8Array.of(1)),
      "format-malformed",
      "blocks/0@0",
    ],
    [
      "a key that is none",
      writePem("PRIVATE KEY", Uint8Array.of(0x30, 0)),
      "format-malformed",
      "blocks/0",
    ],
    [
      "a request that is none",
      writePem("CERTIFICATE REQUEST", Uint8Array.of(0x30, 0)),
      "format-malformed",
      "blocks/0@2",
    ],
    [
      "an EC key without a curve",
      writePem("EC PRIVATE KEY", Uint8Array.of(0x30, 6, 2, 1, 1, 4, 1, 9)),
      "format-malformed",
      "blocks/0@8",
    ],
    ["no END line", "-----BEGIN CERTIFICATE-----\nAQID\n", "format-malformed", "line 1"],
  ])("refuses %s", async (_, value, code, where) => {
    await expect(read(value)).rejects.toMatchObject({ code, where });
  });

  it("says which block is damaged", async () => {
    const broken = writePem("CERTIFICATE", pemFixture("pem/root.pem").subarray(0, -1));
    await expect(read(pem("server") + broken)).rejects.toMatchObject({ where: "blocks/1@0" });
  });
});

describe("unseal", () => {
  it.each([
    ["plain PKCS#8", "server-key", "server-key.der"],
    ["SEC 1", "server-sec1", "server-key.der"],
    ["encrypted PKCS#8", "server-key-encrypted", "server-key.der"],
  ])("%s gives openssl's PKCS#8", async (_, name, expected) => {
    const { store } = await read(pem(name));
    const [entry] = store.entries as [Entry & { kind: "secret" }];
    const open = await pemCodec.unseal(entry.key, password);
    expect(open.use(sha256)).toBe(sha256(fixture(`pem/${expected}`)));
  });

  it.each(["rsa-pkcs1", "rsa-traditional-encrypted"])("%s gives openssl's PKCS#8", async (name) => {
    const { store } = await read(pem(name));
    const [entry] = store.entries as [Entry & { kind: "secret" }];
    const open = await pemCodec.unseal(entry.key, password);
    expect(open.use(sha256)).toBe(sha256(pemFixture("pem/rsa-key.pem")));
  });

  it.each(["server-key-encrypted", "rsa-traditional-encrypted"])(
    "%s with a wrong or no password",
    async (name) => {
      const [entry] = (await read(pem(name))).store.entries as [Entry & { kind: "secret" }];
      await expect(pemCodec.unseal(entry.key, {})).rejects.toMatchObject({
        code: "password-missing",
      });
      for (const wrong of ["", "x", "fixture-passwore", "fixture-password "]) {
        await expect(pemCodec.unseal(entry.key, { key: secret(wrong) })).rejects.toMatchObject({
          code: "key-password-wrong",
        });
      }
    },
  );

  it("a request whose key is elsewhere says so", async () => {
    const [entry] = (await read(pem("request"))).store.entries as [Entry & { kind: "request" }];
    await expect(pemCodec.unseal(entry.key, password)).rejects.toMatchObject({
      code: "format-unsupported",
      message: "the file holds the request without its private key",
    });
  });

  it("a key sealed in another format's way is refused", async () => {
    const key = { state: "sealed", scheme: "jks", blob: new Uint8Array(40) } as const;
    await expect(pemCodec.unseal(key, password)).rejects.toMatchObject({
      code: "format-unsupported",
    });
  });
});

describe("writing what was read", () => {
  it.each(fixtureNames("pem").filter((name) => /\.(pem|arm)$/.test(name)))(
    "%s comes back byte for byte",
    async (name) => {
      const file = fixture(`pem/${name}`);
      const { store, container } = await pemCodec.read(file, {});
      const written = await pemCodec.write(store, container, {}, random);
      expect(Buffer.from(written).equals(Buffer.from(file))).toBe(true);
    },
  );

  const commented = `# our CAs\n# second line\n\nfirst CA\n${pem("root")}\nsecond CA\n${pem("other-root")}# the end\n`;

  it("an entry added goes to the end; text stays", async () => {
    const { store, container } = await read(commented);
    const more = addEntry(store, trusted("rsa.example.com", "rsa"));
    const written = text(await pemCodec.write(more, container, {}, random));
    expect(written.startsWith(commented.replace("# the end\n", ""))).toBe(true);
    expect(written).toContain("Bag Attributes\n    friendlyName: rsa.example.com\n-----BEGIN");
    expect(written).toContain("# the end\n");
    expect(outline((await read(written)).store)).toEqual(outline(more));
  });

  it("an entry removed goes with the paragraph above it; other text stays", async () => {
    const { store, container } = await read(commented);
    const written = text(await pemCodec.write(removeEntry(store, ROOT), container, {}, random));
    expect(written).toBe(
      `# our CAs\n# second line\n\n\nsecond CA\n${pem("other-root")}# the end\n`,
    );
  });

  it("an entry renamed gets its label written above it", async () => {
    const { store, container } = await read(commented);
    const renamed = replaceEntry(store, ROOT, {
      ...(store.entries[0] as Entry),
      label: "the root",
    });
    const written = text(await pemCodec.write(renamed, container, {}, random));
    expect(written).toBe(
      commented.replace("first CA\n", "Bag Attributes\n    friendlyName: the root\nfirst CA\n"),
    );
    const back = await read(written);
    const again = replaceEntry(back.store, "the root", {
      ...(back.store.entries[0] as Entry),
      label: "other",
    });
    expect(text(await pemCodec.write(again, back.container, {}, random))).toBe(
      written.replace("the root", "other"),
    );
  });

  it("a chain made longer gets its certificate behind the others; the key's text stays", async () => {
    const file = pem("server-key") + pem("server") + pem("intermediate");
    const { store, container } = await read(file);
    const entry = store.entries[0] as KeyEntry;
    const longer = replaceEntry(store, entry.label, {
      ...entry,
      chain: [...entry.chain, certificate("root")],
    });
    const written = text(await pemCodec.write(longer, container, {}, random));
    expect(written).toBe(file + pem("root"));
  });

  it("CRLF stays CRLF, for what is added too", async () => {
    const { store, container } = await pemCodec.read(fixture("pem/bundle-crlf.pem"), {});
    const more = addEntry(store, trusted("CN=Stranger,O=Stranger,C=US", "other-root"));
    const written = text(await pemCodec.write(more, container, {}, random));
    expect(written.replaceAll("\r\n", "")).not.toMatch(/[\r\n]/);
    expect(written.endsWith(pem("other-root").replaceAll("\n", "\r\n"))).toBe(true);
  });

  it("a byte order mark stays the first thing", async () => {
    const { store, container } = await pemCodec.read(fixture("pem/bom.pem"), {});
    const swapped = {
      entries: [trusted("CN=Stranger,O=Stranger,C=US", "other-root"), ...store.entries],
    };
    const written = await pemCodec.write(swapped, container, {}, random);
    expect([...written.subarray(0, 3)]).toEqual([0xef, 0xbb, 0xbf]);
    expect(written.lastIndexOf(0xef)).toBe(0);
    expect(outline((await pemCodec.read(written, {})).store)).toEqual(outline(swapped));
  });

  it("blocks that are none of ours are carried", async () => {
    const parameters = writePem("EC PARAMETERS", Uint8Array.of(6, 1, 42));
    const file = `${parameters}${pem("server-key")}${pem("server")}`;
    const { store, container } = await read(file);
    const more = addEntry(store, trusted("CN=Stranger,O=Stranger,C=US", "other-root"));
    expect(text(await pemCodec.write(more, container, {}, random))).toBe(file + pem("other-root"));
  });

  it("a plain key is a secret wherever it is kept", async () => {
    const result = await read(pem("server-key") + pem("server"));
    const shown = JSON.stringify(result, (_, value) =>
      value instanceof Uint8Array ? text(value) : (value as unknown),
    );
    expect(shown).not.toContain("PRIVATE KEY");
    expect(shown).toContain("[secret]");
  });
});

describe("writing something new", () => {
  const container = pemCodec.create({}, random);
  const plain = pemCodec.create({ protection: "none" }, random);
  const write = (entries: readonly Entry[], passwords = password, target = container) =>
    pemCodec.write({ entries }, target, passwords, random);

  const stores: readonly (readonly [string, readonly Entry[]])[] = [
    ["certificates", [trusted("a", "root"), trusted("b", "rsa")]],
    ["labels that need no marks", [trusted(ROOT, "root"), trusted(MIDDLE, "intermediate")]],
    [
      "labels that look like others' defaults",
      [trusted(ROOT, "rsa"), trusted(`${ROOT} (2)`, "root")],
    ],
    ["one certificate under two labels", [trusted("a", "root"), trusted("b", "root")]],
    ["an identity with its chain", [keyEntry("me", "server", "intermediate", "root")]],
    [
      "an identity whose root is trusted too",
      [keyEntry("me", "server", "intermediate", "root"), trusted("r", "root")],
    ],
    [
      "the trusted root first",
      [trusted("r", "root"), keyEntry("me", "server", "intermediate", "root")],
    ],
    [
      "a chain that ends early, beside its issuer",
      [keyEntry("me", "server"), trusted("i", "intermediate"), trusted("r", "root")],
    ],
    ["a chain of strangers", [keyEntry("me", "server", "other-root", "rsa")]],
    [
      "two identities, chains shared and not",
      [keyEntry("a", "server", "intermediate"), keyEntry("b", "client", "intermediate", "root")],
    ],
    ["a CA's key and a leaf's without chain", [keyEntry("ca", "root"), keyEntry("rsa", "rsa")]],
    [
      "one key under two labels",
      [keyEntry("a", "server"), keyEntry("b", "server", "intermediate")],
    ],
    [
      "labels of all kinds",
      [
        trusted("Zoë's CA, Ltd. #1", "root"),
        trusted("😀", "rsa"),
        trusted("-----BEGIN X-----", "server"),
      ],
    ],
    [
      "a key alone",
      [{ kind: "secret", label: "k", algorithm: "private-key", key: keyEntry("k", "rsa").key }],
    ],
    [
      "a request with its key",
      [
        {
          kind: "request",
          label: "req",
          key: keyEntry("k", "server").key,
          pkcs10: pemFixture("pem/request.pem"),
        },
      ],
    ],
  ];

  describe.each([
    ["sealed", container],
    ["plain", plain],
  ] as const)("%s", (name, target) => {
    it.each(stores)("%s", async (_, entries) => {
      const written = await write(entries, password, target);
      expect(/^-----BEGIN PRIVATE KEY/m.test(text(written))).toBe(
        name === "plain" && entries.some(({ kind }) => kind !== "trusted"),
      );
      const wanted = await storeView(pemCodec, { store: { entries }, container }, password);
      for (const passwords of [password, {}]) {
        const back = await pemCodec.read(written, passwords);
        const view = await storeView(pemCodec, back, password);
        expect(view.entries).toEqual(wanted.entries);
        const again = await pemCodec.write(back.store, back.container, passwords, random);
        expect(text(again)).toBe(text(written));
      }
    });
  });

  it("is repeatable with the same randomness", async () => {
    const entries = [keyEntry("me", "server", "intermediate")];
    const one = await pemCodec.write({ entries }, container, password, seededBytes(7));
    const two = await pemCodec.write({ entries }, container, password, seededBytes(7));
    expect(text(one)).toBe(text(two));
  });

  it("writes a key plain only when that was asked for", async () => {
    await expect(write([keyEntry("me", "server")], {})).rejects.toMatchObject({
      code: "password-missing",
    });
    expect(text(await write([keyEntry("me", "server")], {}, plain))).toContain("BEGIN PRIVATE KEY");
    // a file without keys has not asked for plain ones
    const bundle = await read(pem("root"));
    const more = addEntry(bundle.store, keyEntry("me", "server"));
    await expect(pemCodec.write(more, bundle.container, {}, random)).rejects.toMatchObject({
      code: "password-missing",
    });
    expect(text(await pemCodec.write(more, bundle.container, password, random))).toContain(
      "BEGIN ENCRYPTED PRIVATE KEY",
    );
  });

  it.each([
    ["nothing", []],
    ["a signer that is not trusted", [{ ...trusted("a", "root"), enabled: false }]],
    [
      "a secret key",
      [{ kind: "secret", label: "s", algorithm: "AES", key: keyEntry("k", "rsa").key }],
    ],
    [
      "a key sealed elsewhere",
      [
        {
          ...keyEntry("k", "rsa"),
          key: { state: "sealed", scheme: "kdb", blob: new Uint8Array(9) },
        },
      ],
    ],
  ] as readonly (readonly [string, readonly Entry[]])[])("refuses %s", async (_, entries) => {
    await expect(write(entries)).rejects.toMatchObject({ code: "format-cannot-hold" });
  });

  it("refuses a default label", async () => {
    const store = { entries: [trusted("a", "root")], defaultLabel: "a" };
    for (const codec of [pemCodec, derCodec]) {
      await expect(codec.write(store, codec.create({}, random), {}, random)).rejects.toMatchObject({
        code: "format-cannot-hold",
      });
    }
  });

  it("labels are one line", () => {
    expect(pemCodec.storedLabel(" a\nb\u0000 c ")).toBe("a b  c");
    expect(pemCodec.storedLabel("\n")).toBe("unnamed");
    expect(pemCodec.sameLabel("a\nb", "a b")).toBe(true);
    expect(pemCodec.sameLabel("a", "A")).toBe(false);
  });

  it("creates with its own protections only", () => {
    expect(container.protection).toBe("pbes2-aes256");
    for (const options of [
      { protection: "rc2" },
      { version: "3" },
      { passwordExpires: new Date(0) },
    ]) {
      expect(() => pemCodec.create(options, random)).toThrow(
        expect.objectContaining({ code: "format-cannot-hold" }),
      );
    }
  });
});

describe("DER", () => {
  it.each([
    ["server.der", "trusted", SERVER],
    ["server-key.der", "secret", "private key"],
  ])("%s", async (name, kind, label) => {
    const file = fixture(`pem/${name}`);
    const { store, container } = await derCodec.read(file, {});
    expect(store.entries.map((entry) => [entry.kind, entry.label])).toEqual([[kind, label]]);
    expect(container).toMatchObject({ format: "der", integrity: "none", protection: "none" });
    const written = await derCodec.write(store, container, {}, random);
    expect(Buffer.from(written).equals(Buffer.from(file))).toBe(true);
  });

  it.each([
    ["request", "request"],
    ["rsa-pkcs1", "secret"],
    ["server-sec1", "secret"],
    ["server-key-encrypted", "secret"],
    ["root", "trusted"],
  ])("%s as DER is one %s", async (name, kind) => {
    const file = pemFixture(`pem/${name}.pem`);
    const { store, container } = await derCodec.read(file, {});
    expect(store.entries.map((entry) => entry.kind)).toEqual([kind]);
    const written = await derCodec.write(store, container, {}, random);
    expect(Buffer.from(written).equals(Buffer.from(file))).toBe(true);
  });

  it("holds one thing, and no key with its certificate", async () => {
    const container = derCodec.create({}, random);
    const write = (...entries: Entry[]) => derCodec.write({ entries }, container, password, random);
    expect(await write(trusted("a", "root"))).toEqual(pemFixture("pem/root.pem"));
    for (const entries of [
      [],
      [trusted("a", "root"), trusted("b", "rsa")],
      [keyEntry("k", "server")],
    ]) {
      await expect(write(...entries)).rejects.toMatchObject({ code: "format-cannot-hold" });
    }
  });

  it("refuses bytes behind the end", async () => {
    const file = new Uint8Array([...fixture("pem/server.der"), 10]);
    await expect(derCodec.read(file, {})).rejects.toMatchObject({ code: "format-malformed" });
  });
});
