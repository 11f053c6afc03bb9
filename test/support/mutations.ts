/**
 * Seeded pseudo-random numbers (mulberry32) for tests: the same seed gives the same damage. The seed of
 * a failing run stands in its message; give it back with PROPERTY_SEED.
 */
export class SeededRandom {
  #state: number;

  constructor(seed: number) {
    this.#state = seed >>> 0;
  }

  /** 0 up to, not including, `bound`. */
  below(bound: number): number {
    this.#state = (this.#state + 0x6d2b79f5) >>> 0;
    let t = this.#state;
    t = Math.imul(t ^ (t >>> 15), t | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return Math.floor((((t ^ (t >>> 14)) >>> 0) / 0x1_0000_0000) * bound);
  }

  bytes(count: number): Uint8Array {
    return Uint8Array.from({ length: count }, () => this.below(256));
  }
}

/** A `Random` for codecs that gives the same bytes for the same seed. */
export function seededBytes(seed: number): (count: number) => Uint8Array {
  const random = new SeededRandom(seed);
  return (count) => random.bytes(count);
}

export const propertySeed = Number(process.env.PROPERTY_SEED ?? 20_260_101);

/** How many mutations a format gets, and at most how many cuts; the whole proof is PROPERTY_RUNS=20000. */
export const propertyRuns = Number(process.env.PROPERTY_RUNS ?? 500);

/** Values that lengths, counts and tags are overwritten with: where parsers break. */
const INTERESTING = [0, 1, 0x7f, 0x80, 0x81, 0x84, 0x85, 0xff];

/** Damages a copy of `bytes` in one of the ways that files and attackers do. */
export function mutate(bytes: Uint8Array, random: SeededRandom): Uint8Array {
  const out = bytes.slice();
  if (out.length === 0) return random.bytes(1 + random.below(8));
  const at = random.below(out.length);
  switch (random.below(8)) {
    case 0: // one bit
      out[at] = (out[at] as number) ^ (1 << random.below(8));
      return out;
    case 1: // one octet
      out[at] = random.below(256);
      return out;
    case 2: // an octet with a meaning
      out[at] = INTERESTING[random.below(INTERESTING.length)] as number;
      return out;
    case 3: {
      // a 32-bit number
      const value = [0, 1, 0x7fffffff, 0x80000000, 0xffffffff, out.length][
        random.below(6)
      ] as number;
      if (at + 4 <= out.length) new DataView(out.buffer).setUint32(at, value);
      return out;
    }
    case 4: // some octets gone
      return join(
        out.subarray(0, at),
        out.subarray(Math.min(out.length, at + 1 + random.below(16))),
      );
    case 5: // some octets more
      return join(out.subarray(0, at), random.bytes(1 + random.below(16)), out.subarray(at));
    case 6: {
      // a run repeated
      const run = out.subarray(at, Math.min(out.length, at + 1 + random.below(64)));
      return join(out.subarray(0, at), run, out.subarray(at));
    }
    default: // cut
      return out.subarray(0, at);
  }
}

function join(...parts: readonly Uint8Array[]): Uint8Array {
  const out = new Uint8Array(parts.reduce((length, part) => length + part.length, 0));
  let at = 0;
  for (const part of parts) {
    out.set(part, at);
    at += part.length;
  }
  return out;
}
