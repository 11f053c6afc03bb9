import { sha256Hex } from "../crypto/digest.ts";
import type { PublicKeyView } from "../model/certificate.ts";
import { rsaModulus } from "../x509/public-key.ts";
import { integerOf } from "./integers.ts";

/** A public key as rules look at it, shared by the certificates that have it. */
export class KeyView {
  /** SHA-256 of the SubjectPublicKeyInfo, lower-case hex. */
  readonly hash: string;
  /** RSA modulus, unsigned big-endian without leading zeros, a copy; undefined for other keys. */
  readonly modulus: Uint8Array | undefined;
  #integer: bigint | undefined;
  #kept: Map<string, unknown> | undefined;

  constructor(key: PublicKeyView, hash = sha256Hex(key.spki)) {
    this.hash = hash;
    this.modulus = rsaModulus(key)?.slice();
  }

  /** The modulus as a number; 0 for other keys. */
  get integer(): bigint {
    this.#integer ??= this.modulus === undefined ? 0n : integerOf(this.modulus);
    return this.#integer;
  }

  /** What a rule found out about the key, kept for the next certificate. `name` tells such things apart. */
  once<T>(name: string, make: () => T): T {
    this.#kept ??= new Map();
    if (!this.#kept.has(name)) this.#kept.set(name, make());
    return this.#kept.get(name) as T;
  }
}
