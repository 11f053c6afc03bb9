/** Octets at the end that tell byte strings apart: names and extensions differ there. */
const HASHED = 24;
const BITS = 11;
/** Longer byte strings are rare, and not worth keeping. */
const LONGEST = 1024;

interface Slot<T> {
  readonly bytes: Uint8Array;
  readonly value: T;
}

/**
 * What was made of byte strings that come again and again, such as the issuer's name in each of its
 * certificates. A slot holds the one seen last, so memory is bounded: 2,048 of at most 1,024 octets.
 */
export class ByteMemo<T> {
  readonly #slots: (Slot<T> | undefined)[] = new Array(1 << BITS).fill(undefined);

  /** What was made of the octets `[start, end)`. */
  get(bytes: Uint8Array, start: number, end: number): T | undefined {
    const length = end - start;
    if (length > LONGEST) return undefined;
    const slot = this.#slots[slotOf(bytes, start, end)];
    if (slot === undefined || slot.bytes.length !== length) return undefined;
    for (let i = 0; i < length; i++) if (slot.bytes[i] !== bytes[start + i]) return undefined;
    return slot.value;
  }

  /**
   * Makes the value of a copy of the octets, so that it keeps nothing else in memory, and keeps it.
   * Undefined where the octets are too long: then nothing is made.
   */
  make(
    bytes: Uint8Array,
    start: number,
    end: number,
    from: (copy: Uint8Array) => T,
  ): T | undefined {
    if (end - start > LONGEST) return undefined;
    const copy = bytes.slice(start, end);
    const value = from(copy);
    this.#slots[slotOf(bytes, start, end)] = { bytes: copy, value };
    return value;
  }
}

/** FNV-1a over the last octets. */
function slotOf(bytes: Uint8Array, start: number, end: number): number {
  let hash = (0x811c9dc5 ^ (end - start)) | 0;
  for (let i = Math.max(start, end - HASHED); i < end; i++) {
    hash = Math.imul(hash ^ (bytes[i] as number), 0x01000193);
  }
  return (hash ^ (hash >>> BITS) ^ (hash >>> (2 * BITS))) & ((1 << BITS) - 1);
}
