import { digest, type HashName, hmac } from "../../crypto/digest.ts";
import { HEADER_BYTES, type KdbVersion, MAC_BYTES } from "./layout.ts";

/**
 * The two values that guard a database (docs/formats/kdb.md, "Verifier and integrity value"). The
 * password enters as its bytes. Neither has any key stretching: one hash answers a guess.
 */

/** The verifier over the 0x30 header bytes: it answers whether the password is right. */
export function verifierOf(version: KdbVersion, header: Uint8Array, password: Uint8Array) {
  if (version === "3") return digest("md5", header, password);
  return hmac(hmacName(version), password, header);
}

/**
 * The integrity value over everything else.
 *
 * @param head - header and verifier
 * @param slots - all slots, `slotSize` bytes each
 */
export function integrityOf(
  version: KdbVersion,
  head: Uint8Array,
  slots: Uint8Array,
  slotSize: number,
  password: Uint8Array,
): Uint8Array {
  if (version !== "3") return hmac(hmacName(version), password, head, slots);
  const sum = digest("md5", head, password);
  for (let at = 0; at < slots.length; at += slotSize) {
    const part = digest("md5", slots.subarray(at, at + slotSize), password);
    for (let i = 0; i < sum.length; i++) sum[i] = (sum[i] as number) ^ (part[i] as number);
  }
  return sum;
}

/** Cuts a file into header, verifier, integrity value and slots: views. */
export function partsOf(version: KdbVersion, bytes: Uint8Array) {
  const mac = MAC_BYTES[version];
  return {
    header: bytes.subarray(0, HEADER_BYTES),
    verifier: bytes.subarray(HEADER_BYTES, HEADER_BYTES + mac),
    head: bytes.subarray(0, HEADER_BYTES + mac),
    integrity: bytes.subarray(HEADER_BYTES + mac, HEADER_BYTES + 2 * mac),
    slots: bytes.subarray(HEADER_BYTES + 2 * mac),
  };
}

function hmacName(version: "4" | "6"): HashName {
  return version === "4" ? "sha1" : "sha384";
}
