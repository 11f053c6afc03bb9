/** Numbers of one chunk: a column grows by them, and nothing is copied. */
const CHUNK = 2 ** 14;
const MASK = CHUNK - 1;
const SHIFT = 14;

type Numbers = Uint8Array | Uint16Array | Uint32Array | Float64Array;

/** A growing row of numbers that takes as many octets as they do. */
export class Column<T extends Numbers> {
  readonly #make: (length: number) => T;
  readonly #chunks: T[] = [];
  #length = 0;

  /** @param make - such as `(n) => new Uint32Array(n)` */
  constructor(make: (length: number) => T) {
    this.#make = make;
  }

  get length(): number {
    return this.#length;
  }

  push(value: number): void {
    if ((this.#length & MASK) === 0) this.#chunks.push(this.#make(CHUNK));
    this.#length++;
    this.set(this.#length - 1, value);
  }

  /** @param index - below `length`: not checked */
  get(index: number): number {
    return (this.#chunks[index >> SHIFT] as T)[index & MASK] as number;
  }

  set(index: number, value: number): void {
    (this.#chunks[index >> SHIFT] as T)[index & MASK] = value;
  }
}

export const octets = () => new Column((n) => new Uint8Array(n));
export const words = () => new Column((n) => new Uint32Array(n));
/** Whole numbers up to 2^53, such as offsets. */
export const doubles = () => new Column((n) => new Float64Array(n));

/** Little-endian machines have the low word of 64 bits first. */
const LOW = new Uint8Array(new Uint32Array([1]).buffer)[0] === 1 ? 0 : 1;

/**
 * The numbers 0 to `count` - 1 in the order of what `major` gives for each, equals in their own order: by the
 * engine's sort of 64-bit numbers, without an object for each.
 *
 * @param major - a whole number below 2^32
 */
export function orderBy(count: number, major: (index: number) => number): Uint32Array {
  const keys = new BigUint64Array(count);
  const halves = new Uint32Array(keys.buffer);
  for (let i = 0; i < count; i++) {
    halves[2 * i + LOW] = i;
    halves[2 * i + 1 - LOW] = major(i);
  }
  keys.sort();
  const order = new Uint32Array(count);
  for (let i = 0; i < count; i++) order[i] = halves[2 * i + LOW] as number;
  return order;
}

/** 32 bits of a text, evenly spread: equal texts have the same, and few others. */
export function hashOf(text: string): number {
  let hash = 0x811c9dc5;
  for (let i = 0; i < text.length; i++) {
    hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193);
    hash ^= hash >>> 15;
  }
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  return (hash ^ (hash >>> 13)) >>> 0;
}
