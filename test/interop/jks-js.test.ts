import { createPrivateKey, X509Certificate } from "node:crypto";
import { readFileSync } from "node:fs";
import { type KeyEntry, parseJks, type TrustedKeyEntry, toPem } from "jks-js";
import { describe, expect, it } from "vitest";
import { equalBytes } from "../../src/bytes/octets.ts";
import { jksCodec } from "../../src/codecs/java/index.ts";
import { Secret } from "../../src/model/secret.ts";
import type { Entry, Store } from "../../src/model/store.ts";
import { parseCertificate } from "../../src/x509/parse.ts";
import { fixture, pemFixture, secret } from "../support/fixtures.ts";
import { seededBytes } from "../support/mutations.ts";
import { sharedFixture } from "../support/shared.ts";
import { sha256 } from "../support/view.ts";

/** jks-js as a second reader of JKS (docs/decisions/0006): it shares no code with ours. */

interface Seen {
  readonly label: string;
  /** SHA-256 of each certificate. */
  readonly chain: readonly string[];
  /** SHA-256 of the key as PKCS#8, where it has one. */
  readonly key?: string;
}

function seenByJksJs(bytes: Uint8Array, password: string, keyPassword = password): readonly Seen[] {
  const found = toPem(Buffer.from(bytes), password, keyPassword);
  return Object.entries(found).map(([label, { cert, key, ca }]) => {
    const pem = cert ?? ca ?? "";
    const blocks = pem.match(/-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g) ?? [];
    const chain = blocks.map((block) => sha256(new X509Certificate(block).raw));
    return { label, chain, ...(key === undefined ? {} : { key: keyDigest(key) }) };
  });
}

/** jks-js checks nothing where the password is empty. */
const NO_PASSWORD = "";

/** jks-js writes keys in their traditional PEM forms: compared as Node's PKCS#8 of them. */
function keyDigest(pem: string | Uint8Array): string {
  const key =
    typeof pem === "string"
      ? createPrivateKey(pem)
      : createPrivateKey({ key: Buffer.from(pem), format: "der", type: "pkcs8" });
  return sha256(key.export({ format: "der", type: "pkcs8" }));
}

async function seenByUs(
  bytes: Uint8Array,
  password: string,
  keyPassword = password,
): Promise<readonly Seen[]> {
  const passwords = { store: secret(password), key: secret(keyPassword) };
  const { store } = await jksCodec.read(bytes, passwords);
  const seen: Seen[] = [];
  for (const entry of store.entries) {
    if (entry.kind === "key") {
      const open = await jksCodec.unseal(entry.key, passwords);
      const chain = entry.chain.map((certificate) => sha256(certificate.der));
      seen.push({ label: entry.label, chain, key: open.use(keyDigest) });
    } else if (entry.kind === "trusted") {
      seen.push({ label: entry.label, chain: [sha256(entry.certificate.der)] });
    }
  }
  return seen;
}

function key(label: string, name: string): Entry {
  return {
    kind: "key",
    label,
    key: { state: "open", pkcs8: new Secret(pemFixture(`pem/${name}-key.pem`)) },
    chain: [parseCertificate(pemFixture(`pem/${name}.pem`))],
  };
}

function signer(label: string): Entry {
  const certificate = parseCertificate(pemFixture("pem/root.pem"));
  return { kind: "trusted", label, certificate, enabled: true };
}

async function write(store: Store, version = "2"): Promise<Uint8Array> {
  const random = seededBytes(5);
  const passwords = { store: secret("changeit") };
  return jksCodec.write(store, jksCodec.create({ version }, random), passwords, random);
}

describe("jks-js agrees", () => {
  it.each(["1", "2"])("on what we write as version %s", async (version) => {
    const entries = [key("server", "server"), key("rsa", "rsa"), signer("root"), signer("é")];
    const bytes = await write({ entries }, version);
    expect(seenByJksJs(bytes, "changeit")).toEqual(await seenByUs(bytes, "changeit"));
  });

  it("on what keytool wrote", async () => {
    for (const name of ["chain", "keytool", "signers", "empty", "version-1"]) {
      const bytes = fixture(`java/${name}.jks`);
      expect(seenByJksJs(bytes, "changeit"), name).toEqual(await seenByUs(bytes, "changeit"));
    }
  });

  it("that a wrong password and a changed octet are refused", async () => {
    const bytes = fixture("java/chain.jks");
    const changed = fixture("attacks/jks-date-changed.jks");
    expect(() => parseJks(Buffer.from(bytes), "wrong")).toThrow();
    expect(() => parseJks(Buffer.from(changed), "changeit")).toThrow();
    await expect(seenByUs(changed, "changeit")).rejects.toMatchObject({
      code: "integrity-mismatch",
    });
  });
});

/** Why jks-js is no reader for users: each is a difference that this test would notice going away. */
describe("jks-js differs", () => {
  it("loses an entry named __proto__", async () => {
    const bytes = await write({ entries: [signer("__proto__"), signer("other")] });
    expect(seenByJksJs(bytes, "changeit").map((entry) => entry.label)).toEqual(["other"]);
    expect((await seenByUs(bytes, "changeit")).map((entry) => entry.label)).toEqual([
      "__proto__",
      "other",
    ]);
  });

  it("reads labels as plain UTF-8", async () => {
    const bytes = await write({ entries: [signer("clé-𝒳")] });
    expect(seenByJksJs(bytes, "changeit")[0]?.label).toContain("\ufffd");
    expect((await seenByUs(bytes, "changeit"))[0]?.label).toBe("clé-𝒳");
  });

  it("accepts a truncated store without a password", async () => {
    const bytes = fixture("java/chain.jks").slice(0, -100); // in the middle of the last certificate
    expect(() => parseJks(Buffer.from(bytes), NO_PASSWORD)).not.toThrow();
    await expect(jksCodec.read(bytes, {})).rejects.toMatchObject({ code: "format-malformed" });
  });

  it("fails on an Ed25519 key", async () => {
    const bytes = await write({ entries: [key("ed25519", "ed25519")] });
    expect(() => seenByJksJs(bytes, "changeit")).toThrow();
    expect((await seenByUs(bytes, "changeit"))[0]?.key).toBe(
      keyDigest(pemFixture("pem/ed25519-key.pem")),
    );
  });

  it("only reads", async () => {
    const { default: _, ...functions } = await import("jks-js");
    expect(Object.keys(functions).sort()).toEqual(["decrypt", "parseJks", "parsePkcs12", "toPem"]);
  });
});

/** A row of the shared corpus's list. */
interface CorpusRow {
  readonly path: string;
  readonly format: string;
  readonly storePassword: string | null;
  readonly expectOpens: boolean;
  readonly entries: readonly {
    readonly alias: string;
    readonly kind: string;
    readonly chainSha256?: readonly string[];
    readonly created?: string;
    readonly keyPassword?: string | null;
    readonly keyEncodedSha256?: string;
  }[];
}

const corpusList = sharedFixture("corpus/manifest.ndjson");
const corpus =
  corpusList === undefined
    ? []
    : readFileSync(corpusList, "utf8")
        .trim()
        .split("\n")
        .map((line) => JSON.parse(line) as CorpusRow)
        .filter((row) => row.format === "jks");

describe.skipIf(corpus.length === 0)("78 stores of other projects (../shared)", () => {
  const opening = corpus.filter((row) => row.expectOpens);

  it.each(opening)("$path: Java's entries, and its own bytes again", async (row) => {
    const bytes = new Uint8Array(readFileSync(sharedFixture(`corpus/${row.path}`) ?? ""));
    const passwords = row.storePassword === null ? {} : { store: secret(row.storePassword) };
    const read = await jksCodec.read(bytes, passwords);
    expect(read.container.integrity).toBe(row.storePassword === null ? "not-checked" : "verified");
    const java = new Map(row.entries.map((entry) => [entry.alias, entry]));
    expect(new Set(read.store.entries.map((entry) => entry.label))).toEqual(new Set(java.keys()));
    for (const entry of read.store.entries) {
      const theirs = java.get(entry.label);
      const chain =
        entry.kind === "key" ? entry.chain : entry.kind === "trusted" ? [entry.certificate] : [];
      expect(chain.map((certificate) => certificate.sha256)).toEqual(theirs?.chainSha256 ?? []);
      expect(entry.created).toEqual(new Date(theirs?.created ?? Number.NaN));
      if (entry.kind !== "trusted" && typeof theirs?.keyPassword === "string") {
        const open = await jksCodec.unseal(entry.key, { key: secret(theirs.keyPassword) });
        expect(open.use(sha256)).toBe(theirs.keyEncodedSha256);
      }
    }
    if (row.storePassword !== null) {
      const written = await jksCodec.write(read.store, read.container, passwords, seededBytes(1));
      expect(equalBytes(written, bytes)).toBe(true);
    }
  });

  it.each(opening)("$path: jks-js sees the same certificates", async (row) => {
    const bytes = readFileSync(sharedFixture(`corpus/${row.path}`) ?? "");
    const { store } = await jksCodec.read(new Uint8Array(bytes), {});
    const ours = store.entries.map((entry) =>
      entry.kind === "key"
        ? entry.chain.map((certificate) => certificate.sha256)
        : entry.kind === "trusted"
          ? [entry.certificate.sha256]
          : [],
    );
    const theirs = parseJks(bytes, row.storePassword ?? NO_PASSWORD);
    expect(theirs.map(certificatesOf)).toEqual(ours);
    expect(theirs.map((entry) => entry.date)).toEqual(store.entries.map((entry) => entry.created));
  });

  it.each(corpus.filter((row) => !row.expectOpens))("$path is refused", async (row) => {
    const bytes = new Uint8Array(readFileSync(sharedFixture(`corpus/${row.path}`) ?? ""));
    const store = secret(row.storePassword ?? "password");
    await expect(jksCodec.read(bytes, { store })).rejects.toHaveProperty("code");
  });
});

function certificatesOf(entry: KeyEntry | TrustedKeyEntry): readonly string[] {
  const certificates = "chain" in entry ? entry.chain : [entry.cert];
  return certificates.map((certificate) => sha256(certificate.value));
}
