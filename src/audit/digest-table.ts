import { toHex } from "../bytes/octets.ts";
import { words } from "./columns.ts";

const WORDS = 8;
const DIGITS = 64;

/**
 * Numbers the SHA-256 digests that it is given, from 0: 32 octets for each, and 4 to 11 for finding it again.
 *
 * A Map of their hex forms takes five times as much.
 */
export class DigestTable {
  readonly #digests = words();
  /** Number plus one of the digest that lies there; 0: none. */
  #slots = new Uint32Array(1024);
  #size = 0;
  readonly #read = new Uint32Array(WORDS);

  get size(): number {
    return this.#size;
  }

  /** The number of a digest; undefined where it has none. @param hex - 64 lower-case hex digits; others have none */
  find(hex: string): number | undefined {
    if (!this.#parse(hex)) return undefined;
    const found = this.#slots[this.#slot()] as number;
    return found === 0 ? undefined : found - 1;
  }

  /** The number of a digest, a new one where it has none. @throws RangeError where `hex` is no digest: a fault of ours */
  take(hex: string): number {
    if (!this.#parse(hex)) throw new RangeError("not a digest");
    let slot = this.#slot();
    const found = this.#slots[slot] as number;
    if (found !== 0) return found - 1;
    if (this.#size * 2 >= this.#slots.length) {
      this.#grow();
      slot = this.#slot();
    }
    for (let i = 0; i < WORDS; i++) this.#digests.push(this.#read[i] as number);
    this.#slots[slot] = ++this.#size;
    return this.#size - 1;
  }

  /** Lower-case hex. */
  hex(number: number): string {
    const octets = new DataView(new ArrayBuffer(WORDS * 4));
    for (let i = 0; i < WORDS; i++) octets.setUint32(4 * i, this.#digests.get(number * WORDS + i));
    return toHex(new Uint8Array(octets.buffer));
  }

  #parse(hex: string): boolean {
    if (hex.length !== DIGITS) return false;
    for (let i = 0, at = 0; i < WORDS; i++) {
      let word = 0;
      for (const end = at + 8; at < end; at++) {
        const code = hex.charCodeAt(at);
        const digit = code >= 0x61 && code <= 0x66 ? code - 0x57 : code - 0x30;
        if (digit < 0 || digit > 15 || (digit > 9 && code < 0x61)) return false;
        word = (word << 4) | digit;
      }
      this.#read[i] = word;
    }
    return true;
  }

  /** Where the digest that was read lies, or would. */
  #slot(): number {
    const mask = this.#slots.length - 1;
    for (let slot = (this.#read[0] as number) & mask; ; slot = (slot + 1) & mask) {
      const found = this.#slots[slot] as number;
      if (found === 0 || this.#isAt((found - 1) * WORDS)) return slot;
    }
  }

  #isAt(start: number): boolean {
    for (let i = 0; i < WORDS; i++) {
      if (this.#digests.get(start + i) !== this.#read[i]) return false;
    }
    return true;
  }

  #grow(): void {
    const slots = new Uint32Array(this.#slots.length * 2);
    const mask = slots.length - 1;
    for (let number = 0; number < this.#size; number++) {
      let slot = this.#digests.get(number * WORDS) & mask;
      while (slots[slot] !== 0) slot = (slot + 1) & mask;
      slots[slot] = number + 1;
    }
    this.#slots = slots;
  }
}
