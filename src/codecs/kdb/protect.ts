import { createCipheriv, createDecipheriv } from "node:crypto";
import { DerReader, der, Tag } from "../../bytes/der.ts";
import type { HashName } from "../../crypto/digest.ts";
import { MAX_ITERATIONS, Purpose, pbkdf1, pbkdf2, pkcs12Kdf } from "../../crypto/kdf.ts";
import { widenedPassword, wipePassword } from "../../crypto/password.ts";
import { PkiError } from "../../model/error.ts";
import { Secret } from "../../model/secret.ts";
import type { Random } from "../codec.ts";
import { Oid, sealingOf } from "./protection.ts";

/** Salt bytes and iterations of new keys: as GSKit itself writes them (docs/formats/kdb.md, "Private keys"). */
const NEW_KEYS: Readonly<Record<string, { readonly salt: number; readonly iterations: number }>> = {
  "pbe-sha1-3des-draft": { salt: 8, iterations: 5 },
  "pbe-md5-des": { salt: 8, iterations: 5 },
  "pbe-sha1-3des": { salt: 20, iterations: 10 },
  "pbes2-aes256-sha384": { salt: 20, iterations: 4096 },
};

/** A cipher with the key and IV that a password gave it. */
interface Derived {
  readonly cipher: string;
  readonly key: Uint8Array;
  readonly iv: Uint8Array;
}

/**
 * Opens a private key of a key database to PKCS#8 PrivateKeyInfo.
 *
 * The algorithm comes from the key, not from the file's version. The password is its bytes: version
 * 4's PKCS#12 derivation widens each byte to 16 bits, version 3's older draft takes them bare.
 *
 * @param sealed - whole EncryptedPrivateKeyInfo
 * @throws PkiError `key-password-wrong`; `format-unsupported` for another algorithm; `limit-exceeded`
 *   over 5,000,000 iterations, before any is made; `format-malformed`
 */
export async function openKey(sealed: Uint8Array, password: Secret): Promise<Secret> {
  const { algorithm } = sealingOf(sealed);
  const outer = new DerReader(sealed, "key").sequence("");
  const identifier = outer.sequence("algorithm");
  const content = outer.octetString("encrypted key");
  identifier.oid("algorithm");
  const derived = await derivedFrom(algorithm, identifier, password);
  let opened: Uint8Array;
  try {
    const decipher = createDecipheriv(derived.cipher, derived.key, derived.iv);
    opened = joined(decipher.update(content), decipher.final());
  } catch (cause) {
    throw wrongPassword(cause);
  } finally {
    derived.key.fill(0);
  }
  if (!isPrivateKeyInfo(opened)) {
    opened.fill(0);
    throw wrongPassword(undefined);
  }
  return new Secret(opened);
}

/**
 * Seals a PKCS#8 PrivateKeyInfo by one of PROTECTIONS.
 *
 * @returns whole EncryptedPrivateKeyInfo
 */
export async function sealKey(
  pkcs8: Secret,
  protection: string,
  password: Secret,
  random: Random,
): Promise<Uint8Array> {
  const settings = NEW_KEYS[protection];
  if (settings === undefined) throw new PkiError("usage", `no key is sealed with ${protection}`);
  const algorithm = algorithmFor(protection, random(settings.salt), settings.iterations, random);
  const identifier = new DerReader(algorithm, "key").sequence("algorithm");
  const derived = await derivedFrom(identifier.oid("algorithm"), identifier, password);
  const cipher = createCipheriv(derived.cipher, derived.key, derived.iv);
  const content = pkcs8.use((bytes) => joined(cipher.update(bytes), cipher.final()));
  derived.key.fill(0);
  return der.sequence(algorithm, der.octetString(content));
}

function algorithmFor(
  protection: string,
  salt: Uint8Array,
  iterations: number,
  random: Random,
): Uint8Array {
  const parameters = [der.octetString(salt), der.integer(iterations)];
  if (protection === "pbes2-aes256-sha384") {
    const prf = der.sequence(der.oid("1.2.840.113549.2.10"), der.null());
    const derivation = der.sequence(...parameters, der.integer(32), prf);
    const cipher = [der.oid("2.16.840.1.101.3.4.1.42"), der.octetString(random(16))];
    return der.sequence(
      der.oid(Oid.pbes2),
      der.sequence(der.sequence(der.oid(Oid.pbkdf2), derivation), der.sequence(...cipher)),
    );
  }
  const oids: Readonly<Record<string, string>> = {
    "pbe-sha1-3des-draft": Oid.draftSha1TripleDes,
    "pbe-md5-des": Oid.md5Des,
    "pbe-sha1-3des": Oid.sha1TripleDes,
  };
  return der.sequence(der.oid(oids[protection] ?? ""), der.sequence(...parameters));
}

async function derivedFrom(
  algorithm: string,
  identifier: DerReader,
  password: Secret,
): Promise<Derived> {
  if (algorithm === Oid.pbes2) return await pbes2Derived(identifier, password);
  const parameters = identifier.sequence("parameters");
  const salt = parameters.octetString("salt");
  const iterations = iterationsOf(parameters);
  return password.use((bytes) => {
    const wide = widenedPassword(bytes);
    try {
      switch (algorithm) {
        case Oid.draftSha1TripleDes:
          return tripleDes(wide.raw, salt, iterations);
        case Oid.sha1TripleDes:
          return tripleDes(wide.pkcs12, salt, iterations);
        case Oid.md5Des:
          return singleDes(wide.raw, salt, iterations);
        default:
          throw unsupported();
      }
    } finally {
      wipePassword(wide);
    }
  });
}

function tripleDes(password: Uint8Array, salt: Uint8Array, iterations: number): Derived {
  const key = pkcs12Kdf("sha1", Purpose.key, password, salt, iterations, 24);
  const iv = pkcs12Kdf("sha1", Purpose.iv, password, salt, iterations, 8);
  return { cipher: "des-ede3-cbc", key, iv };
}

/** PKCS#5 v1.5 (RFC 8018 §6.1). OpenSSL 3 has no single DES: triple DES with one key is the same. */
function singleDes(password: Uint8Array, salt: Uint8Array, iterations: number): Derived {
  const made = pbkdf1("md5", password, salt, iterations, 16);
  const key = new Uint8Array(24);
  for (const at of [0, 8, 16]) key.set(made.subarray(0, 8), at);
  return { cipher: "des-ede3-cbc", key, iv: made.subarray(8) };
}

const PRFS: Readonly<Record<string, HashName>> = {
  "1.2.840.113549.2.7": "sha1",
  "1.2.840.113549.2.8": "sha224",
  "1.2.840.113549.2.9": "sha256",
  "1.2.840.113549.2.10": "sha384",
  "1.2.840.113549.2.11": "sha512",
};

const CIPHERS: Readonly<Record<string, { readonly name: string; readonly bytes: number }>> = {
  "1.2.840.113549.3.7": { name: "des-ede3-cbc", bytes: 24 },
  "2.16.840.1.101.3.4.1.2": { name: "aes-128-cbc", bytes: 16 },
  "2.16.840.1.101.3.4.1.22": { name: "aes-192-cbc", bytes: 24 },
  "2.16.840.1.101.3.4.1.42": { name: "aes-256-cbc", bytes: 32 },
};

/** RFC 8018 §6.2. */
async function pbes2Derived(identifier: DerReader, password: Secret): Promise<Derived> {
  const parameters = identifier.sequence("parameters");
  const derivation = parameters.sequence("derivation");
  const scheme = parameters.sequence("cipher");
  if (derivation.oid("derivation") !== Oid.pbkdf2) throw unsupported();
  const details = derivation.sequence("pbkdf2");
  const salt = details.octetString("salt");
  const iterations = iterationsOf(details);
  details.optional(Tag.integer, "key length");
  const prf = details.optional(Tag.sequence, "prf");
  const hash = prf === undefined ? "sha1" : PRFS[details.inside(prf).oid("prf")];
  const cipher = CIPHERS[scheme.oid("cipher")];
  if (hash === undefined || cipher === undefined) throw unsupported();
  const iv = scheme.octetString("initialisation vector");
  if (iv.length !== (cipher.bytes === 24 && cipher.name.startsWith("des") ? 8 : 16)) {
    scheme.fail("the initialisation vector has a wrong length");
  }
  const bytes = password.use((secret) => secret.slice());
  try {
    const key = await pbkdf2(hash, bytes, salt, iterations, cipher.bytes);
    return { cipher: cipher.name, key, iv };
  } finally {
    bytes.fill(0);
  }
}

function iterationsOf(parameters: DerReader): number {
  const iterations = parameters.unsigned("iterations", MAX_ITERATIONS);
  if (iterations === 0) parameters.fail("no iterations");
  return iterations;
}

/** RFC 5208 §5: enough structure that a wrong password, which passes the padding once in 256 times, does not. */
function isPrivateKeyInfo(bytes: Uint8Array): boolean {
  try {
    const outer = new DerReader(bytes, "key");
    const info = outer.sequence("");
    outer.finish();
    info.unsigned("version", 1);
    info.sequence("algorithm").oid("algorithm");
    info.octetString("private key");
    return true;
  } catch {
    return false;
  }
}

function joined(a: Uint8Array, b: Uint8Array): Uint8Array {
  const out = new Uint8Array(a.length + b.length);
  out.set(a);
  out.set(b, a.length);
  a.fill(0);
  b.fill(0);
  return out;
}

function wrongPassword(cause: unknown): PkiError {
  return new PkiError("key-password-wrong", "the password does not open the private key", {
    hint: "give the password of the key database that the key comes from",
    ...(cause === undefined ? {} : { cause }),
  });
}

function unsupported(): PkiError {
  return new PkiError(
    "format-unsupported",
    "the private key is sealed by an algorithm that is not known",
  );
}
