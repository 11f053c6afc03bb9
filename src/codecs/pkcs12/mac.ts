import type { DerReader } from "../../bytes/der-reader.ts";
import { Tag } from "../../bytes/der-tag.ts";
import { der } from "../../bytes/der-writer.ts";
import { sameMac } from "../../bytes/octets.ts";
import type { ChainHash, ChainRunner } from "../../crypto/chain.ts";
import { HASH_SHAPES } from "../../crypto/chain.ts";
import { type HashName, hmac } from "../../crypto/digest.ts";
import { type KdfBudget, MAX_ITERATIONS, Purpose, pbkdf2, pkcs12Kdf } from "../../crypto/kdf.ts";
import type { PasswordBytes } from "../../crypto/password.ts";
import {
  encodeHmac,
  encodePbkdf2,
  type Pbkdf2,
  readHmac,
  readPbkdf2,
} from "../../crypto/pbe-scheme.ts";
import { PkiError } from "../../model/error.ts";
import type { ProtectionFact } from "../../model/store.ts";
import type { Random } from "../codec.ts";
import { Oid } from "./oid.ts";

/** HMAC under a key from the PKCS#12 derivation (RFC 7292 §4 and appendix B.4). */
export interface ClassicMac {
  readonly kind: "pkcs12";
  readonly hash: ChainHash;
  readonly salt: Uint8Array;
  readonly iterations: number;
}

/** PBMAC1 (RFC 9579): HMAC under a key from PBKDF2. */
export interface Pbmac1 {
  readonly kind: "pbmac1";
  readonly kdf: Pbkdf2 & { readonly keyLength: number };
  readonly hash: HashName;
}

export type Mac = ClassicMac | Pbmac1;

export interface FoundMac {
  readonly mac: Mac;
  readonly value: Uint8Array;
}

const PBKDF2_OID = "1.2.840.113549.1.5.12";

const DIGESTS: Readonly<Record<string, ChainHash>> = {
  "1.2.840.113549.2.5": "md5",
  "1.3.14.3.2.26": "sha1",
  "2.16.840.1.101.3.4.2.4": "sha224",
  "2.16.840.1.101.3.4.2.1": "sha256",
  "2.16.840.1.101.3.4.2.2": "sha384",
  "2.16.840.1.101.3.4.2.3": "sha512",
  "2.16.840.1.101.3.4.2.5": "sha512-224",
  "2.16.840.1.101.3.4.2.6": "sha512-256",
  "2.16.840.1.101.3.4.2.7": "sha3-224",
  "2.16.840.1.101.3.4.2.8": "sha3-256",
  "2.16.840.1.101.3.4.2.9": "sha3-384",
  "2.16.840.1.101.3.4.2.10": "sha3-512",
};

const MAX_SALT = 1024;
/** RFC 9579 §5: a shorter key makes the MAC guessable (OpenSSL CVE-2026-34181), a longer one is nobody's. */
const MIN_KEY = 20;
const MAX_KEY = 64;

/**
 * Reads MacData (RFC 7292 §4). Everything is judged before anything is derived.
 *
 * @throws PkiError `format-malformed`, `format-unsupported`, `limit-exceeded`
 */
export function readMac(reader: DerReader): FoundMac {
  const info = reader.sequence("digestInfo");
  const algorithm = info.sequence("algorithm");
  const oid = algorithm.oid("MAC algorithm");
  const pbmac1 = oid === Oid.pbmac1 ? readPbmac1(algorithm) : undefined;
  if (pbmac1 === undefined) algorithm.optional(Tag.null);
  algorithm.finish("the MAC algorithm");
  const value = info.octetString("MAC");
  info.finish("the digest info");
  const salt = reader.octetString("MAC salt");
  if (salt.length > MAX_SALT) {
    throw new PkiError("limit-exceeded", `a MAC salt of ${salt.length} bytes`, {
      where: reader.where,
    });
  }
  const iterations = reader.done ? 1 : reader.unsigned("the MAC's iteration count", MAX_ITERATIONS);
  if (iterations === 0) reader.fail("a MAC iteration count of zero");
  reader.finish("the MAC data");
  // RFC 9579 §4: salt and iterations beside a PBMAC1 mean nothing.
  if (pbmac1 !== undefined) return { mac: pbmac1, value };
  const hash = DIGESTS[oid];
  if (hash === undefined) {
    throw new PkiError("format-unsupported", `MAC algorithm ${oid} is not supported`, {
      where: info.where,
    });
  }
  return { mac: { kind: "pkcs12", hash, salt, iterations }, value };
}

function readPbmac1(algorithm: DerReader): Pbmac1 {
  const parameters = algorithm.sequence("PBMAC1");
  const derivation = parameters.sequence("keyDerivation");
  const oid = derivation.oid("key derivation");
  if (oid !== PBKDF2_OID) {
    throw new PkiError("format-unsupported", `key derivation ${oid} is not supported`, {
      where: derivation.where,
    });
  }
  const kdf = readPbkdf2(derivation);
  const hash = readHmac(parameters.sequence("messageAuthentication"));
  parameters.finish("the PBMAC1 parameters");
  const { keyLength } = kdf;
  if (keyLength === undefined) return parameters.fail("PBMAC1 without a key length");
  if (keyLength < MIN_KEY || keyLength > MAX_KEY) {
    parameters.fail(`a PBMAC1 key of ${keyLength} bytes, allowed are ${MIN_KEY} to ${MAX_KEY}`);
  }
  for (const name of [kdf.prf, hash]) {
    if (name === "md5") {
      throw new PkiError("format-unsupported", "PBMAC1 with MD5 is not supported", {
        where: parameters.where,
      });
    }
  }
  return { kind: "pbmac1", kdf: { ...kdf, keyLength }, hash };
}

/** Iterations that checking costs. */
export function macIterations(mac: Mac): number {
  return mac.kind === "pkcs12" ? mac.iterations : mac.kdf.iterations;
}

/** The MAC over the content of the authenticated safe. */
export async function computeMac(
  mac: Mac,
  content: Uint8Array,
  password: PasswordBytes,
  chains?: ChainRunner,
): Promise<Uint8Array> {
  const key =
    mac.kind === "pkcs12"
      ? await pkcs12Kdf(
          mac.hash,
          Purpose.mac,
          password.pkcs12,
          mac.salt,
          mac.iterations,
          HASH_SHAPES[mac.hash].digest,
          chains,
        )
      : await pbkdf2(
          mac.kdf.prf,
          password.raw,
          mac.kdf.salt,
          mac.kdf.iterations,
          mac.kdf.keyLength,
          chains,
        );
  const value = hmac(mac.hash, key, content);
  key.fill(0);
  return value;
}

/** True when the MAC fits; the time does not tell how nearly. */
export async function macMatches(
  { mac, value }: FoundMac,
  content: Uint8Array,
  password: PasswordBytes,
  budget: KdfBudget,
): Promise<boolean> {
  budget.spend(macIterations(mac), "macData");
  const made = await computeMac(mac, content, password, budget.chains);
  return sameMac(made, value);
}

/** The same MAC with a fresh salt. */
export function renewMac(mac: Mac, random: Random): Mac {
  return mac.kind === "pkcs12"
    ? { ...mac, salt: random(Math.max(8, mac.salt.length)) }
    : { ...mac, kdf: { ...mac.kdf, salt: random(Math.max(8, mac.kdf.salt.length)) } };
}

/** MacData as DER. */
export function encodeMac({ mac, value }: FoundMac): Uint8Array {
  if (mac.kind === "pbmac1") {
    const algorithm = der.sequence(
      der.oid(Oid.pbmac1),
      der.sequence(encodePbkdf2(mac.kdf), encodeHmac(mac.hash)),
    );
    // RFC 9579 §4 leaves the two fields without meaning and wants them present.
    const unused = new TextEncoder().encode("NOT USED");
    return der.sequence(
      der.sequence(algorithm, der.octetString(value)),
      der.octetString(unused),
      der.integer(1),
    );
  }
  const oid = Object.entries(DIGESTS).find(([, hash]) => hash === mac.hash)?.[0] as string;
  return der.sequence(
    der.sequence(der.sequence(der.oid(oid), der.null()), der.octetString(value)),
    der.octetString(mac.salt),
    // DER leaves a default out, and one iteration is the default.
    ...(mac.iterations === 1 ? [] : [der.integer(mac.iterations)]),
  );
}

export function macFact(mac: Mac): ProtectionFact {
  return {
    of: "mac",
    scheme: mac.kind === "pkcs12" ? `hmac-${mac.hash}` : `pbmac1-${mac.kdf.prf}-hmac-${mac.hash}`,
    iterations: macIterations(mac),
    saltBytes: mac.kind === "pkcs12" ? mac.salt.length : mac.kdf.salt.length,
  };
}
