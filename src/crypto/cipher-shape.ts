/** Ciphers of stored keys and contents; all but RC4 are CBC with the padding of RFC 8018 §6.1.1. */
export type CipherName =
  | "aes128"
  | "aes192"
  | "aes256"
  | "camellia128"
  | "camellia192"
  | "camellia256"
  | "3des"
  | "3des-2key"
  | "des"
  | "rc2"
  | "rc4";

export interface Cipher {
  readonly name: CipherName;
  /** In bytes. */
  readonly keyLength: number;
  /** In bytes; the block length too, 0 for RC4. */
  readonly ivLength: number;
  /** RC2's effective key bits. */
  readonly effectiveBits?: number;
}

/** The ciphers that have one shape. RC2 and RC4 take their key length from the scheme. */
export const CIPHERS: Readonly<Record<Exclude<CipherName, "rc2" | "rc4">, Cipher>> = {
  aes128: { name: "aes128", keyLength: 16, ivLength: 16 },
  aes192: { name: "aes192", keyLength: 24, ivLength: 16 },
  aes256: { name: "aes256", keyLength: 32, ivLength: 16 },
  camellia128: { name: "camellia128", keyLength: 16, ivLength: 16 },
  camellia192: { name: "camellia192", keyLength: 24, ivLength: 16 },
  camellia256: { name: "camellia256", keyLength: 32, ivLength: 16 },
  "3des": { name: "3des", keyLength: 24, ivLength: 8 },
  "3des-2key": { name: "3des-2key", keyLength: 16, ivLength: 8 },
  des: { name: "des", keyLength: 8, ivLength: 8 },
};
