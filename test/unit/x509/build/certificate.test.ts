import { describe, expect, test } from "vitest";
import { fromHex, toHex } from "../../../../src/bytes/octets.ts";
import type { PkiError } from "../../../../src/model/error.ts";
import { parseAltNames } from "../../../../src/x509/build/alt-name.ts";
import {
  buildCertificate,
  type CertificateFields,
  encodeTbsCertificate,
} from "../../../../src/x509/build/certificate.ts";
import { keyIdentifier } from "../../../../src/x509/build/extensions.ts";
import {
  generateKey,
  type KeySpec,
  parseKeySpec,
  printKeySpec,
} from "../../../../src/x509/build/key-pair.ts";
import { caExtensions, leafExtensions } from "../../../../src/x509/build/profile.ts";
import { newSerial } from "../../../../src/x509/build/serial.ts";
import { SigningKey, signatureScheme } from "../../../../src/x509/build/signature.ts";
import {
  authorityKeyIdentifier,
  basicConstraints,
  extendedKeyUsage,
  keyUsage,
  printGeneralName,
  subjectAltNames,
  subjectKeyIdentifier,
} from "../../../../src/x509/extensions.ts";
import { parseName } from "../../../../src/x509/name.ts";
import { parseCertificate } from "../../../../src/x509/parse.ts";
import { keyMatches } from "../../../../src/x509/private-key.ts";
import { parsePublicKey } from "../../../../src/x509/public-key.ts";
import { signatureVerifies } from "../../../../src/x509/signature.ts";
import { pkijsTbs } from "../../../support/pkijs-certificate.ts";

const NAME = parseName("CN=QM1,OU=Messaging,O=Example Ltd,C=GB");
const SERIAL = fromHex("40112233445566778899aabbccddeeff00112233");

async function selfSigned(spec: KeySpec, change: Partial<CertificateFields> = {}) {
  const pair = await generateKey(spec);
  const publicKey = parsePublicKey(pair.spki);
  const scheme = signatureScheme(publicKey);
  const fields: CertificateFields = {
    serial: SERIAL,
    issuer: NAME.der,
    subject: NAME.der,
    notBefore: new Date("2026-01-02T03:04:05Z"),
    notAfter: new Date("2036-01-02T03:04:05Z"),
    spki: pair.spki,
    extensions: caExtensions({ spki: pair.spki }),
    ...change,
  };
  const der = buildCertificate(fields, scheme, new SigningKey(pair.pkcs8));
  return { pair, publicKey, scheme, fields, certificate: parseCertificate(der) };
}

describe("keys and their signatures", () => {
  test.each([
    ["rsa:2048", "RSA", 2048, "sha256WithRSAEncryption"],
    ["rsa:3072", "RSA", 3072, "sha256WithRSAEncryption"],
    ["rsa:4096", "RSA", 4096, "sha384WithRSAEncryption"],
    ["ec:P-256", "EC", 256, "ecdsa-with-SHA256"],
    ["ec:P-384", "EC", 384, "ecdsa-with-SHA384"],
    ["ec:P-521", "EC", 521, "ecdsa-with-SHA512"],
    ["ed25519", "Ed25519", 256, "ED25519"],
  ])("%s", async (text, algorithm, bits, signature) => {
    const spec = parseKeySpec(text);
    expect(printKeySpec(spec)).toBe(text);
    const { certificate, pair } = await selfSigned(spec);
    expect(certificate.publicKey).toMatchObject({ algorithm, bits });
    expect(certificate.signatureAlgorithm).toBe(signature);
    expect(signatureVerifies(certificate, certificate.publicKey)).toBe(true);
    expect(pair.pkcs8.use((pkcs8) => keyMatches(pkcs8, certificate))).toBe(true);
  });

  test("other names of the same keys", () => {
    expect(parseKeySpec(" EC:prime256v1 ")).toEqual({ kind: "EC", curve: "P-256" });
    expect(parseKeySpec("RSA:2048")).toEqual({ kind: "RSA", bits: 2048 });
  });

  test.each(["", "rsa", "rsa:2047", "rsa:2049", "rsa:1e3", "ec:P-257", "ed25519:1", "dsa:2048"])(
    "%j is refused",
    (text) => {
      expect(() => parseKeySpec(text)).toThrow(
        expect.objectContaining<Partial<PkiError>>({ code: "usage", where: "--key" }),
      );
    },
  );
});

describe("the bytes", () => {
  // Two writers that share nothing: ours and pkijs with asn1js.
  test.each([
    ["a CA, RSA", "rsa:2048", "ca", "2036-01-02T03:04:05Z"],
    ["a CA past 2049", "ec:P-256", "ca", "2050-01-01T00:00:00Z"],
    ["a peer with every kind of name, EC", "ec:P-384", "peer", "2049-12-31T23:59:59Z"],
    ["a server, RSA", "rsa:2048", "server", "2027-01-02T03:04:05Z"],
    ["a client, Ed25519", "ed25519", "client", "2027-01-02T03:04:05Z"],
  ] as const)("%s: pkijs encodes the same", async (_, key, profile, until) => {
    const pair = await generateKey(parseKeySpec(key));
    const publicKey = parsePublicKey(pair.spki);
    const altNames = parseAltNames([
      "DNS:mq.example.com,*.example.com,IP:192.0.2.7,2001:db8::1",
      "email:ops@example.com",
      "URI:urn:example:a,b",
    ]);
    const issuerKey = fromHex("00112233445566778899aabbccddeeff00112233");
    const extensions =
      profile === "ca"
        ? caExtensions({ spki: pair.spki, pathLength: 1 })
        : leafExtensions({ profile, publicKey, altNames, emptySubject: false, issuerKey });
    const scheme = signatureScheme(publicKey);
    const fields: CertificateFields = {
      serial: SERIAL,
      issuer: NAME.der,
      subject: parseName("CN=Höst,O=Example").der,
      notBefore: new Date("2026-01-02T03:04:05Z"),
      notAfter: new Date(until),
      spki: pair.spki,
      extensions,
    };
    const theirs = await pkijsTbs({
      serial: SERIAL,
      notBefore: fields.notBefore,
      notAfter: fields.notAfter,
      issuer: [
        ["2.5.4.6", "printable", "GB"],
        ["2.5.4.10", "utf8", "Example Ltd"],
        ["2.5.4.11", "utf8", "Messaging"],
        ["2.5.4.3", "utf8", "QM1"],
      ],
      subject: [
        ["2.5.4.10", "utf8", "Example"],
        ["2.5.4.3", "utf8", "Höst"],
      ],
      spki: pair.spki,
      scheme,
      ...(profile === "ca"
        ? { ca: { pathLength: 1 } }
        : { leaf: { profile, issuerKey, rsa: publicKey.algorithm === "RSA" } }),
    });
    expect(toHex(encodeTbsCertificate(fields, scheme.algorithm))).toBe(toHex(theirs));
  });

  test("times switch to GeneralizedTime in 2050", async () => {
    const { certificate } = await selfSigned(
      { kind: "Ed25519" },
      { notBefore: new Date("2049-12-31T23:59:59Z"), notAfter: new Date("2050-01-01T00:00:00Z") },
    );
    const text = new TextDecoder("latin1").decode(certificate.der);
    expect(text).toContain("\x17\x0d491231235959Z\x18\x0f20500101000000Z");
    expect(certificate.notAfter.toISOString()).toBe("2050-01-01T00:00:00.000Z");
  });
});

describe("profiles", () => {
  async function leaf(profile: "server" | "client" | "peer", key: string, signed = true) {
    const pair = await generateKey(parseKeySpec(key));
    const publicKey = parsePublicKey(pair.spki);
    const issuerKey = keyIdentifier(pair.spki);
    const extensions = leafExtensions({
      profile,
      publicKey,
      altNames: parseAltNames(["localhost", "127.0.0.1"]),
      emptySubject: false,
      ...(signed ? { issuerKey } : {}),
      crlUrls: [],
    });
    return (await selfSigned(parseKeySpec("ed25519"), { spki: pair.spki, extensions })).certificate;
  }

  test("a root says what it may do, and that its own key issued it", async () => {
    const { certificate, pair } = await selfSigned(parseKeySpec("ec:P-256"));
    expect(basicConstraints(certificate)).toMatchObject({ ca: true });
    expect(keyUsage(certificate)).toEqual(["keyCertSign", "cRLSign"]);
    expect(subjectKeyIdentifier(certificate)).toBe(toHex(keyIdentifier(pair.spki)));
    expect(authorityKeyIdentifier(certificate)?.keyIdentifier).toBe(
      toHex(keyIdentifier(pair.spki)),
    );
    const critical = [true, true, false, false];
    expect(certificate.extensions.map((extension) => extension.critical)).toEqual(critical);
    expect(certificate.version).toBe(3);
    expect(certificate.serial).toBe(toHex(SERIAL));
  });

  test.each([
    ["server", ["1.3.6.1.5.5.7.3.1"]],
    ["client", ["1.3.6.1.5.5.7.3.2"]],
    ["peer", ["1.3.6.1.5.5.7.3.1", "1.3.6.1.5.5.7.3.2"]],
  ] as const)("%s", async (profile, usages) => {
    const certificate = await leaf(profile, "rsa:2048");
    expect(extendedKeyUsage(certificate)).toEqual(usages);
    expect(keyUsage(certificate)).toEqual(["digitalSignature", "keyEncipherment"]);
    expect(basicConstraints(certificate)).toMatchObject({ ca: false });
    expect(subjectAltNames(certificate).map(printGeneralName)).toEqual([
      "DNS:localhost",
      "IP:127.0.0.1",
    ]);
  });

  test("only RSA keys encipher keys", async () => {
    expect(keyUsage(await leaf("peer", "ec:P-256"))).toEqual(["digitalSignature"]);
    expect(keyUsage(await leaf("peer", "ed25519"))).toEqual(["digitalSignature"]);
  });

  test("a self-signed leaf has no key usage, and its own key as its issuer's", async () => {
    const certificate = await leaf("peer", "ec:P-256", false);
    expect(keyUsage(certificate)).toBeUndefined();
    const own = subjectKeyIdentifier(certificate);
    expect(own).toMatch(/^[0-9a-f]{40}$/);
    expect(authorityKeyIdentifier(certificate)?.keyIdentifier).toBe(own);
  });
});

describe("serial numbers", () => {
  test("20 octets in DER whatever the randomness gives", () => {
    for (const byte of [0x00, 0x3f, 0x7f, 0x80, 0xff]) {
      const serial = newSerial(
        (count) => new Uint8Array(count).fill(byte),
        () => false,
      );
      expect(serial.length).toBe(20);
      expect((serial[0] as number) & 0xc0).toBe(0x40);
    }
  });

  test("one that is taken is not given again", () => {
    let calls = 0;
    const random = (count: number) => new Uint8Array(count).fill(calls++);
    const first = toHex(
      newSerial(
        () => new Uint8Array(20),
        () => false,
      ),
    );
    const next = newSerial(random, (serial) => serial === first);
    expect(toHex(next)).not.toBe(first);
    expect(calls).toBe(2);
  });

  test("a source that repeats itself is an error, not a loop", () => {
    expect(() =>
      newSerial(
        (count) => new Uint8Array(count),
        () => true,
      ),
    ).toThrow(expect.objectContaining<Partial<PkiError>>({ code: "internal" }));
  });

  test("the random octets are not changed in place", () => {
    const source = new Uint8Array(20).fill(0xff);
    newSerial(
      () => source,
      () => false,
    );
    expect(source[0]).toBe(0xff);
  });
});
