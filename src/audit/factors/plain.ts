import { bitsOf, gcd, isCoprime } from "../integers.ts";

/** Bits in one tree: V8's integers end at 2^30 bits, and the root of a tree is divided by with twice as many. */
const MAX_TREE_BITS = 2 ** 27;

/**
 * Fraction bits beyond a node's own size. An error of one in the last place at least doubles on each level,
 * and there are at most 27 levels below MAX_TREE_BITS.
 */
const GUARD = 64;

/** The numbers of a run and their products. */
interface Tree {
  readonly indexes: readonly number[];
  /** Leaves first, the product of all last. */
  readonly levels: readonly (readonly bigint[])[];
  /** The sum of the products of all numbers but one: modulo each number, the product of all others. */
  readonly cofactors: bigint;
}

/**
 * What each number shares with the product of all others, with nothing but the language's own integers: for few
 * numbers, for engines without WebAssembly, and what `fastDivisors` is tested against (docs/decisions/0102).
 *
 * @param numbers - each at least 2
 * @returns by index, those that share anything; least common multiples of what they share with each tree
 */
export function plainDivisors(numbers: readonly bigint[]): ReadonlyMap<number, bigint> {
  const trees = split(numbers).map((indexes) =>
    treeOf(
      indexes,
      indexes.map((i) => numbers[i] as bigint),
    ),
  );
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
  return shared;
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
