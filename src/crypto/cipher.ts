import { createCipheriv, createDecipheriv, getCipherInfo } from "node:crypto";
import { concat } from "../bytes/octets.ts";
import { PkiError } from "../model/error.ts";
import type { Cipher, CipherName } from "./cipher-shape.ts";
import { cbcDecrypt, cbcEncrypt } from "./legacy/cbc.ts";
import { rc2 } from "./legacy/rc2.ts";
import { rc4 } from "./legacy/rc4.ts";

const NATIVE: Readonly<Partial<Record<CipherName, string>>> = {
  aes128: "aes-128-cbc",
  aes192: "aes-192-cbc",
  aes256: "aes-256-cbc",
  camellia128: "camellia-128-cbc",
  camellia192: "camellia-192-cbc",
  camellia256: "camellia-256-cbc",
  "3des": "des-ede3-cbc",
  "3des-2key": "des-ede3-cbc",
  des: "des-ede3-cbc",
};

/** @throws PkiError `format-unsupported` where this engine lacks the cipher (Bun has no Camellia) */
function nativeName({ name }: Cipher): string {
  const native = NATIVE[name];
  if (native !== undefined && getCipherInfo(native) !== undefined) return native;
  throw new PkiError("format-unsupported", `the cipher ${name} is not available here`);
}

/**
 * DES is triple DES with one key three times, two-key triple DES has the first key last as well:
 * OpenSSL 3 refuses DES alone, and Bun knows only the three-key form.
 */
function nativeKey(cipher: Cipher, key: Uint8Array): Uint8Array {
  if (cipher.name === "des") return concat([key, key, key]);
  if (cipher.name === "3des-2key") return concat([key, key.subarray(0, 8)]);
  return key;
}

/** @param key - exactly `cipher.keyLength` bytes; `iv` likewise */
export function encrypt(
  cipher: Cipher,
  key: Uint8Array,
  iv: Uint8Array,
  plaintext: Uint8Array,
): Uint8Array {
  if (cipher.name === "rc4") return rc4(key, plaintext);
  const padding = cipher.ivLength - (plaintext.length % cipher.ivLength);
  const padded = concat([plaintext, new Uint8Array(padding).fill(padding)]);
  try {
    if (cipher.name === "rc2") {
      return cbcEncrypt(rc2(key, cipher.effectiveBits ?? key.length * 8), iv, padded);
    }
    const native = createCipheriv(nativeName(cipher), nativeKey(cipher, key), iv);
    native.setAutoPadding(false);
    return concat([native.update(padded), native.final()]);
  } finally {
    padded.fill(0);
  }
}

/** @returns the plaintext, or undefined where length or padding is wrong: the key does not fit */
export function decrypt(
  cipher: Cipher,
  key: Uint8Array,
  iv: Uint8Array,
  ciphertext: Uint8Array,
): Uint8Array | undefined {
  if (cipher.name === "rc4") return rc4(key, ciphertext);
  const block = cipher.ivLength;
  if (ciphertext.length === 0 || ciphertext.length % block !== 0) return undefined;
  const padded = decryptBlocks(cipher, key, iv, ciphertext);
  const padding = padded[padded.length - 1] as number;
  if (padding === 0 || padding > block) return undefined;
  for (let i = 1; i <= padding; i++) {
    if (padded[padded.length - i] !== padding) return undefined;
  }
  return padded.subarray(0, padded.length - padding);
}

function decryptBlocks(
  cipher: Cipher,
  key: Uint8Array,
  iv: Uint8Array,
  ciphertext: Uint8Array,
): Uint8Array {
  if (cipher.name === "rc2") {
    return cbcDecrypt(rc2(key, cipher.effectiveBits ?? key.length * 8), iv, ciphertext);
  }
  const native = createDecipheriv(nativeName(cipher), nativeKey(cipher, key), iv);
  native.setAutoPadding(false);
  return concat([native.update(ciphertext), native.final()]);
}
