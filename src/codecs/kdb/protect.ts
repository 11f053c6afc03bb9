import { der } from "../../bytes/der-writer.ts";
import { KdfBudget } from "../../crypto/kdf.ts";
import { type PasswordBytes, widenedPassword, wipePassword } from "../../crypto/password.ts";
import { decryptPbe, derivePbe, isPrivateKeyInfo, sealPbe } from "../../crypto/pbe.ts";
import { encodePbe } from "../../crypto/pbe-scheme.ts";
import { PkiError } from "../../model/error.ts";
import { Secret } from "../../model/secret.ts";
import type { Random } from "../codec.ts";
import { asDraft, newScheme, sealingOf, takesBareBytes } from "./protection.ts";

/**
 * Opens a private key of a key database to PKCS#8 PrivateKeyInfo.
 *
 * The algorithm comes from the key, not from the file's version. The password is its bytes: version
 * 4's PKCS#12 derivation widens each byte to 16 bits, version 3's older draft takes them bare.
 *
 * @param sealed - whole EncryptedPrivateKeyInfo
 * @param budget - what the keys of one file may cost together
 * @throws PkiError `key-password-wrong`; `format-unsupported` for another algorithm; `limit-exceeded`
 *   over 5,000,000 iterations, before any is made; `format-malformed`
 */
export async function openKey(
  sealed: Uint8Array,
  password: Secret,
  budget: KdfBudget = new KdfBudget(),
): Promise<Secret> {
  const sealing = sealingOf(sealed);
  const { pbe } = sealing;
  if (pbe === undefined) throw sealing.refusal ?? wrongPassword(undefined);
  const bytes = derivationInput(password, takesBareBytes(sealing));
  let opened: Uint8Array;
  try {
    opened = decryptPbe(pbe, await derivePbe(pbe, bytes, budget), sealing.ciphertext);
  } catch (error) {
    if (error instanceof PkiError && error.code === "key-password-wrong")
      throw wrongPassword(error);
    throw error;
  } finally {
    wipePassword(bytes);
  }
  if (isPrivateKeyInfo(opened)) return new Secret(opened);
  // A wrong password leaves a right padding once in 256 times.
  opened.fill(0);
  throw wrongPassword(undefined);
}

/**
 * Seals a PKCS#8 PrivateKeyInfo by one of PROTECTIONS.
 *
 * @returns whole EncryptedPrivateKeyInfo
 * @throws PkiError `usage` for another protection
 */
export async function sealKey(
  pkcs8: Secret,
  protection: string,
  password: Secret,
  random: Random,
): Promise<Uint8Array> {
  const pbe = newScheme(protection, random);
  const draft = protection === "pbe-sha1-3des-draft";
  const bytes = derivationInput(password, draft);
  const plaintext = pkcs8.use((key) => key.slice());
  try {
    const ciphertext = await sealPbe(pbe, plaintext, bytes);
    const algorithm = encodePbe(pbe);
    return der.sequence(draft ? asDraft(algorithm) : algorithm, der.octetString(ciphertext));
  } finally {
    plaintext.fill(0);
    wipePassword(bytes);
  }
}

function derivationInput(password: Secret, bare: boolean): PasswordBytes {
  return password.use((bytes) =>
    bare ? { pkcs12: bytes.slice(), raw: bytes.slice() } : widenedPassword(bytes),
  );
}

function wrongPassword(cause: PkiError | undefined): PkiError {
  return new PkiError("key-password-wrong", "the password does not open the private key", {
    hint: "give the password of the key database that the key comes from",
    ...(cause === undefined ? {} : { cause }),
  });
}
