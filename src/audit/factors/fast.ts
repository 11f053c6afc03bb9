import { toHex } from "../../bytes/octets.ts";
import { gcd } from "../integers.ts";
import { Batch } from "./batch.ts";
import { newWorkspace, type Workspace } from "./workspace.ts";

/** Words of all numbers from which on the transforms are worth their making. */
const WORTH = 2 ** 12;

/** Bits in one tree: some 320 MB of memory, and what the transforms are exact for. */
const MAX_TREE_BITS = 2 ** 25;

/**
 * What each number shares with the product of all others, by transforms in WebAssembly (docs/decisions/0131).
 *
 * More than `MAX_TREE_BITS` go in blocks of that size, and each block is compared with each other: memory stays what it
 * is, and time grows with the square of the blocks.
 *
 * @param numbers - each at least 2
 * @param least - words of all numbers below which it is not worth it
 * @param blockBits - bits of one block
 * @returns by index, those that share anything; undefined where the engine cannot do it, or for so few numbers that it
 *   is not worth it
 */
export function fastDivisors(
  numbers: readonly bigint[],
  least = WORTH,
  blockBits = MAX_TREE_BITS,
): ReadonlyMap<number, bigint> | undefined {
  const words = wordsOf(numbers);
  if (words.reduce((sum, { length }) => sum + length, 0) < least) return undefined;
  if (words.some(({ length }) => 32 * length > blockBits / 2)) return undefined;
  const space = newWorkspace();
  if (space === undefined) return undefined;
  try {
    return divisorsOf(space, numbers, words, blockBits);
  } catch (error) {
    // No memory, or numbers for which the transforms would not be exact.
    if (error instanceof RangeError) return undefined;
    throw error;
  }
}

function divisorsOf(
  space: Workspace,
  numbers: readonly bigint[],
  words: readonly Uint32Array[],
  blockBits: number,
): ReadonlyMap<number, bigint> {
  const shared = new Map<number, bigint>();
  const add = (index: number, divisor: bigint): void => {
    const before = shared.get(index) ?? 1n;
    shared.set(index, (before * divisor) / gcd(before, divisor));
  };
  // Neighbours of one size make short transforms.
  const order = words.map((_, i) => i).sort((i, j) => sizeOf(words[i]) - sizeOf(words[j]));
  const blocks = blocksOf(order, words, blockBits);
  const products = blocks.map((block) =>
    blocks.length === 1 ? undefined : new Batch(space, at(words, block)).product(),
  );
  blocks.forEach((block, own) => {
    const batch = new Batch(space, at(words, block));
    products.forEach((_, step) => {
      // The own one first: its dividend is there only then.
      const other = step === 0 ? own : step <= own ? step - 1 : step;
      const dividend = other === own ? undefined : products[other];
      batch.divisors(dividend, (i, divisor, remainder) => {
        const index = block[i] as number;
        if (divisor !== undefined) add(index, integerOf(divisor));
        else {
          const found = gcd(numbers[index] as bigint, integerOf(remainder()));
          if (found !== 1n) add(index, found);
        }
      });
    });
  });
  return new Map([...shared].sort(([i], [j]) => i - j));
}

const sizeOf = (words: Uint32Array | undefined): number => words?.length ?? 0;
const at = (words: readonly Uint32Array[], block: readonly number[]): readonly Uint32Array[] =>
  block.map((i) => words[i] as Uint32Array);

/** Indexes in as few blocks as may be, of about the same size. */
function blocksOf(
  order: readonly number[],
  words: readonly Uint32Array[],
  blockBits: number,
): readonly (readonly number[])[] {
  const total = order.reduce((sum, i) => sum + 32 * sizeOf(words[i]), 0);
  // A block ends with the number that fills it.
  const longest = 32 * Math.max(0, ...order.slice(-1).map((i) => sizeOf(words[i])));
  const most = total / Math.ceil(total / (blockBits - longest));
  const blocks: number[][] = [];
  let bits = Number.POSITIVE_INFINITY;
  for (const i of order) {
    if (bits >= most) {
      blocks.push([]);
      bits = 0;
    }
    blocks.at(-1)?.push(i);
    bits += 32 * sizeOf(words[i]);
  }
  return blocks;
}

/**
 * Lowest first; two at least, so that the products of very small numbers have room for the sums of their cofactors.
 */
function wordsOf(numbers: readonly bigint[]): readonly Uint32Array[] {
  const texts = numbers.map((n) => n.toString(16));
  const counts = texts.map(({ length }) => Math.max(2, Math.ceil(length / 8)));
  // One array for all: an array each takes several times as long.
  const all = new Uint32Array(counts.reduce((sum, count) => sum + count, 0));
  let start = 0;
  return texts.map((digits, n) => {
    const words = all.subarray(start, start + (counts[n] as number));
    start += words.length;
    // Digit by digit from the last one: parsing pieces of the text takes many times as long.
    for (let i = 0, at = digits.length - 1; at >= 0; i++, at--) {
      const code = digits.charCodeAt(at);
      const word = i >> 3;
      words[word] =
        (words[word] as number) | ((code < 58 ? code - 48 : code - 87) << (4 * (i & 7)));
    }
    return words;
  });
}

function integerOf(words: Uint32Array): bigint {
  return BigInt(`0x${toHex(new Uint8Array(words.slice().buffer).reverse())}`);
}
