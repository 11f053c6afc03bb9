import { DerReader } from "../bytes/der-reader.ts";
import { Tag } from "../bytes/der-tag.ts";
import { der } from "../bytes/der-writer.ts";
import { PkiError } from "../model/error.ts";
import { decrypt, encrypt } from "./cipher.ts";
import {
  type KdfBudget,
  Purpose,
  type PurposeId,
  pbkdf1,
  pbkdf2,
  pkcs12Kdf,
  scrypt,
} from "./kdf.ts";
import type { PasswordBytes } from "./password.ts";
import { encodePbe, type Pbe, readPbe } from "./pbe-scheme.ts";

/** What a derivation gives: everything needed to decrypt. `wipe` it after use. */
export interface CipherKey {
  readonly key: Uint8Array;
  readonly iv: Uint8Array;
}

/**
 * Derives the key of a scheme. PBKDF2 and scrypt run in a thread of the pool from the moment this is
 * called, so a caller may start them early; the older schemes run in this thread, and PBKDF2 where `chains` takes it.
 *
 * @param budget - what the file may still cost; undefined where the scheme is our own, or was paid for
 * @param chains - where the hashing runs; the budget's where there is one
 * @throws PkiError `limit-exceeded` when the file's derivations are too many
 */
export async function derivePbe(
  pbe: Pbe,
  password: PasswordBytes,
  budget: KdfBudget | undefined,
  where?: string,
  chains = budget?.chains,
): Promise<CipherKey> {
  const { kdf, cipher } = pbe;
  budget?.spend(kdf.iterations, where);
  const { salt, iterations } = kdf;
  switch (kdf.kind) {
    case "pkcs12": {
      const derive = (purpose: PurposeId, length: number) =>
        pkcs12Kdf("sha1", purpose, password.pkcs12, salt, iterations, length, chains);
      const [key, iv] = await Promise.all([
        derive(Purpose.key, cipher.keyLength),
        cipher.ivLength === 0 ? new Uint8Array(0) : derive(Purpose.iv, cipher.ivLength),
      ]);
      return { key, iv };
    }
    case "pbkdf1": {
      // RFC 8018 §6.1.1: sixteen octets, the key and then the IV.
      const made = pbkdf1(kdf.hash, password.raw, salt, iterations, 16);
      return { key: made.subarray(0, 8), iv: made.subarray(8) };
    }
    case "pbkdf2":
      return {
        key: await pbkdf2(kdf.prf, password.raw, salt, iterations, cipher.keyLength, chains),
        iv: pbe.iv as Uint8Array,
      };
    case "scrypt":
      return {
        key: await scrypt(password.raw, salt, kdf, cipher.keyLength),
        iv: pbe.iv as Uint8Array,
      };
  }
}

/** @throws PkiError `key-password-wrong` where the padding does not come out right */
export function decryptPbe(
  pbe: Pbe,
  { key, iv }: CipherKey,
  ciphertext: Uint8Array,
  where?: string,
): Uint8Array {
  const plaintext = decrypt(pbe.cipher, key, iv, ciphertext);
  key.fill(0);
  if (plaintext === undefined) throw wrongPassword(where);
  return plaintext;
}

function wrongPassword(where: string | undefined): PkiError {
  return new PkiError("key-password-wrong", "the password does not open the encrypted data", {
    ...(where === undefined ? {} : { where }),
    hint: "give the right password, or the data is damaged",
  });
}

/**
 * Decrypts what a password-based AlgorithmIdentifier protects.
 *
 * @param algorithm - the whole AlgorithmIdentifier in DER
 * @param password - both forms of the password; which is used depends on the algorithm
 * @throws PkiError `key-password-wrong`, `format-unsupported`, `limit-exceeded`, `format-malformed`
 */
export async function openPbe(
  algorithm: Uint8Array,
  ciphertext: Uint8Array,
  password: PasswordBytes,
  budget: KdfBudget | undefined,
  where?: string,
): Promise<Uint8Array> {
  const pbe = readPbe(algorithm, where);
  return decryptPbe(pbe, await derivePbe(pbe, password, budget, where), ciphertext, where);
}

/** Encrypts under a scheme whose salt and IV the caller has made; `encodePbe` gives its AlgorithmIdentifier. */
export async function sealPbe(
  pbe: Pbe,
  plaintext: Uint8Array,
  password: PasswordBytes,
): Promise<Uint8Array> {
  const { key, iv } = await derivePbe(pbe, password, undefined);
  const ciphertext = encrypt(pbe.cipher, key, iv, plaintext);
  key.fill(0);
  return ciphertext;
}

/** The same scheme and iterations with a fresh salt and IV of the lengths they had. */
export function renewPbe(pbe: Pbe, random: (count: number) => Uint8Array): Pbe {
  const salt = random(Math.max(8, pbe.kdf.salt.length));
  const kdf = { ...pbe.kdf, salt };
  return pbe.iv === undefined ? { ...pbe, kdf } : { ...pbe, kdf, iv: random(pbe.iv.length) };
}

/** An EncryptedPrivateKeyInfo (RFC 5958 §3), its parts as views. */
export interface SealedKey {
  readonly algorithm: Uint8Array;
  readonly ciphertext: Uint8Array;
}

/** @throws PkiError `format-malformed` */
export function readSealedKey(blob: Uint8Array, where = "key"): SealedKey {
  const outer = new DerReader(blob, where);
  const reader = outer.sequence("");
  outer.finish("the encrypted key");
  const algorithm = reader.nextRaw(Tag.sequence, "encryption algorithm");
  const ciphertext = reader.octetString("encrypted data");
  reader.finish("the encrypted key");
  return { algorithm, ciphertext };
}

/**
 * Opens an EncryptedPrivateKeyInfo to a PrivateKeyInfo. Where a wrong password happens to leave a
 * right padding (one time in 256), the missing PKCS#8 frame gives it away.
 *
 * @throws PkiError `key-password-wrong`, `format-unsupported`, `limit-exceeded`, `format-malformed`
 */
export async function openSealedKey(
  blob: Uint8Array,
  password: PasswordBytes,
  budget: KdfBudget | undefined,
  where?: string,
): Promise<Uint8Array> {
  const { algorithm, ciphertext } = readSealedKey(blob, where);
  const plaintext = await openPbe(algorithm, ciphertext, password, budget, where);
  if (isPrivateKeyInfo(plaintext)) return plaintext;
  plaintext.fill(0);
  throw wrongPassword(where);
}

/** Seals a PrivateKeyInfo into an EncryptedPrivateKeyInfo. */
export async function sealKey(
  pbe: Pbe,
  pkcs8: Uint8Array,
  password: PasswordBytes,
): Promise<Uint8Array> {
  return der.sequence(encodePbe(pbe), der.octetString(await sealPbe(pbe, pkcs8, password)));
}

/** The frame of RFC 5958 §2: version, algorithm, key octets, and nothing after the whole. */
export function isPrivateKeyInfo(bytes: Uint8Array): boolean {
  try {
    const outer = new DerReader(bytes);
    const reader = outer.sequence("");
    outer.finish();
    reader.unsigned("version", 1);
    reader.sequence("algorithm").oid();
    reader.octetString("key");
    return true;
  } catch {
    return false;
  }
}
