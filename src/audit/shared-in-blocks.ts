import { type SharedFactor, sharedFactors } from "./batch-gcd.ts";
import { bitsOf } from "./integers.ts";

/** Bits of the numbers that are compared at once, 32,768 RSA-2048 moduli: some 280 MB of products. */
export const AT_ONCE_BITS = 2 ** 26;

/**
 * As `sharedFactors`, for more numbers than whose products fit into memory: any two blocks of them together.
 *
 * What it takes grows with the square of the number of blocks.
 *
 * @param atOnce - bits of what is compared at once
 */
export function sharedInBlocks(
  numbers: readonly bigint[],
  atOnce = AT_ONCE_BITS,
): readonly SharedFactor[] {
  const blocks = blocksOf(numbers, atOnce / 2);
  if (blocks.length <= 2) return sharedFactors(numbers);
  const found = new Map<bigint, Set<number>>();
  for (const [i, one] of blocks.entries()) {
    for (const other of blocks.slice(i + 1)) {
      const both = [...one, ...other];
      const shared = sharedFactors(both.map((index) => numbers[index] as bigint));
      for (const { factor, members } of shared) {
        const all = found.get(factor) ?? new Set();
        found.set(factor, all);
        for (const member of members) all.add(both[member] as number);
      }
    }
  }
  return [...found].map(([factor, members]) => ({
    factor,
    members: [...members].sort((a, b) => a - b),
  }));
}

/** Indexes in runs of at most so many bits. */
function blocksOf(numbers: readonly bigint[], most: number): readonly (readonly number[])[] {
  const blocks: number[][] = [];
  let bits = Number.POSITIVE_INFINITY;
  for (const [i, n] of numbers.entries()) {
    bits += bitsOf(n);
    if (bits > most) {
      blocks.push([]);
      bits = bitsOf(n);
    }
    blocks[blocks.length - 1]?.push(i);
  }
  return blocks;
}
