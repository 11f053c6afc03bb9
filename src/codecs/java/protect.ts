import { DerReader } from "../../bytes/der-reader.ts";
import { der } from "../../bytes/der-writer.ts";
import { concat, sameMac } from "../../bytes/octets.ts";
import { utf16be } from "../../bytes/text.ts";
import { digest } from "../../crypto/digest.ts";
import { PkiError } from "../../model/error.ts";
import { Secret } from "../../model/secret.ts";
import type { Random } from "../codec.ts";
import { applyKeystream } from "./keystream.ts";
import { DIGEST_BYTES } from "./layout.ts";

/** The `scheme` of a key sealed by the key protector. */
export const JKS_SCHEME = "jks";
/** Sun's key protector (docs/formats/java.md). */
const KEY_PROTECTOR_OID = "1.3.6.1.4.1.42.2.17.1.1";
const SALT_BYTES = 20;
/** What whitens the integrity value: the text that every JKS implementation has. */
const WHITENER = new TextEncoder().encode("Mighty Aphrodite");

/**
 * Runs `work` over the password as Java hashes it: UTF-16BE, no terminator. Wiped afterwards.
 *
 * @throws PkiError `password-refused` where the password's bytes are not UTF-8, so that Java could not
 *   have been given it
 */
function withJavaPassword<T>(password: Secret, work: (password: Uint8Array) => T): T {
  return password.use((bytes) => {
    const wide = utf16be.fromUtf8(bytes);
    if (wide === undefined) {
      throw new PkiError("password-refused", "a JKS password is text, and this one is not UTF-8");
    }
    try {
      return work(wide);
    } finally {
      wide.fill(0);
    }
  });
}

/** SHA-1(password ‖ "Mighty Aphrodite" ‖ the file up to here). */
export function integrityValue(password: Secret, covered: Uint8Array): Uint8Array {
  return withJavaPassword(password, (wide) => digest("sha1", wide, WHITENER, covered));
}

export function passwordFits(password: Secret, covered: Uint8Array, stored: Uint8Array): boolean {
  return sameMac(integrityValue(password, covered), stored);
}

/**
 * @throws PkiError `integrity-mismatch`: the value is keyed by the password and is the only thing that
 *   is, so a wrong password and a damaged file look the same
 */
export function checkIntegrity(password: Secret, covered: Uint8Array, stored: Uint8Array): void {
  if (!passwordFits(password, covered, stored)) {
    throw new PkiError(
      "integrity-mismatch",
      "the integrity check failed: the password is wrong or the file is damaged",
      { hint: "check the password; without one, the certificates can still be listed" },
    );
  }
}

/** The protected octets of an EncryptedPrivateKeyInfo under the key protector's OID. */
function protectedOctets(blob: Uint8Array): Uint8Array {
  const file = new DerReader(blob, "key");
  const info = file.sequence("");
  file.finish("the key");
  const algorithm = info.sequence("algorithm");
  const oid = algorithm.oid();
  if (oid !== KEY_PROTECTOR_OID) {
    throw new PkiError("format-unsupported", `the key is sealed by ${oid}, unknown in a JKS`, {
      where: "key",
    });
  }
  const octets = info.octetString("protected key");
  info.finish("the key");
  if (octets.length < SALT_BYTES + DIGEST_BYTES) info.fail("the protected key is too short");
  return octets;
}

/**
 * Opens a protected key: salt (20) ‖ key XOR chain ‖ SHA-1(password ‖ key).
 *
 * @param blob - EncryptedPrivateKeyInfo, DER
 * @returns PKCS#8 PrivateKeyInfo, DER
 * @throws PkiError `key-password-wrong`, `format-malformed`, `format-unsupported`
 */
export function unprotect(blob: Uint8Array, password: Secret): Secret {
  const octets = protectedOctets(blob);
  const salt = octets.subarray(0, SALT_BYTES);
  const check = octets.subarray(octets.length - DIGEST_BYTES);
  return withJavaPassword(password, (wide) => {
    const plain = octets.slice(SALT_BYTES, octets.length - DIGEST_BYTES);
    applyKeystream(wide, salt, plain);
    if (!sameMac(digest("sha1", wide, plain), check)) {
      plain.fill(0);
      throw new PkiError("key-password-wrong", "the key does not open with this password", {
        hint: "a key may have a password of its own: give it with --key-password",
      });
    }
    return new Secret(plain);
  });
}

/** Seals a PKCS#8 PrivateKeyInfo; a new salt of 20 random octets. */
export function protect(pkcs8: Secret, password: Secret, random: Random): Uint8Array {
  const salt = random(SALT_BYTES);
  return withJavaPassword(password, (wide) =>
    pkcs8.use((plain) => {
      const check = digest("sha1", wide, plain);
      const body = plain.slice();
      applyKeystream(wide, salt, body);
      return der.sequence(
        der.sequence(der.oid(KEY_PROTECTOR_OID), der.null()),
        der.octetString(concat([salt, body, check])),
      );
    }),
  );
}
