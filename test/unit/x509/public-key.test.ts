import { createECDH, generateKeyPairSync } from "node:crypto";
import { describe, expect, it } from "vitest";
import { der } from "../../../src/bytes/der-writer.ts";
import { fromHex } from "../../../src/bytes/octets.ts";
import { PkiError } from "../../../src/model/error.ts";
import { EXPLICIT_CURVE, parsePublicKey } from "../../../src/x509/public-key.ts";

const RSA = der.sequence(der.oid("1.2.840.113549.1.1.1"), der.null());
const rsa = (modulus: Uint8Array, exponent: Uint8Array) =>
  der.sequence(RSA, der.bitString(der.sequence(der.tlv(2, modulus), der.tlv(2, exponent))));

describe("parsePublicKey", () => {
  it.each([
    ["00ff", "010001", 8, "10001"],
    ["0080", "03", 8, "3"],
    ["7f", "03", 7, "3"],
    ["01", "00", 1, "0"],
    ["ff", "11", 8, "11"],
    ["0000ff", "0011", 8, "11"],
    [`00${"ff".repeat(256)}`, "010001", 2048, "10001"],
    [`01${"ff".repeat(256)}`, "010001", 2049, "10001"],
    [`00${"7f".repeat(256)}`, "010001", 2047, "10001"],
  ])("RSA modulus %s: exact bits", (modulus, exponent, bits, text) => {
    const key = parsePublicKey(rsa(fromHex(modulus), fromHex(exponent)));
    expect(key).toMatchObject({ algorithm: "RSA", bits, exponent: text });
  });

  it("an RSA key that is none has no bits", () => {
    for (const inside of ["", "3000", "30030201", "300302017f", "3006020101020103ff", "0400"]) {
      const spki = der.sequence(RSA, der.bitString(fromHex(inside)));
      expect(parsePublicKey(spki)).toEqual({ algorithm: "RSA", bits: 0, spki });
    }
  });

  it.each([
    ["prime256v1", "P-256", 256],
    ["secp384r1", "P-384", 384],
    ["secp521r1", "P-521", 521],
    ["secp224r1", "P-224", 224],
    ["secp256k1", "secp256k1", 256],
    ["brainpoolP256r1", "brainpoolP256r1", 256],
    ["brainpoolP512t1", "brainpoolP512t1", 512],
    ["sect571r1", "sect571r1", 571],
  ])("curve %s", (namedCurve, curve, bits) => {
    const { publicKey } = generateKeyPairSync("ec", { namedCurve });
    const spki = new Uint8Array(publicKey.export({ type: "spki", format: "der" }));
    expect(parsePublicKey(spki)).toEqual({ algorithm: "EC", bits, curve, spki });
  });

  it("says that a curve is spelled out, and how large it is", () => {
    const { publicKey } = generateKeyPairSync("ec", {
      namedCurve: "P-256",
      paramEncoding: "explicit",
    });
    const spki = new Uint8Array(publicKey.export({ type: "spki", format: "der" }));
    expect(parsePublicKey(spki)).toMatchObject({ bits: 256, curve: EXPLICIT_CURVE });
  });

  it("an unknown curve is its OID", () => {
    const point = createECDH("prime256v1").generateKeys();
    const algorithm = der.sequence(der.oid("1.2.840.10045.2.1"), der.oid("1.2.3.4"));
    const spki = der.sequence(algorithm, der.bitString(new Uint8Array(point)));
    expect(parsePublicKey(spki)).toMatchObject({ algorithm: "EC", bits: 0, curve: "1.2.3.4" });
  });

  it.each([
    ["ed25519", "Ed25519", 256],
    ["ed448", "Ed448", 456],
    ["x25519", "X25519", 256],
    ["x448", "X448", 448],
  ] as const)("%s", (type, algorithm, bits) => {
    const { publicKey } = generateKeyPairSync(type as "ed25519");
    const spki = new Uint8Array(publicKey.export({ type: "spki", format: "der" }));
    expect(parsePublicKey(spki)).toEqual({ algorithm, bits, spki });
  });

  it("DSA and RSASSA-PSS", () => {
    const dsa = generateKeyPairSync("dsa", { modulusLength: 1024, divisorLength: 160 });
    const pss = generateKeyPairSync("rsa-pss", { modulusLength: 1024 });
    const view = (key: typeof dsa.publicKey) =>
      parsePublicKey(new Uint8Array(key.export({ type: "spki", format: "der" })));
    expect(view(dsa.publicKey)).toMatchObject({ algorithm: "DSA", bits: 1024 });
    expect(view(pss.publicKey)).toMatchObject({ algorithm: "RSASSA-PSS", bits: 1024 });
  });

  it("DSA parameters inherited from the issuer: no bits", () => {
    const spki = der.sequence(
      der.sequence(der.oid("1.2.840.10040.4.1")),
      der.bitString(der.integer(5)),
    );
    expect(parsePublicKey(spki)).toMatchObject({ algorithm: "DSA", bits: 0 });
  });

  it("an unknown algorithm is its OID", () => {
    const spki = der.sequence(der.sequence(der.oid("1.2.3.4")), der.bitString(new Uint8Array(3)));
    expect(parsePublicKey(spki)).toEqual({ algorithm: "1.2.3.4", bits: 0, spki });
  });

  it("refuses what is no SubjectPublicKeyInfo", () => {
    expect(() => parsePublicKey(der.sequence(RSA))).toThrow(PkiError);
    expect(() =>
      parsePublicKey(der.sequence(RSA, der.bitString(new Uint8Array(1)), der.null())),
    ).toThrow(PkiError);
  });
});
