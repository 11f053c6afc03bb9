import { createHash, createHmac, hash } from "node:crypto";
import { toHex } from "../bytes/octets.ts";
import { type ChainHash, HASH_SHAPES } from "./chain.ts";
import { kernelDigest } from "./kernel-digest.ts";

export type HashName =
  | "md5"
  | "sha1"
  | "sha224"
  | "sha256"
  | "sha384"
  | "sha512"
  | "sha512-224"
  | "sha512-256";

/**
 * Octets that a process hashes with the small kernel before it loads OpenSSL, which takes 5 ms: as long as
 * the kernel needs for this many. Listing one store stays below it (docs/decisions/0120).
 */
const EARLY_OCTETS = 64 * 1024;

/** How many are left. Only the speed of a hash depends on it. */
const early = { octets: EARLY_OCTETS };

/** One-shot hash of the parts one after the other. */
export function digest(name: HashName, ...parts: readonly Uint8Array[]): Uint8Array {
  const soon = hashedEarly(name, parts);
  if (soon !== undefined) return soon;
  const hash = createHash(name);
  for (const part of parts) hash.update(part);
  return new Uint8Array(hash.digest());
}

/** SHA-256 as lower-case hex, in a third of the time of `digest`: every certificate that is read has one. */
export function sha256Hex(bytes: Uint8Array): string {
  const soon = hashedEarly("sha256", [bytes]);
  return soon === undefined ? hash("sha256", bytes, "hex") : toHex(soon);
}

/** HMAC (RFC 2104) of the parts one after the other. */
export function hmac(
  name: ChainHash,
  key: Uint8Array,
  ...parts: readonly Uint8Array[]
): Uint8Array {
  const soon = macEarly(name, key, parts);
  if (soon !== undefined) return soon;
  const native = createHmac(name, key);
  for (const part of parts) native.update(part);
  return new Uint8Array(native.digest());
}

function macEarly(
  name: ChainHash,
  key: Uint8Array,
  parts: readonly Uint8Array[],
): Uint8Array | undefined {
  const { block } = HASH_SHAPES[name];
  if (key.length > block) return undefined;
  const pad = new Uint8Array(block);
  pad.set(key);
  for (let i = 0; i < block; i++) pad[i] = (pad[i] as number) ^ 0x36;
  const inner = hashedEarly(name, [pad, ...parts]);
  for (let i = 0; i < block; i++) pad[i] = (pad[i] as number) ^ (0x36 ^ 0x5c);
  const outer = inner === undefined ? undefined : hashedEarly(name, [pad, inner]);
  pad.fill(0);
  return outer;
}

function hashedEarly(name: ChainHash, parts: readonly Uint8Array[]): Uint8Array | undefined {
  if (early.octets <= 0) return undefined;
  for (const part of parts) early.octets -= part.length;
  if (early.octets <= 0) return undefined;
  return kernelDigest(name, parts);
}
