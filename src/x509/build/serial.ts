import { toHex } from "../../bytes/octets.ts";
import { PkiError } from "../../model/error.ts";

/** The most that RFC 5280 §4.1.2.2 lets a conforming CA use. */
export const SERIAL_OCTETS = 20;

/**
 * A new serial number: exactly 20 octets, positive, 158 of its bits random, and none that `taken` knows.
 *
 * The top bit is clear, so that it is positive; the next is set, so that it is never shorter in DER.
 *
 * @param taken - is this serial (lower-case hex) used already?
 * @throws PkiError `internal` when the source of randomness repeats itself
 */
export function newSerial(
  random: (count: number) => Uint8Array,
  taken: (serial: string) => boolean,
): Uint8Array {
  for (let attempt = 0; attempt < 8; attempt++) {
    const serial = random(SERIAL_OCTETS).slice();
    serial[0] = ((serial[0] as number) & 0x3f) | 0x40;
    if (!taken(toHex(serial))) return serial;
  }
  throw new PkiError("internal", "the source of randomness gave the same serial number again");
}
