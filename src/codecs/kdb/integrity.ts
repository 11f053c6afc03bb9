import { createHash, createHmac, timingSafeEqual } from "node:crypto";
import { digest } from "../../crypto/digest.ts";
import { HEADER_BYTES, type KdbVersion, MAC_BYTES } from "./layout.ts";

/**
 * The two values that guard a database (docs/formats/kdb.md, "Verifier and integrity value"). The
 * password enters as its bytes. Neither has any key stretching: one hash answers a guess.
 */

/** The verifier over the 0x30 header bytes: it answers whether the password is right. */
export function verifierOf(version: KdbVersion, header: Uint8Array, password: Uint8Array) {
  if (version === "3") return digest("md5", header, password);
  return new Uint8Array(createHmac(hmacName(version), password).update(header).digest());
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
  if (version !== "3") {
    const hmac = createHmac(hmacName(version), password);
    return new Uint8Array(hmac.update(head).update(slots).digest());
  }
  const sum = digest("md5", head, password);
  for (let at = 0; at < slots.length; at += slotSize) {
    const slot = createHash("md5").update(slots.subarray(at, at + slotSize));
    const part = slot.update(password).digest();
    for (let i = 0; i < sum.length; i++) sum[i] = (sum[i] as number) ^ (part[i] as number);
  }
  return sum;
}

/** Compares two MACs in a time that does not tell where they differ. */
export function sameMac(a: Uint8Array, b: Uint8Array): boolean {
  return a.length === b.length && timingSafeEqual(a, b);
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

function hmacName(version: "4" | "6"): string {
  return version === "4" ? "sha1" : "sha384";
}
