import { createHash, createPrivateKey } from "node:crypto";
import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { DerReader } from "../../../../src/bytes/der-reader.ts";
import type { ReadResult } from "../../../../src/codecs/codec.ts";
import { allBags, type Bag } from "../../../../src/codecs/pkcs12/bag.ts";
import { originOf } from "../../../../src/codecs/pkcs12/entries.ts";
import { pkcs12Codec } from "../../../../src/codecs/pkcs12/index.ts";
import type { Layout } from "../../../../src/codecs/pkcs12/layout.ts";
import { PkiError } from "../../../../src/model/error.ts";
import { Secret } from "../../../../src/model/secret.ts";
import type { Entry, KeyMaterial } from "../../../../src/model/store.ts";
import { seededBytes } from "../../../support/mutations.ts";
import { sharedFixture } from "../../../support/shared.ts";

/**
 * Every PKCS#12 file of the shared corpus against its manifest, which other tools confirmed. What
 * differs stands in REASONS or REFUSED with the reason; a line that is no longer needed fails.
 */

interface ManifestEntry {
  readonly alias: string | null;
  readonly kind: string;
  readonly chainSha256?: readonly string[];
  readonly keyEncodedSha256?: string;
  readonly created?: string;
}

interface ManifestFile {
  readonly path: string;
  readonly format: string;
  readonly storePassword: string | null;
  readonly keyPasswords: readonly string[];
  readonly expectOpens: boolean;
  readonly entries: readonly ManifestEntry[];
}

const REFUSED: Readonly<Record<string, readonly [code: string, why: string]>> = {
  "bc-java__PfxPduTest-L487.p12": ["format-unsupported", "GOST MAC"],
  "gnutls__gost01.p12": ["format-unsupported", "GOST MAC"],
  "rustcrypto-formats__example11.pfx": ["format-unsupported", "MAC with BLAKE2b"],
  "bc-test-data__test_key_pbmac1_bcjsse.pfx": [
    "format-malformed",
    "PBMAC1 with a key of 256 octets, an old Bouncy Castle's mistake: RFC 9579 allows 64 at most",
  ],
  "boringssl__empty_password_ber_nested.p12": [
    "limit-exceeded",
    "strings nested deeper than 64, made to prove that a reader can: no writer does it",
  ],
  "golang-crypto__pkcs12_test-L94.p12": ["format-malformed", "3 octets after the end"],
};

const NO_CERTIFICATE =
  "a key without a certificate is kept as a secret, the manifest calls it a key";
const ODD_KIND = "the manifest's tools could not tell what the key is";
const KEY_UNSEEN = "the manifest's tools saw the certificate and not its key";
const SM2 = "the manifest's tool writes SM2 keys another way";
const NO_CLAIM = "the manifest's tools saw nothing in it";

const REASONS: Readonly<Record<string, string>> = {
  "bc-java__PfxPduTest-L273.p12": NO_CERTIFICATE,
  "cryptography__no-cert-key-aes256cbc.p12": NO_CERTIFICATE,
  "bc-java__with-key-entry.p12": ODD_KIND,
  "gnutls__key-corpus-rc2-1.p12": ODD_KIND,
  "botan__unknown_bag_secret.pfx": NO_CLAIM,
  "emmansun-go-pkcs12__gmcert_pkcs12-test-withca.p12": SM2,
  "emmansun-go-pkcs12__gmcert_pkcs12-withoutca.p12": SM2,
  "cryptography__name-1-no-pwd.p12": KEY_UNSEEN,
  "cryptography__name-2-no-pwd.p12": KEY_UNSEEN,
  "cryptography__name-3-no-pwd.p12": KEY_UNSEEN,
};

const manifestPath = sharedFixture("corpus/manifest.ndjson");
const files: readonly ManifestFile[] =
  manifestPath === undefined
    ? []
    : readFileSync(manifestPath, "utf8")
        .trim()
        .split("\n")
        .map((line) => JSON.parse(line) as ManifestFile)
        .filter(({ format }) => format === "pkcs12");

const nameOf = ({ path }: ManifestFile): string => path.slice(path.indexOf("/") + 1);
const bytesOf = ({ path }: ManifestFile): Uint8Array =>
  new Uint8Array(readFileSync(sharedFixture(`corpus/${path}`) as string));
const passwordsOf = ({ storePassword }: ManifestFile) => ({
  store: Secret.fromText(storePassword ?? ""),
});

const hex = (bytes: Uint8Array): string => createHash("sha256").update(bytes).digest("hex");

/** SHA-256 of the PKCS#8 as it is, and as a library writes it again (without attributes, say). */
async function keyHashes(key: KeyMaterial, file: ManifestFile): Promise<readonly string[]> {
  for (const password of [file.storePassword ?? "", ...file.keyPasswords]) {
    try {
      const opened = await pkcs12Codec.unseal(key, { store: Secret.fromText(password) });
      return opened.use((pkcs8) => [hex(pkcs8), ...rewritten(pkcs8), ...secretKey(pkcs8)]);
    } catch (error) {
      if (!(error instanceof PkiError)) throw error;
    }
  }
  return [];
}

function rewritten(pkcs8: Uint8Array): readonly string[] {
  try {
    const key = createPrivateKey({ key: Buffer.from(pkcs8), format: "der", type: "pkcs8" });
    return [hex(new Uint8Array(key.export({ format: "der", type: "pkcs8" })))];
  } catch {
    return [];
  }
}

/** The octets inside: what a secret key is to Java. */
function secretKey(pkcs8: Uint8Array): readonly string[] {
  const reader = new DerReader(pkcs8).sequence("key");
  reader.next();
  reader.next();
  return [hex(reader.octetString("key"))];
}

const chainOf = (entry: Entry): readonly string[] =>
  entry.kind === "key"
    ? entry.chain.map(({ sha256 }) => sha256)
    : entry.kind === "trusted"
      ? [entry.certificate.sha256]
      : [];

/** Where the key's own bag has no name, keytool makes one up; others use the localKeyId. */
function sameLabel(entry: Entry, alias: string | null): boolean {
  if (alias !== null && entry.label.toLowerCase() === alias.toLowerCase()) return true;
  const origin = originOf(entry);
  const named = origin?.key ?? origin?.certificate ?? origin?.secret;
  return named?.attributes.label === undefined;
}

async function differences(file: ManifestFile, { store }: ReadResult): Promise<string[]> {
  const found: string[] = [];
  const left = [...store.entries];
  for (const wanted of file.entries) {
    const chain = wanted.chainSha256 ?? [];
    const at = left.findIndex(
      (entry) =>
        entry.kind === wanted.kind &&
        sameLabel(entry, wanted.alias) &&
        (chain.length === 0 || chainOf(entry).join() === chain.join()),
    );
    const entry = left[at];
    if (entry === undefined) {
      found.push(`no ${wanted.kind} ${wanted.alias}`);
      continue;
    }
    left.splice(at, 1);
    if (entry.kind === "trusted" || entry.kind === "request") continue;
    if (wanted.keyEncodedSha256 !== undefined) {
      const hashes = await keyHashes(entry.key, file);
      if (!hashes.includes(wanted.keyEncodedSha256)) found.push(`another key of ${wanted.alias}`);
    }
    // Without a date in the file, keytool shows when it was run.
    if (entry.created !== undefined && entry.created.toISOString() !== wanted.created) {
      found.push(`another date of ${wanted.alias}`);
    }
  }
  for (const entry of left) {
    // Java does not see a certificate without Oracle's attribute; GSKit and OpenSSL do, so we do.
    const javaBlind = entry.kind === "trusted" && originOf(entry)?.javaTrusted === false;
    if (!javaBlind) found.push(`${entry.kind} ${entry.label} besides`);
  }
  return found;
}

/** A bag without its place: what must be there again after a visit. */
function bagText(bag: Bag): string {
  const content = Buffer.from(bag.attributes.content).toString("hex");
  switch (bag.kind) {
    case "certificate":
      return `certificate ${bag.certificate.sha256} ${content}`;
    case "plain-key":
      return `key ${bag.pkcs8.use(hex)} ${content}`;
    case "sealed-key":
      return `key ${hex(bag.blob)} ${content}`;
    case "nested":
      return "nested";
    default:
      return `${bag.type} ${hex(bag.value)} ${content}`;
  }
}

function bagTexts({ container }: ReadResult): readonly string[] {
  const { safes } = (container.rest as { pkcs12: Layout }).pkcs12;
  return safes.flatMap((safe) => [...allBags(safe.bags)].map(bagText));
}

/** Untouched, the file is given back; with its entries touched, every bag is there again as it was. */
async function expectToSurvive(file: ManifestFile, read: ReadResult): Promise<void> {
  const passwords = passwordsOf(file);
  const { store, container } = read;
  const untouched = await pkcs12Codec.write(store, container, passwords, seededBytes(1));
  if (container.integrity === "verified") {
    expect(Buffer.compare(untouched, bytesOf(file))).toBe(0);
  }
  const touched = { entries: store.entries.map((entry) => ({ ...entry })) };
  const written = await pkcs12Codec.write(touched, container, passwords, seededBytes(1));
  const again = await pkcs12Codec.read(written, passwords);
  expect(again.container.integrity).toBe("verified");
  expect(bagTexts(again)).toEqual(bagTexts(read));
  expect(again.store.entries.map(({ label }) => label)).toEqual(
    store.entries.map(({ label }) => label),
  );
}

describe.skipIf(files.length === 0)("the shared corpus", () => {
  const opens = files.filter((file) => file.expectOpens);

  it.each(opens.map((file) => [nameOf(file), file] as const))(
    "%s agrees with the manifest, and survives a visit",
    async (name, file) => {
      const refused = REFUSED[name];
      if (refused !== undefined) {
        await expect(pkcs12Codec.read(bytesOf(file), passwordsOf(file))).rejects.toMatchObject({
          name: "PkiError",
          code: refused[0],
        });
        return;
      }
      const read = await pkcs12Codec.read(bytesOf(file), passwordsOf(file));
      const found = await differences(file, read);
      if (REASONS[name] === undefined) expect(found).toEqual([]);
      else expect(found).not.toEqual([]);
      await expectToSurvive(file, read);
    },
    30_000,
  );

  it.each(files.filter((file) => !file.expectOpens).map((file) => [nameOf(file), file] as const))(
    "%s is refused",
    async (_, file) => {
      await expect(pkcs12Codec.read(bytesOf(file), passwordsOf(file))).rejects.toBeInstanceOf(
        PkiError,
      );
    },
  );
});
