/**
 * Values by key within a bound of weight: what was not used for longest is forgotten.
 *
 * Two generations instead of an exact order: a full one becomes the old one, and what is used there moves
 * to the new one. So using a value costs no deletion, and between half of the bound and all of it is kept.
 */
export class Recent<V, K = string> {
  readonly #most: number;
  readonly #weigh: (value: V) => number;
  #young = new Map<K, V>();
  #old = new Map<K, V>();
  #weight = 0;

  /** @param most - the sum of `weigh` over what is kept is at most this */
  constructor(most: number, weigh: (value: V) => number = () => 1) {
    this.#most = most;
    this.#weigh = weigh;
  }

  /** How many are kept. */
  get size(): number {
    let both = 0;
    for (const key of this.#old.keys()) if (this.#young.has(key)) both++;
    return this.#young.size + this.#old.size - both;
  }

  get(key: K): V | undefined {
    const young = this.#young.get(key);
    if (young !== undefined) return young;
    const old = this.#old.get(key);
    if (old !== undefined) this.set(key, old);
    return old;
  }

  /** A value that weighs more than half of the bound is not kept. */
  set(key: K, value: V): void {
    const weight = this.#weigh(value);
    const half = this.#most / 2;
    if (weight > half) return;
    if (this.#weight + weight > half) {
      this.#old = this.#young;
      this.#young = new Map();
      this.#weight = 0;
    }
    this.#young.set(key, value);
    this.#weight += weight;
  }
}

const MARKS = 2 ** 16;

/**
 * Whether a fingerprint was met before, as far as 65,536 marks tell: of a pair that share a place the
 * later one counts.
 *
 * Keeping everything that passes by once is worse than keeping nothing: it lives just long enough to be
 * moved to where the engine keeps what is old, and dies there.
 */
export class Sightings {
  readonly #marks = new Uint32Array(MARKS);

  /** @param fingerprint - at least 8 hex digits, evenly spread */
  again(fingerprint: string): boolean {
    const mark = Number.parseInt(fingerprint.slice(0, 8), 16);
    const place = mark & (MARKS - 1);
    if (this.#marks[place] === mark) return true;
    this.#marks[place] = mark;
    return false;
  }
}

/** Values by fingerprint within a bound of weight, kept from the second time on that one is offered. */
export class Recurring<V> {
  readonly #kept: Recent<V>;
  readonly #met = new Sightings();

  /** As `Recent`. */
  constructor(most: number, weigh: (value: V) => number) {
    this.#kept = new Recent(most, weigh);
  }

  /** How many are kept. */
  get size(): number {
    return this.#kept.size;
  }

  get(fingerprint: string): V | undefined {
    return this.#kept.get(fingerprint);
  }

  /** Keeps the value where the fingerprint was offered before. */
  offer(fingerprint: string, value: V): void {
    if (this.#met.again(fingerprint)) this.#kept.set(fingerprint, value);
  }
}
