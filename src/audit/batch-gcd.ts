import { bitsOf, gcd, isCoprime } from "./integers.ts";

/** Bits in one tree: V8's integers end at 2^30 bits, and the root of a tree is divided by with twice as many. */
const MAX_TREE_BITS = 2 ** 27;

/**
 * Fraction bits beyond a node's own size. An error of one in the last place at least doubles on each level,
 * and there are at most 27 levels below MAX_TREE_BITS.
 */
const GUARD = 64;

/** Two or more numbers that share a factor. */
export interface SharedFactor {
  readonly factor: bigint;
  /** Indexes into the input, ascending. */
  readonly members: readonly number[];
}

/** The numbers of a run and their products. */
interface Tree {
  readonly indexes: readonly number[];
  /** Leaves first, the product of all last. */
  readonly levels: readonly (readonly bigint[])[];
  /** The sum of the products of all numbers but one: modulo each number, the product of all others. */
  readonly cofactors: bigint;
}

/**
 * Finds every number that shares a factor with another by Bernstein's batch algorithm: a product tree, then
 * remainders down the tree, so that 10,000 moduli take seconds instead of 50 million divisions.
 *
 * The remainders are those of a scaled tree (Bernstein, Scaled remainder trees, 2004): fractions are
 * multiplied on the way down, and only the root is divided. docs/decisions/0102.
 *
 * @param numbers - distinct, each at least 2
 * @returns groups by factor; a number whose two primes are both shared is in two groups
 */
export function sharedFactors(numbers: readonly bigint[]): readonly SharedFactor[] {
  const trees = split(numbers).map((indexes) =>
    treeOf(
      indexes,
      indexes.map((i) => numbers[i] as bigint),
    ),
  );
  // A number's common divisor with the product of all others, where that is not 1.
  const shared = new Map<number, bigint>();
  for (const own of trees) {
    for (const other of trees) {
      const value = own === other ? own.cofactors : rootOf(other);
      remainders(own.levels, value, (remainder, j) => {
        const index = own.indexes[j] as number;
        const n = numbers[index] as bigint;
        if (isCoprime(n, remainder)) return;
        const divisor = gcd(n, remainder);
        const before = shared.get(index) ?? 1n;
        shared.set(index, (before * divisor) / gcd(before, divisor));
      });
    }
  }
  return grouped(numbers, shared);
}

function rootOf({ levels }: Tree): bigint {
  return levels.at(-1)?.[0] ?? 1n;
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

function treeOf(indexes: readonly number[], leaves: readonly bigint[]): Tree {
  const levels: (readonly bigint[])[] = [leaves];
  let products = leaves;
  let cofactors = leaves.map(() => 1n);
  while (products.length > 1) {
    const above: bigint[] = [];
    const cofactorsAbove: bigint[] = [];
    for (let i = 0; i < products.length; i += 2) {
      const left = products[i] as bigint;
      const right = products[i + 1];
      const cofactor = cofactors[i] as bigint;
      above.push(right === undefined ? left : left * right);
      cofactorsAbove.push(
        right === undefined ? cofactor : cofactor * right + (cofactors[i + 1] as bigint) * left,
      );
    }
    levels.push(above);
    products = above;
    cofactors = cofactorsAbove;
  }
  return { indexes, levels, cofactors: cofactors[0] ?? 1n };
}

/**
 * Gives `value` modulo each leaf.
 *
 * For each node N the fraction (value mod N) / N is held with `GUARD` bits more than N has; times the
 * sibling, without its whole part, it is the fraction of the child.
 */
function remainders(
  levels: readonly (readonly bigint[])[],
  value: bigint,
  take: (remainder: bigint, leaf: number) => void,
): void {
  const top = levels.length - 1;
  const root = levels[top]?.[0];
  if (root === undefined) return;
  let sizes = [bitsOf(root) + GUARD];
  let fractions = [((value % root) << BigInt(sizes[0] as number)) / root];
  for (let depth = top - 1; depth >= 0; depth--) {
    const level = levels[depth] as readonly bigint[];
    const above = fractions;
    const sizesAbove = sizes;
    sizes = level.map((n) => bitsOf(n) + GUARD);
    fractions = level.map((_, i) => {
      const sibling = level[i ^ 1];
      const fraction = above[i >> 1] as bigint;
      if (sibling === undefined) return fraction;
      const size = sizesAbove[i >> 1] as number;
      return BigInt.asUintN(size, fraction * sibling) >> BigInt(size - (sizes[i] as number));
    });
  }
  const leaves = levels[0] as readonly bigint[];
  for (const [i, fraction] of fractions.entries()) {
    const leaf = leaves[i] as bigint;
    const size = BigInt(sizes[i] as number);
    // The nearest whole number: what was cut off on the way makes the fraction a little too small.
    const remainder = (fraction * leaf + (1n << (size - 1n))) >> size;
    take(remainder === leaf ? 0n : remainder, i);
  }
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
