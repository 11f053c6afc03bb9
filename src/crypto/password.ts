import { utf16be } from "../bytes/text.ts";

/**
 * A password as key derivations take it: each format has its own rule from the bytes that the user
 * gave to these two inputs. Both arrays are copies; `wipe` overwrites them.
 */
export interface PasswordBytes {
  /** For the PKCS#12 key derivation (RFC 7292 appendix B.1): 16 bits a character and a terminator. */
  readonly pkcs12: Uint8Array;
  /** For PBKDF1, PBKDF2 and scrypt: octets. */
  readonly raw: Uint8Array;
}

/**
 * PKCS#12: the UTF-8 bytes as BMPString with two zero octets at the end; characters above U+FFFF are
 * surrogate pairs, as OpenSSL and .NET write them. Bytes that are not UTF-8 are widened one by one,
 * as OpenSSL does (docs/formats/pkcs12.md#passwords).
 */
export function pkcs12Password(bytes: Uint8Array): PasswordBytes {
  const text = utf16be.fromUtf8(bytes);
  if (text === undefined) return widenedPassword(bytes);
  const terminated = new Uint8Array(text.length + 2);
  terminated.set(text);
  text.fill(0);
  return { pkcs12: terminated, raw: bytes.slice() };
}

/**
 * No password at all, as against an empty one: zero octets instead of a lone terminator. RFC 7292
 * does not know it, but some software writes files so.
 */
export function nullPassword(): PasswordBytes {
  return { pkcs12: new Uint8Array(0), raw: new Uint8Array(0) };
}

/** KDB version 4: every byte becomes 16 bits, whatever character set it is in; then a terminator. */
export function widenedPassword(bytes: Uint8Array): PasswordBytes {
  const wide = new Uint8Array(2 * bytes.length + 2);
  for (let i = 0; i < bytes.length; i++) wide[2 * i + 1] = bytes[i] as number;
  return { pkcs12: wide, raw: bytes.slice() };
}

/** Overwrites both forms. */
export function wipePassword(password: PasswordBytes): void {
  password.pkcs12.fill(0);
  password.raw.fill(0);
}
