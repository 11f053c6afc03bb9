import { fromHex } from "../../bytes/octets.ts";
import type { Block64 } from "./cbc.ts";

/** RFC 2268 §2: a permutation of the octets made from the digits of pi. */
const PI_TABLE =
  "d978f9c419ddb5ed28e9fd794aa0d89dc67e37832b76538e624c6488448bfba2" +
  "179a59f587b34f1361456d8d09817d32bd8f40eb86b77b0bf09521225c6b4e82" +
  "54d66593ce60b21c7356c014a78cf1dc1275ca1f3bbee4d1423dd430a33cb626" +
  "6fbf0eda4669075727f21d9bbc944303f811c7f690ef3ee706c3d52fc8661ed7" +
  "08e8eade8052eef784aa72ac354d6a2a961ad2715a1549744b9fd05e0418a4ec" +
  "c2e0416e0f51cbcc2491af50a1f47039997c3a8523b8b47afc02365b25559731" +
  "2d5dfa98e38a92ae05df2910676cbac9d300e6cfe19ea82c6316013f58e289a9" +
  "0d38341bab33ffb0bb480c5fb9b1cd2ec5f3db47e5a59c770aa62068fe7fc1ad";

/**
 * RC2 (RFC 2268), for reading (and keeping) old PKCS#12 files: OpenSSL 3 refuses it.
 *
 * @param key - 1 to 128 bytes
 * @param effectiveBits - 1 to 1024; PKCS#12 uses 40 and 128
 */
export function rc2(key: Uint8Array, effectiveBits: number): Block64 {
  const k = expandKey(key, effectiveBits);
  return {
    encrypt(r) {
      let j = 0;
      const mix = (): void => {
        for (let i = 0; i < 4; i++) {
          const [a, b, c] = [at(r, i - 1), at(r, i - 2), at(r, i - 3)];
          const sum = (at(r, i) + (k[j++] as number) + (a & b) + (~a & c)) & 0xffff;
          const shift = SHIFTS[i] as number;
          r[i] = (sum << shift) | (sum >> (16 - shift));
        }
      };
      const mash = (): void => {
        for (let i = 0; i < 4; i++) r[i] = at(r, i) + (k[at(r, i - 1) & 63] as number);
      };
      schedule(mix, mash);
    },
    decrypt(r) {
      let j = 63;
      const mix = (): void => {
        for (let i = 3; i >= 0; i--) {
          const shift = SHIFTS[i] as number;
          const turned = ((at(r, i) >> shift) | (at(r, i) << (16 - shift))) & 0xffff;
          const [a, b, c] = [at(r, i - 1), at(r, i - 2), at(r, i - 3)];
          r[i] = turned - (k[j--] as number) - (a & b) - (~a & c);
        }
      };
      const mash = (): void => {
        for (let i = 3; i >= 0; i--) r[i] = at(r, i) - (k[at(r, i - 1) & 63] as number);
      };
      schedule(mix, mash);
    },
  };
}

/** RFC 2268 §3.1: the left rotation of each word. */
const SHIFTS = [1, 2, 3, 5];

/** RFC 2268 §3.4: 5 mixing rounds, a mashing, 6, a mashing, 5; the same backwards. */
function schedule(mix: () => void, mash: () => void): void {
  for (const [round, count] of [5, 6, 5].entries()) {
    if (round > 0) mash();
    for (let i = 0; i < count; i++) mix();
  }
}

function at(words: Uint16Array, i: number): number {
  return words[(i + 4) & 3] as number;
}

/** RFC 2268 §2. */
function expandKey(key: Uint8Array, effectiveBits: number): Uint16Array {
  if (key.length === 0 || key.length > 128) throw new RangeError("RC2 key length");
  if (effectiveBits < 1 || effectiveBits > 1024) throw new RangeError("RC2 effective key bits");
  const pi = fromHex(PI_TABLE);
  const l = new Uint8Array(128);
  l.set(key);
  const byte = (i: number): number => l[i] as number;
  for (let i = key.length; i < 128; i++) {
    l[i] = pi[(byte(i - 1) + byte(i - key.length)) & 0xff] as number;
  }
  const effectiveBytes = Math.ceil(effectiveBits / 8);
  const mask = 0xff >> (8 * effectiveBytes - effectiveBits);
  l[128 - effectiveBytes] = pi[byte(128 - effectiveBytes) & mask] as number;
  for (let i = 127 - effectiveBytes; i >= 0; i--) {
    l[i] = pi[byte(i + 1) ^ byte(i + effectiveBytes)] as number;
  }
  const words = new Uint16Array(64);
  for (let i = 0; i < 64; i++) words[i] = byte(2 * i) | (byte(2 * i + 1) << 8);
  l.fill(0);
  return words;
}
