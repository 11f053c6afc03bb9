import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { readPem } from "../../../src/bytes/pem.ts";
import type { Certificate } from "../../../src/model/certificate.ts";
import { PkiError } from "../../../src/model/error.ts";
import { printName } from "../../../src/x509/name.ts";
import { parseCertificate } from "../../../src/x509/parse.ts";
import { sharedFixture } from "../../support/shared.ts";

// Certificates of other projects' tests, with what four other programs say of them (openssl, pyca/cryptography,
// Java, Node). Skipped where the collection is not at hand.

interface Expected {
  readonly path: string;
  readonly expectOpens: boolean | null;
  readonly entries: readonly {
    readonly kind: string;
    readonly leafSha256Fingerprint: string | null;
    readonly keyAlgorithm: string | null;
    readonly sigAlg: string | null;
    readonly subject: string | null;
    readonly issuer: string | null;
    readonly serial: string | null;
    readonly notBefore: string | null;
    readonly notAfter: string | null;
  }[];
}

/** Files that Java or pyca opens and we refuse, each with its reason. */
const REFUSED: Readonly<Record<string, string>> = {
  "der/botan__link_SHA256.cer": "two certificates one behind the other",
  "der/gnutls__invalid-date-day.der": "the day is none: no date can be shown",
  "der/gnutls__invalid-date-hour.der": "the hour is none",
  "der/gnutls__invalid-date-month.der": "the month is none",
};

/** Signature algorithms that the manifest calls otherwise: by Java's one name for two OIDs, by OID. */
const OTHER_SIGNATURE: Readonly<Record<string, string>> = {
  "der/cryptography__alternate-rsa-sha1-oid.der": "sha1WithRSA",
  "pem/zlint__unknownpublickey.pem": "GOST R 34.11-94 with GOST R 34.10-2001",
};

const JAVA_SIGNATURES: Readonly<Record<string, string>> = {
  MD5withRSA: "md5WithRSAEncryption",
  SHA1withRSA: "sha1WithRSAEncryption",
  SHA256withRSA: "sha256WithRSAEncryption",
  SHA512withRSA: "sha512WithRSAEncryption",
  SHA1withDSA: "dsaWithSHA1",
  SHA256withDSA: "dsa_with_SHA256",
  SHA256withECDSA: "ecdsa-with-SHA256",
  SHA384withECDSA: "ecdsa-with-SHA384",
  SHA512withECDSA: "ecdsa-with-SHA512",
  "RSASSA-PSS": "rsassaPss",
};

const manifest = sharedFixture("corpus/manifest.ndjson");
const folder = /^(pem|der|malformed)\//;

function expectations(): readonly Expected[] {
  if (manifest === undefined) return [];
  return readFileSync(manifest, "utf8")
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line) as Expected)
    .filter(({ path }) => folder.test(path));
}

function certificateBytes(path: string): Uint8Array | undefined {
  const bytes = new Uint8Array(readFileSync(sharedFixture(`corpus/${path}`) as string));
  if (bytes[0] === 0x30) return bytes;
  return readPem(bytes).find(({ label }) => label.endsWith("CERTIFICATE"))?.der;
}

function keyName({ publicKey: { algorithm, bits } }: Certificate): string {
  return `${algorithm}-${bits}`;
}

describe.skipIf(manifest === undefined)("the corpus", () => {
  const all = expectations();
  const opening = all.filter(
    ({ expectOpens, entries }) => expectOpens === true && entries.length > 0,
  );
  const refused = all.filter(({ path }) => path in REFUSED);

  it("is the one these expectations were written for", () => {
    expect(opening.length).toBeGreaterThan(600);
    expect(refused.map(({ path }) => path).sort()).toEqual(Object.keys(REFUSED).sort());
  });

  it("reads as its manifest says", () => {
    const differences: string[] = [];
    for (const { path, entries } of opening) {
      if (path in REFUSED) continue;
      const [expected] = entries;
      if (expected === undefined) continue;
      const bytes = certificateBytes(path);
      if (bytes === undefined) {
        differences.push(`${path}: no certificate found`);
        continue;
      }
      const cert = parseCertificate(bytes, path);
      const check = (what: string, wanted: string | null, found: string): void => {
        if (wanted !== null && wanted !== found) {
          differences.push(`${path}: ${what} ${found}, expected ${wanted}`);
        }
      };
      check("sha256", expected.leafSha256Fingerprint, cert.sha256);
      const serial = expected.serial?.toLowerCase().replace(/^(-?)0+(?=.)/, "$1") ?? null;
      check("serial", serial, cert.serial.replace(/^(-?)0+(?=.)/, "$1"));
      const time = (text: string | null): string | null =>
        text === null || Number.isNaN(Date.parse(text)) ? null : iso(text);
      check("notBefore", time(expected.notBefore), cert.notBefore.toISOString());
      check("notAfter", time(expected.notAfter), cert.notAfter.toISOString());
      const signature = expected.sigAlg;
      check(
        "signature",
        signature && (OTHER_SIGNATURE[path] ?? JAVA_SIGNATURES[signature] ?? signature),
        cert.signatureAlgorithm,
      );
      const key = expected.keyAlgorithm;
      if (key !== null && /^(RSA|DSA|EC)-\d+$/.test(key)) check("key", key, keyName(cert));
    }
    expect(differences).toEqual([]);
  });

  it("names read as the manifest's, where it has RFC 2253 text", () => {
    const differences: string[] = [];
    let compared = 0;
    for (const { path, entries } of opening) {
      const subject = entries[0]?.subject;
      if (path in REFUSED || subject === undefined || subject === null) continue;
      const bytes = certificateBytes(path);
      if (bytes === undefined) continue;
      // Java's and OpenSSL's texts differ in escapes and in the names of rare attributes: plain ones are compared.
      if (
        !/^((CN|OU|O|L|ST|C|DC)=[A-Za-z0-9 .'()@:/_-]+)(,(CN|OU|O|L|ST|C|DC)=[A-Za-z0-9 .'()@:/_-]+)*$/.test(
          subject,
        )
      )
        continue;
      compared++;
      const found = printName(parseCertificate(bytes, path).subject);
      if (found !== subject) differences.push(`${path}: ${found}, expected ${subject}`);
    }
    expect(compared).toBeGreaterThan(300);
    expect(differences).toEqual([]);
  });

  it.each(refused.map(({ path }) => path))("%s is refused", (path) => {
    expect(() => parseCertificate(certificateBytes(path) as Uint8Array)).toThrow(
      expect.objectContaining({ code: "format-malformed" }),
    );
  });

  it("whatever is malformed ends as a certificate or a PkiError", () => {
    let seen = 0;
    for (const { path } of all.filter(({ expectOpens }) => expectOpens !== true)) {
      seen++;
      try {
        const bytes = certificateBytes(path);
        if (bytes !== undefined) parseCertificate(bytes, path);
      } catch (error) {
        expect(error, path).toBeInstanceOf(PkiError);
      }
    }
    expect(seen).toBeGreaterThan(100);
  });
});

/** `Jan  1 00:00:00 1 GMT`: Date takes short years for those of the last century. */
function iso(text: string): string {
  const match = /^(\w+ +\d+ [\d:]+) (\d+) GMT$/.exec(text);
  if (match === null) return new Date(text).toISOString();
  const date = new Date(`${match[1]} 2000 GMT`);
  date.setUTCFullYear(Number(match[2]));
  return date.toISOString();
}
