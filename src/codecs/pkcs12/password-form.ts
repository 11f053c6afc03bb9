import { utf8 } from "../../bytes/text.ts";
import {
  nullPassword,
  type PasswordBytes,
  pkcs12Password,
  widenedPassword,
} from "../../crypto/password.ts";
import type { Secret } from "../../model/secret.ts";

/**
 * How a file turned its password into bytes (docs/formats/pkcs12.md#passwords):
 *
 * - `unicode`: BMPString with terminator, and UTF-8 for PBKDF2. What everything current writes; for an
 *   empty password the terminator alone.
 * - `null`: an empty password as no octets at all.
 * - `bytes`: each UTF-8 byte widened, as OpenSSL before 1.1.0 did.
 * - `latin1`: PBKDF2 over ISO 8859-1, as RSA JSAFE did.
 * - `utf16`: PBKDF2 over the BMPString, as an old NSS did.
 */
export type PasswordForm = "unicode" | "null" | "bytes" | "latin1" | "utf16";

/** Which of the two inputs a derivation takes. */
export type PasswordUse = keyof PasswordBytes;

/**
 * The forms worth trying for a password, the current one first, each giving other octets for `use`.
 * `null` is tried only for a password that was given as empty.
 */
export function passwordForms(password: Secret, use: PasswordUse): readonly PasswordForm[] {
  return password.use((bytes) => {
    if (bytes.length === 0) return use === "pkcs12" ? ["unicode", "null"] : ["unicode", "utf16"];
    const ascii = bytes.every((byte) => byte < 0x80);
    const text = ascii || utf8.valid(bytes);
    if (use === "pkcs12") return ascii || !text ? ["unicode"] : ["unicode", "bytes"];
    const western = !ascii && text && latin1(bytes) !== undefined;
    return western ? ["unicode", "latin1", "utf16"] : ["unicode", "utf16"];
  });
}

/** The password's octets in a form; the caller wipes them. */
export function passwordIn(form: PasswordForm, password: Secret): PasswordBytes {
  return password.use((bytes) => {
    switch (form) {
      case "null":
        // A password set since is written as everything current reads it.
        return bytes.length === 0 ? nullPassword() : pkcs12Password(bytes);
      case "bytes":
        return widenedPassword(bytes);
      case "latin1": {
        const { pkcs12 } = pkcs12Password(bytes);
        return { pkcs12, raw: latin1(bytes) ?? bytes.slice() };
      }
      case "utf16": {
        const { pkcs12, raw } = pkcs12Password(bytes);
        raw.fill(0);
        return { pkcs12, raw: pkcs12.slice() };
      }
      case "unicode":
        return pkcs12Password(bytes);
    }
  });
}

/** UTF-8 as ISO 8859-1, undefined where a character has no place there. */
function latin1(bytes: Uint8Array): Uint8Array | undefined {
  const out: number[] = [];
  for (let i = 0; i < bytes.length; i++) {
    const byte = bytes[i] as number;
    if (byte < 0x80) out.push(byte);
    else if (byte === 0xc2 || byte === 0xc3)
      out.push(((byte & 3) << 6) | ((bytes[++i] ?? 0) & 0x3f));
    else return undefined;
  }
  return Uint8Array.from(out);
}
