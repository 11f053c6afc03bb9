import { constants, generateKeyPairSync, type KeyObject, sign } from "node:crypto";
import { describe, expect, it } from "vitest";
import { der } from "../../../src/bytes/der-writer.ts";
import { signatureVerifies } from "../../../src/x509/signature.ts";
import { SHA256_RSA } from "./handmade.ts";
import { issue, party, signed } from "./issue.ts";

const spkiOf = (key: KeyObject) => new Uint8Array(key.export({ type: "spki", format: "der" }));
const algorithm = (oid: string, ...parameters: Uint8Array[]) =>
  der.sequence(der.oid(oid), ...parameters);
const rsa = generateKeyPairSync("rsa", { modulusLength: 2048 });

function pssParameters(hash: string, maskHash: string, salt: number): Uint8Array {
  return der.sequence(
    der.explicit(0, algorithm(hash)),
    der.explicit(1, algorithm("1.2.840.113549.1.1.8", algorithm(maskHash))),
    der.explicit(2, der.integer(salt)),
  );
}

const SHA256 = "2.16.840.1.101.3.4.2.1";
const SHA384 = "2.16.840.1.101.3.4.2.2";
const PSS = "1.2.840.113549.1.1.10";

describe("signatureVerifies", () => {
  const selfSigned = (
    keys: { publicKey: KeyObject; privateKey: KeyObject },
    alg: Uint8Array,
    make: (body: Uint8Array) => Uint8Array,
  ) => signed({ algorithm: alg, spki: spkiOf(keys.publicKey) }, make);

  it.each([
    ["md5", "1.2.840.113549.1.1.4"],
    ["sha1", "1.2.840.113549.1.1.5"],
    ["sha1", "1.3.14.3.2.29"],
    ["sha256", "1.2.840.113549.1.1.11"],
    ["sha384", "1.2.840.113549.1.1.12"],
    ["sha512", "1.2.840.113549.1.1.13"],
    ["sha224", "1.2.840.113549.1.1.14"],
    ["sha512-256", "1.2.840.113549.1.1.16"],
    ["sha3-256", "2.16.840.1.101.3.4.3.14"],
  ])("RSA with %s (%s)", (hash, oid) => {
    const cert = selfSigned(rsa, algorithm(oid, der.null()), (body) =>
      sign(hash, body, rsa.privateKey),
    );
    expect(signatureVerifies(cert, cert.publicKey)).toBe(true);
  });

  it.each([
    ["P-256", "sha256", "1.2.840.10045.4.3.2"],
    ["P-384", "sha384", "1.2.840.10045.4.3.3"],
    ["P-521", "sha512", "1.2.840.10045.4.3.4"],
    ["P-256", "sha1", "1.2.840.10045.4.1"],
    ["secp256k1", "sha256", "1.2.840.10045.4.3.2"],
  ])("ECDSA on %s with %s", (namedCurve, hash, oid) => {
    const keys = generateKeyPairSync("ec", { namedCurve });
    const cert = selfSigned(keys, algorithm(oid), (body) => sign(hash, body, keys.privateKey));
    expect(signatureVerifies(cert, cert.publicKey)).toBe(true);
  });

  it("Ed25519, Ed448, DSA", () => {
    for (const [keys, oid, hash] of [
      [generateKeyPairSync("ed25519"), "1.3.101.112", null],
      [generateKeyPairSync("ed448"), "1.3.101.113", null],
      [
        generateKeyPairSync("dsa", { modulusLength: 2048, divisorLength: 256 }),
        "2.16.840.1.101.3.4.3.2",
        "sha256",
      ],
    ] as const) {
      const cert = selfSigned(keys, algorithm(oid), (body) => sign(hash, body, keys.privateKey));
      expect(signatureVerifies(cert, cert.publicKey)).toBe(true);
    }
  });

  it("RSASSA-PSS by its parameters", () => {
    const make = (salt: number) => (body: Uint8Array) =>
      sign("sha256", body, {
        key: rsa.privateKey,
        padding: constants.RSA_PKCS1_PSS_PADDING,
        saltLength: salt,
      });
    const verdict = (parameters: Uint8Array, salt: number) => {
      const cert = selfSigned(rsa, algorithm(PSS, parameters), make(salt));
      return signatureVerifies(cert, cert.publicKey);
    };
    expect(verdict(pssParameters(SHA256, SHA256, 32), 32)).toBe(true);
    expect(verdict(pssParameters(SHA256, SHA256, 20), 20)).toBe(true);
    expect(verdict(pssParameters(SHA256, SHA256, 32), 20)).toBe(false);
    expect(verdict(pssParameters(SHA256, SHA384, 32), 32)).toBe(false);
    expect(verdict(der.sequence(), 20)).toBe(false); // the defaults are SHA-1
  });

  it("refuses a changed body, another key, and a key of another kind", () => {
    const ca = party("CA");
    const cert = issue(ca, ca);
    expect(signatureVerifies(cert, cert.publicKey)).toBe(true);
    expect(signatureVerifies(cert, issue(party("CA"), ca).publicKey)).toBe(false);
    const other = signed({ spki: spkiOf(rsa.publicKey) }, () => new Uint8Array(256));
    expect(signatureVerifies(cert, other.publicKey)).toBe(false);
    expect(signatureVerifies(other, other.publicKey)).toBe(false);
  });

  it("refuses two algorithms that disagree", () => {
    const cert = signed(
      {
        spki: spkiOf(rsa.publicKey),
        algorithm: SHA256_RSA,
        innerAlgorithm: algorithm("1.2.840.113549.1.1.5", der.null()),
      },
      (body) => sign("sha256", body, rsa.privateKey),
    );
    expect(signatureVerifies(cert, cert.publicKey)).toBe(false);
  });

  it("refuses keys whose check would take long, before OpenSSL sees them", () => {
    const cert = selfSigned(rsa, SHA256_RSA, (body) => sign("sha256", body, rsa.privateKey));
    const key = cert.publicKey;
    expect(signatureVerifies(cert, key)).toBe(true);
    expect(signatureVerifies(cert, { ...key, bits: 16_384 })).toBe(true);
    expect(signatureVerifies(cert, { ...key, bits: 16_385 })).toBe(false);
    expect(signatureVerifies(cert, { ...key, exponent: "f".repeat(16) })).toBe(true);
    expect(signatureVerifies(cert, { ...key, exponent: `1${"0".repeat(15)}1` })).toBe(false);
    expect(signatureVerifies(cert, { ...key, exponent: "10000" })).toBe(false);
  });

  it("refuses a curve that is spelled out (CVE-2020-0601)", () => {
    const keys = generateKeyPairSync("ec", { namedCurve: "P-256", paramEncoding: "explicit" });
    const cert = selfSigned(keys, algorithm("1.2.840.10045.4.3.2"), (body) =>
      sign("sha256", body, keys.privateKey),
    );
    expect(signatureVerifies(cert, cert.publicKey)).toBe(false);
  });
});
