import { createECDH, createPrivateKey, createPublicKey } from "node:crypto";
import { DerReader } from "../bytes/der-reader.ts";
import { Tag } from "../bytes/der-tag.ts";
import { der } from "../bytes/der-writer.ts";
import { equalBytes } from "../bytes/octets.ts";
import type { Certificate, PublicKeyView } from "../model/certificate.ts";
import { PkiError } from "../model/error.ts";
import { CURVES } from "./algorithms.ts";
import { bitLength, magnitude, parsePublicKey, rsaMagnitudes } from "./public-key.ts";

const RSA = "1.2.840.113549.1.1.1";
const RSA_PSS = "1.2.840.113549.1.1.10";
const EC = "1.2.840.10045.2.1";
const P256 = "1.2.840.10045.3.1.7";
/** Beyond what a signature check takes, so no use as a key; and deriving from it would take long. */
const MAX_RSA_BITS = 16_384;

/**
 * The SubjectPublicKeyInfo that belongs to a PKCS#8 PrivateKeyInfo (RFC 5208, RFC 5958).
 *
 * A public key stored beside the private one is not believed: it is computed anew (RSA: taken from the
 * private key, whose primes must give its modulus).
 *
 * @param pkcs8 - DER; not kept
 * @throws PkiError `format-malformed`, or `format-unsupported` for a kind of key that Node does not know
 */
export function publicKeyInfo(pkcs8: Uint8Array): Uint8Array {
  const key = readPrivateKeyInfo(pkcs8);
  if (key.oid === RSA || key.oid === RSA_PSS) return rsaPublicKey(key);
  if (key.oid === EC) {
    const known = p256PublicKey(key);
    if (known !== undefined) return known;
    const bare = withoutPublicKey(key);
    try {
      return viaOpenssl(bare);
    } finally {
      bare.fill(0);
    }
  }
  return viaOpenssl(pkcs8);
}

/** What kind of key it is and how large, without naming any of its numbers. @throws PkiError as `publicKeyInfo` */
export function privateKeyView(pkcs8: Uint8Array): PublicKeyView {
  return parsePublicKey(publicKeyInfo(pkcs8), "publicKey");
}

/**
 * Whether the private key belongs to the certificate's public key. RSA keys are compared by modulus and
 * exponent, EC keys by point, so that other encodings of the same key match.
 *
 * @throws PkiError as `publicKeyInfo`; a certificate key that cannot be read gives false
 */
export function keyMatches(pkcs8: Uint8Array, cert: Certificate): boolean {
  return samePublicKey(publicKeyInfo(pkcs8), cert.publicKey.spki);
}

/** Whether two SubjectPublicKeyInfo hold the same key. */
export function samePublicKey(a: Uint8Array, b: Uint8Array): boolean {
  if (equalBytes(a, b)) return true;
  try {
    const first = parsePublicKey(a);
    const second = parsePublicKey(b);
    if (first.exponent !== undefined && second.exponent !== undefined) {
      const left = rsaMagnitudes(keyBits(a));
      const right = rsaMagnitudes(keyBits(b));
      if (left === undefined || right === undefined) return false;
      return equalBytes(left.modulus, right.modulus) && equalBytes(left.exponent, right.exponent);
    }
    if (first.algorithm !== second.algorithm || first.curve !== second.curve) return false;
    if (first.algorithm !== "EC" || first.bits === 0) return false;
    return load(a).equals(load(b));
  } catch {
    // The key of a certificate may be anything: what OpenSSL refuses matches nothing.
    return false;
  }
}

interface PrivateKeyInfo {
  readonly oid: string;
  /** Whole AlgorithmIdentifier. */
  readonly algorithm: Uint8Array;
  /** Whole TLV of the parameters; empty where there are none. */
  readonly parameters: Uint8Array;
  readonly key: Uint8Array;
}

function readPrivateKeyInfo(pkcs8: Uint8Array): PrivateKeyInfo {
  const file = new DerReader(pkcs8, "privateKey");
  const info = file.inside(file.next(Tag.sequence, "the private key"));
  file.finish("the private key");
  info.unsigned("version", 1);
  const element = info.next(Tag.sequence, "algorithm");
  const inside = info.inside(element, "algorithm");
  const oid = inside.oid("algorithm");
  const parameters = inside.rest();
  return {
    oid,
    algorithm: info.raw(element),
    parameters,
    key: info.octetString("privateKey"),
  };
}

function rsaPublicKey({ algorithm, key }: PrivateKeyInfo): Uint8Array {
  const file = new DerReader(key, "privateKey");
  const numbers: DerReader = file.inside(file.next(Tag.sequence, "the RSA key"));
  const version = numbers.unsigned("version", 1);
  const modulus = magnitude(numbers.integerBytes("modulus"));
  const exponent = magnitude(numbers.integerBytes("publicExponent"));
  numbers.next(Tag.integer, "privateExponent");
  const p = numbers.integerBytes("prime1");
  const q = numbers.integerBytes("prime2");
  if (bitLength(modulus) > MAX_RSA_BITS) {
    throw new PkiError("limit-exceeded", `an RSA key of more than ${MAX_RSA_BITS} bits`, {
      where: "privateKey",
    });
  }
  // A multi-prime key (version 1) has more factors than two.
  if (version === 0 && bigint(p) * bigint(q) !== bigint(modulus)) {
    numbers.fail("the primes of the RSA key do not give its modulus");
  }
  const publicKey = der.sequence(der.integer(modulus), der.integer(exponent));
  return der.sequence(algorithm, der.bitString(publicKey));
}

function bigint(octets: Uint8Array): bigint {
  let hex = "0x0";
  for (const octet of octets) hex += octet.toString(16).padStart(2, "0");
  return BigInt(hex);
}

/**
 * The most used curve by itself: OpenSSL 3's key decoder takes twenty times what the point does, which was half of
 * an audit of key stores. What this does not take, or not without doubt, goes the general way.
 */
function p256PublicKey({ parameters, key }: PrivateKeyInfo): Uint8Array | undefined {
  const curve = new DerReader(parameters, "privateKey/algorithm");
  if (curve.peek() !== Tag.oid || curve.oid("curve") !== P256) return undefined;
  const pair = createECDH("prime256v1");
  try {
    pair.setPrivateKey(ecSecret(key));
  } catch (error) {
    if (error instanceof PkiError) throw error;
    return undefined; // zero, or over the order of the curve
  }
  const point = new Uint8Array(pair.getPublicKey());
  return der.sequence(der.sequence(der.oid(EC), der.oid(P256)), der.bitString(point));
}

/** The number of an ECPrivateKey (RFC 5915). */
function ecSecret(key: Uint8Array): Uint8Array {
  const file = new DerReader(key, "privateKey");
  const inside = file.inside(file.next(Tag.sequence, "the EC key"));
  inside.unsigned("version", 1);
  return inside.octetString("privateKey");
}

/** The same key with nothing but its secret: OpenSSL would believe a public key that stands beside it. */
function withoutPublicKey({ algorithm, parameters, key }: PrivateKeyInfo): Uint8Array {
  const curve = new DerReader(parameters, "privateKey/algorithm");
  if (curve.peek() === Tag.sequence) {
    throw new PkiError("format-unsupported", "the private key spells its curve out", {
      where: "privateKey",
      hint: "make a new key on a named curve",
    });
  }
  const oid = curve.oid("curve");
  if (CURVES[oid] === undefined) {
    throw new PkiError("format-unsupported", "the private key is on an unknown curve", {
      where: "privateKey",
    });
  }
  return der.sequence(
    der.integer(0),
    algorithm,
    der.octetString(der.sequence(der.integer(1), der.octetString(ecSecret(key)))),
  );
}

function viaOpenssl(pkcs8: Uint8Array): Uint8Array {
  try {
    const key = createPrivateKey({ key: pkcs8 as Buffer, format: "der", type: "pkcs8" });
    return new Uint8Array(createPublicKey(key).export({ format: "der", type: "spki" }));
  } catch (cause) {
    throw new PkiError("format-unsupported", "the private key cannot be read", {
      where: "privateKey",
      cause,
    });
  }
}

function load(spki: Uint8Array) {
  return createPublicKey({ key: spki as Buffer, format: "der", type: "spki" });
}

function keyBits(spki: Uint8Array): Uint8Array {
  const inside = new DerReader(spki).sequence("subjectPublicKeyInfo");
  inside.next(Tag.sequence);
  return inside.bitString("subjectPublicKey").bytes;
}
