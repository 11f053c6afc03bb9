import { describe, expect, test } from "vitest";
import { DerReader } from "../../../../src/bytes/der-reader.ts";
import { Tag } from "../../../../src/bytes/der-tag.ts";
import { toHex } from "../../../../src/bytes/octets.ts";
import { buildCertificate } from "../../../../src/x509/build/certificate.ts";
import { buildEmptyCrl } from "../../../../src/x509/build/crl.ts";
import { generateKey, parseKeySpec } from "../../../../src/x509/build/key-pair.ts";
import { caExtensions } from "../../../../src/x509/build/profile.ts";
import { SigningKey, signatureScheme } from "../../../../src/x509/build/signature.ts";
import { parseName } from "../../../../src/x509/name.ts";
import { parseCertificate } from "../../../../src/x509/parse.ts";
import { parsePublicKey } from "../../../../src/x509/public-key.ts";
import { readSigned, signedBy } from "../../../../src/x509/signature.ts";

async function crlOf(key: string, nextUpdate = "2027-11-22T00:00:00Z") {
  const pair = await generateKey(parseKeySpec(key));
  const scheme = signatureScheme(parsePublicKey(pair.spki));
  const name = parseName("CN=Example Root,O=Example,C=GB").der;
  const der = buildCertificate(
    {
      serial: Uint8Array.of(0x40),
      issuer: name,
      subject: name,
      notBefore: new Date("2026-11-22T00:00:00Z"),
      notAfter: new Date("2056-11-22T00:00:00Z"),
      spki: pair.spki,
      extensions: caExtensions({ spki: pair.spki }),
    },
    scheme,
    new SigningKey(pair.pkcs8),
  );
  const issuer = parseCertificate(der);
  const crl = await buildEmptyCrl(
    {
      issuer,
      number: 1,
      thisUpdate: new Date("2026-11-22T00:00:00Z"),
      nextUpdate: new Date(nextUpdate),
    },
    pair.pkcs8,
    (count) => new Uint8Array(count),
  );
  return { crl, issuer, scheme };
}

describe("an empty CRL", () => {
  test.each(["rsa:2048", "rsa:4096", "ec:P-256", "ec:P-384", "ec:P-521", "ed25519"])(
    "signed with %s: the signature holds, and the algorithm is the one of certificates",
    async (key) => {
      const { crl, issuer, scheme } = await crlOf(key);
      expect(signedBy(readSigned(crl, "crl"), issuer.publicKey)).toBe(true);
      const list = new DerReader(crl).sequence("crl");
      const tbs = list.sequence("tbs");
      expect(toHex(list.nextRaw(Tag.sequence))).toBe(toHex(scheme.algorithm));
      expect(tbs.unsigned("version", 9)).toBe(1);
      expect(toHex(tbs.nextRaw(Tag.sequence))).toBe(toHex(scheme.algorithm));
      expect(toHex(tbs.nextRaw(Tag.sequence))).toBe(toHex(issuer.subject.der));
      tbs.next(Tag.utcTime, "thisUpdate");
      tbs.next(Tag.utcTime, "nextUpdate");
      // No list of revoked certificates at all: an empty one is forbidden (RFC 5280 §5.1.2.6).
      const extensions = tbs.next(0xa0, "extensions");
      tbs.finish("tbs");
      const hex = toHex(crl.subarray(extensions.start, extensions.end));
      const keyId = issuer.extensions.find(({ oid }) => oid === "2.5.29.14");
      expect(hex).toContain(
        `0603551d23041830168014${toHex(keyId?.value ?? Uint8Array.of()).slice(4)}`,
      );
      expect(hex).toContain("0603551d140403020101");
    },
  );

  test("times from 2050 are GeneralizedTime", async () => {
    const { crl } = await crlOf("ec:P-256", "2050-01-01T00:00:00Z");
    expect(new TextDecoder("latin1").decode(crl)).toContain(
      "\x17\x0d261122000000Z\x18\x0f20500101000000Z",
    );
  });
});
