import { constants, createPublicKey, type KeyObject, verify } from "node:crypto";
import { DerReader } from "../bytes/der-reader.ts";
import { contextConstructed, Tag } from "../bytes/der-tag.ts";
import { equalBytes } from "../bytes/octets.ts";
import type { Certificate, PublicKeyView } from "../model/certificate.ts";
import { PkiError } from "../model/error.ts";
import { SIGNATURE_NAMES } from "./algorithms.ts";
import { EXPLICIT_CURVE } from "./public-key.ts";

/** Larger keys are not used: one check of theirs could take seconds. OpenSSL draws the same lines. */
const MAX_RSA_BITS = 16_384;
const MAX_DSA_BITS = 4096;

/** What each kind of key signs with: OpenSSL's long name → hash. `null`: the algorithm brings its own. */
const RSA_HASHES: Readonly<Record<string, string>> = {
  md5WithRSAEncryption: "md5",
  md5WithRSA: "md5",
  sha1WithRSAEncryption: "sha1",
  sha1WithRSA: "sha1",
  ripemd160WithRSA: "ripemd160",
  sha224WithRSAEncryption: "sha224",
  sha256WithRSAEncryption: "sha256",
  sha384WithRSAEncryption: "sha384",
  sha512WithRSAEncryption: "sha512",
  "sha512-224WithRSAEncryption": "sha512-224",
  "sha512-256WithRSAEncryption": "sha512-256",
  "RSA-SHA3-224": "sha3-224",
  "RSA-SHA3-256": "sha3-256",
  "RSA-SHA3-384": "sha3-384",
  "RSA-SHA3-512": "sha3-512",
};
const EC_HASHES: Readonly<Record<string, string>> = {
  "ecdsa-with-SHA1": "sha1",
  "ecdsa-with-SHA224": "sha224",
  "ecdsa-with-SHA256": "sha256",
  "ecdsa-with-SHA384": "sha384",
  "ecdsa-with-SHA512": "sha512",
  "ecdsa_with_SHA3-224": "sha3-224",
  "ecdsa_with_SHA3-256": "sha3-256",
  "ecdsa_with_SHA3-384": "sha3-384",
  "ecdsa_with_SHA3-512": "sha3-512",
};
const DSA_HASHES: Readonly<Record<string, string>> = {
  dsaWithSHA1: "sha1",
  "dsaWithSHA1-old": "sha1",
  dsa_with_SHA224: "sha224",
  dsa_with_SHA256: "sha256",
  dsa_with_SHA384: "sha384",
  dsa_with_SHA512: "sha512",
};

/** Hash OIDs of RSASSA-PSS-params. */
const PSS_HASHES: Readonly<Record<string, string>> = {
  "1.3.14.3.2.26": "sha1",
  "2.16.840.1.101.3.4.2.4": "sha224",
  "2.16.840.1.101.3.4.2.1": "sha256",
  "2.16.840.1.101.3.4.2.2": "sha384",
  "2.16.840.1.101.3.4.2.3": "sha512",
};

export interface PssParameters {
  readonly hash: string;
  readonly maskHash: string;
  readonly saltLength: number;
}

/** The parts of a signed structure: certificate, request or CRL. */
export interface Signed {
  /** Whole TLV that the signature covers. */
  readonly body: Uint8Array;
  /** Whole AlgorithmIdentifier beside the signature. */
  readonly algorithm: Uint8Array;
  /** Empty where it is not whole octets: no signature is. */
  readonly signature: Uint8Array;
}

/** Cuts SEQUENCE { body, algorithm, signature } apart. @throws PkiError `format-malformed` */
export function readSigned(der: Uint8Array, where: string): Signed {
  const file = new DerReader(der, where);
  const outer = file.inside(file.next(Tag.sequence, "the structure"));
  file.finish("the structure");
  const body = outer.nextRaw(Tag.sequence, "signed body");
  const algorithm = outer.nextRaw(Tag.sequence, "signatureAlgorithm");
  const { bytes, unused } = outer.bitString("signature");
  outer.finish("the structure");
  return { body, algorithm, signature: unused === 0 ? bytes : new Uint8Array(0) };
}

/**
 * Whether `key` made the signature of `cert`. Names, dates and rights are not looked at.
 *
 * False also for what is not verified here: MD2, MD4, SM2, GOST, keys over 16,384 bits or with an RSA exponent that is
 * even or over 64 bits, curves spelled out instead of named, PSS with two different hashes, and two
 * signature algorithms in one certificate that disagree (RFC 5280 §4.1.1.2).
 */
export function signatureVerifies(cert: Certificate, key: PublicKeyView): boolean {
  const signed = readSigned(cert.der, "certificate");
  if (!equalBytes(signed.algorithm, innerAlgorithm(signed.body))) return false;
  return signedBy(signed, key);
}

/** As `signatureVerifies`, for anything signed. */
export function signedBy(signed: Signed, key: PublicKeyView): boolean {
  if (!isUsable(key)) return false;
  try {
    const oid = new DerReader(signed.algorithm).sequence("algorithm").oid();
    const name = SIGNATURE_NAMES[oid];
    return name !== undefined && verifyWith(name, signed, key);
  } catch {
    // OpenSSL refuses a key or a signature by throwing; whatever it is, nothing was proved.
    return false;
  }
}

function isUsable(key: PublicKeyView): boolean {
  switch (key.algorithm) {
    case "RSA":
    case "RSASSA-PSS": {
      const exponent = key.exponent ?? "0";
      const odd = (Number.parseInt(exponent.slice(-1), 16) & 1) === 1;
      return key.bits > 0 && key.bits <= MAX_RSA_BITS && odd && exponent.length <= 16;
    }
    case "EC":
      return key.curve !== undefined && key.curve !== EXPLICIT_CURVE && key.bits > 0;
    case "DSA":
      return key.bits > 0 && key.bits <= MAX_DSA_BITS;
    case "Ed25519":
    case "Ed448":
      return true;
    default:
      return /^(ML|SLH)-DSA-/.test(key.algorithm);
  }
}

/**
 * Keys as OpenSSL has them, while their views live: reading one takes longer than verifying with it, and a CA's
 * stands behind many certificates. It knows nothing that the view does not say.
 */
const LOADED = new WeakMap<PublicKeyView, KeyObject>();

function verifyWith(name: string, { body, algorithm, signature }: Signed, key: PublicKeyView) {
  const load = (): KeyObject => {
    const known = LOADED.get(key);
    if (known !== undefined) return known;
    const made = createPublicKey({ key: key.spki as Buffer, format: "der", type: "spki" });
    LOADED.set(key, made);
    return made;
  };
  switch (key.algorithm) {
    case "RSA":
    case "RSASSA-PSS": {
      if (name === "rsassaPss") {
        const pss = readPssParameters(algorithm);
        if (pss === undefined || pss.hash !== pss.maskHash) return false;
        const padding = constants.RSA_PKCS1_PSS_PADDING;
        return verify(
          pss.hash,
          body,
          { key: load(), padding, saltLength: pss.saltLength },
          signature,
        );
      }
      const hash = RSA_HASHES[name];
      if (hash === undefined || key.algorithm !== "RSA") return false;
      return verify(hash, body, load(), signature);
    }
    case "EC": {
      const hash = EC_HASHES[name];
      return hash !== undefined && verify(hash, body, load(), signature);
    }
    case "DSA": {
      const hash = DSA_HASHES[name];
      return hash !== undefined && verify(hash, body, load(), signature);
    }
    default:
      if (name.toUpperCase() !== key.algorithm.toUpperCase()) return false;
      return verify(null, body, load(), signature);
  }
}

/** The `signature` field inside a TBSCertificate. */
function innerAlgorithm(body: Uint8Array): Uint8Array {
  const tbs = new DerReader(body).sequence("tbsCertificate");
  tbs.optional(contextConstructed(0));
  tbs.next(Tag.integer, "serialNumber");
  return tbs.nextRaw(Tag.sequence, "signature");
}

/**
 * RSASSA-PSS-params (RFC 4055 §3.1) of an AlgorithmIdentifier; undefined where a hash is not known here
 * or the structure is none.
 */
export function readPssParameters(algorithm: Uint8Array): PssParameters | undefined {
  try {
    const outer = new DerReader(algorithm, "signatureAlgorithm").sequence("algorithm");
    outer.oid();
    if (outer.done) return undefined;
    const list = outer.sequence("parameters");
    const hashOf = (reader: DerReader): string | undefined =>
      PSS_HASHES[reader.sequence("hashAlgorithm").oid()];
    let hash: string | undefined = "sha1";
    let maskHash: string | undefined = "sha1";
    let saltLength = 20;
    if (list.peek() === contextConstructed(0)) {
      hash = hashOf(list.enter(contextConstructed(0), "hashAlgorithm"));
    }
    if (list.peek() === contextConstructed(1)) {
      const mask = list.enter(contextConstructed(1), "maskGenAlgorithm").sequence("mask");
      maskHash = mask.oid() === "1.2.840.113549.1.1.8" ? hashOf(mask) : undefined;
    }
    if (list.peek() === contextConstructed(2)) {
      saltLength = list.enter(contextConstructed(2), "saltLength").unsigned("saltLength", 1024);
    }
    list.optional(contextConstructed(3));
    list.finish("parameters");
    if (hash === undefined || maskHash === undefined) return undefined;
    return { hash, maskHash, saltLength };
  } catch (error) {
    if (error instanceof PkiError) return undefined;
    throw error;
  }
}
