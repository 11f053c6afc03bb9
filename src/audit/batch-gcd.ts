import { fastDivisors } from "./factors/fast.ts";
import { plainDivisors } from "./factors/plain.ts";
import { gcd } from "./integers.ts";

/** Two or more numbers that share a factor. */
export interface SharedFactor {
  readonly factor: bigint;
  /** Indexes into the input, ascending. */
  readonly members: readonly number[];
}

/**
 * Finds every number that shares a factor with another by Bernstein's batch algorithm: a product tree, then
 * remainders down the tree, so that 10,000 moduli take a second or two instead of 50 million divisions.
 *
 * docs/decisions/0102 and 0131.
 *
 * @param numbers - those below 2 share nothing; of equal ones all are members
 * @returns groups by factor; a number whose two primes are both shared is in two groups
 */
export function sharedFactors(numbers: readonly bigint[]): readonly SharedFactor[] {
  const indexes = numbers.map((_, i) => i).filter((i) => (numbers[i] as bigint) >= 2n);
  if (indexes.length < 2) return [];
  const some = indexes.map((i) => numbers[i] as bigint);
  const divisors = fastDivisors(some) ?? plainDivisors(some);
  return grouped(some, divisors).map(({ factor, members }) => ({
    factor,
    members: members.map((i) => indexes[i] as number),
  }));
}

/** Most numbers sharing all of themselves that are compared one by one: more were made to be slow. */
const MAX_PAIRS_OF = 64;

/** Puts those together that share the same factor. */
function grouped(
  numbers: readonly bigint[],
  shared: ReadonlyMap<number, bigint>,
): readonly SharedFactor[] {
  const groups = new Map<bigint, Set<number>>();
  const put = (factor: bigint, ...members: readonly number[]): void => {
    const group = groups.get(factor) ?? new Set();
    for (const member of members) group.add(member);
    groups.set(factor, group);
  };
  const whole: number[] = [];
  for (const [index, divisor] of shared) {
    if (divisor === numbers[index]) whole.push(index);
    else put(divisor, index);
  }
  // Both primes of these are shared: only the partners tell which is which.
  const factors = [...groups.keys()].slice(0, MAX_PAIRS_OF);
  const told = new Set<number>();
  whole.slice(0, MAX_PAIRS_OF).forEach((index, i) => {
    const n = numbers[index] as bigint;
    for (const factor of factors) {
      if (n % factor === 0n) {
        put(factor, index);
        told.add(index);
      }
    }
    for (const other of whole.slice(i + 1, MAX_PAIRS_OF)) {
      const divisor = gcd(n, numbers[other] as bigint);
      if (divisor === 1n) continue;
      put(divisor, index, other);
      told.add(index).add(other);
    }
    // Of more than two primes, shared with several that share others too.
    if (!told.has(index)) put(n, index);
  });
  for (const index of whole.slice(MAX_PAIRS_OF)) put(numbers[index] as bigint, index);
  return [...groups].map(([factor, members]) => ({
    factor,
    members: [...members].sort((a, b) => a - b),
  }));
}
