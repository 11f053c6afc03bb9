import { bitsOf, gcd } from "./integers.ts";

/** Bits in one tree: V8's integers end at 2^30 bits, and a root is reduced modulo squares. */
const MAX_TREE_BITS = 2 ** 27;

/** Two or more numbers that share a factor. */
export interface SharedFactor {
  readonly factor: bigint;
  /** Indexes into the input, ascending. */
  readonly members: readonly number[];
}

/**
 * Finds every number that shares a factor with another, by Bernstein's batch algorithm: a product tree, then
 * remainders down the tree, so that 10,000 moduli take seconds instead of 50 million divisions.
 *
 * @param numbers - distinct, each at least 2
 * @returns groups by factor; a number whose two primes are both shared is in two groups
 */
export function sharedFactors(numbers: readonly bigint[]): readonly SharedFactor[] {
  const trees = split(numbers).map((indexes) => ({
    indexes,
    tree: productTree(indexes.map((i) => numbers[i] as bigint)),
  }));
  // A number's common divisor with the product of all others, where that is not 1.
  const shared = new Map<number, bigint>();
  for (const own of trees) {
    for (const other of trees) {
      const root = other.tree.at(-1)?.[0] ?? 1n;
      const rest = own === other ? cofactors(own.tree) : remainders(own.tree, root);
      rest.forEach((remainder, j) => {
        const index = own.indexes[j] as number;
        const n = numbers[index] as bigint;
        const divisor = gcd(n, remainder);
        if (divisor === 1n) return;
        const before = shared.get(index) ?? 1n;
        shared.set(index, (before * divisor) / gcd(before, divisor));
      });
    }
  }
  return grouped(numbers, shared);
}

/** Indexes in runs of at most MAX_TREE_BITS. */
function split(numbers: readonly bigint[]): readonly (readonly number[])[] {
  const runs: number[][] = [];
  let bits = Number.POSITIVE_INFINITY;
  numbers.forEach((n, i) => {
    bits += bitsOf(n);
    if (bits > MAX_TREE_BITS) {
      runs.push([]);
      bits = bitsOf(n);
    }
    runs[runs.length - 1]?.push(i);
  });
  return runs;
}

/** Leaves first, the product of all last. */
function productTree(leaves: readonly bigint[]): readonly (readonly bigint[])[] {
  const levels: (readonly bigint[])[] = [leaves];
  let level = leaves;
  while (level.length > 1) {
    const above: bigint[] = [];
    for (let i = 0; i < level.length; i += 2) {
      above.push((level[i] as bigint) * (level[i + 1] ?? 1n));
    }
    levels.push(above);
    level = above;
  }
  return levels;
}

/** For each leaf the product of all others, modulo the leaf. */
function cofactors(levels: readonly (readonly bigint[])[]): readonly bigint[] {
  let above: readonly bigint[] = [1n];
  for (let depth = levels.length - 2; depth >= 0; depth--) {
    const level = levels[depth] as readonly bigint[];
    above = level.map((n, i) => {
      const sibling = level[i ^ 1] ?? 1n;
      return (((above[i >> 1] as bigint) % n) * (sibling % n)) % n;
    });
  }
  return above;
}

/** `value` modulo each leaf. */
function remainders(levels: readonly (readonly bigint[])[], value: bigint): readonly bigint[] {
  let above: readonly bigint[] = [value];
  for (let depth = levels.length - 1; depth >= 0; depth--) {
    const level = levels[depth] as readonly bigint[];
    const top = depth === levels.length - 1;
    above = level.map((n, i) => (above[top ? 0 : i >> 1] as bigint) % n);
  }
  return above;
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
  whole.slice(0, MAX_PAIRS_OF).forEach((index, i) => {
    const n = numbers[index] as bigint;
    for (const factor of factors) if (n % factor === 0n) put(factor, index);
    for (const other of whole.slice(i + 1, MAX_PAIRS_OF)) {
      const divisor = gcd(n, numbers[other] as bigint);
      if (divisor !== 1n) put(divisor, index, other);
    }
  });
  for (const index of whole.slice(MAX_PAIRS_OF)) put(numbers[index] as bigint, index);
  return [...groups].map(([factor, members]) => ({
    factor,
    members: [...members].sort((a, b) => a - b),
  }));
}
