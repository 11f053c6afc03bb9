/** One product of two numbers and what of it is wanted; all in bits. */
export interface Piece {
  /** Bits of both numbers. */
  readonly a: number;
  readonly b: number;
  /** The first bit that is wanted, and how many words of 32 bits from there on. */
  readonly from: number;
  readonly words: number;
}

/** How numbers are cut into digits, and how long the transform is. */
export interface Shape {
  /** Complex points; there are twice as many digits. */
  readonly points: number;
  /** Bits of a digit. */
  readonly bits: number;
  /** The radix of each pass. */
  readonly radices: readonly number[];
}

/** Digits below the first wanted one that are rounded and carried: what lies still lower is less than 2^-10 of its last bit. */
export const CARRIES = 5;

/** A digit is not longer, so that one load of 32 bits has all of it, nor shorter, so that CARRIES are enough. */
const MAX_DIGIT = 17;
const MIN_DIGIT = 12;

/** Half a unit of the last bit of a double. */
const UNIT = 2 ** -53;

/** Relative errors of one pass over a vector, in UNITs, by radix: docs/decisions/0131 counts them. */
const PASS_ERRORS: Readonly<Record<number, number>> = { 2: 7.3, 3: 22, 4: 8.3, 5: 36 };

/** Of a product of two complex numbers and one sum. */
const POINTWISE_ERRORS = 3.3;

/**
 * The largest error of any digit of the sum of `weight / sqrt(digits of a · digits of b)` products.
 *
 * @param weight - the sum over all products of sqrt(digits of a · digits of b)
 */
export function largestError({ bits, radices }: Shape, weight: number): number {
  const once = radices.reduce((sum, radix) => sum + (PASS_ERRORS[radix] as number), 0);
  // The sums of radix 3 and 5 go ways whose gains add up to less than 1.5, not to 1.
  const back = radices.some((radix) => radix % 2 === 1) ? 1.5 * once : once;
  const relative = Math.expm1((2 * once + POINTWISE_ERRORS + back + 3) * UNIT);
  return weight * 2 ** (2 * bits - 2) * relative;
}

/** Digits of a number, with one for the carry. */
function digitsOf(length: number, bits: number): number {
  return Math.floor(length / bits) + 1;
}

/** Where the digits begin that have to be right. */
function firstOf({ from }: Piece, bits: number): number {
  return Math.max(0, Math.floor(from / bits) - CARRIES);
}

/** Digits of a transform that has all that is wanted of a product; what wraps around stays below it. */
function digitsFor(piece: Piece, bits: number): number {
  const [a, b] = [digitsOf(piece.a, bits), digitsOf(piece.b, bits)];
  const end = digitsOf(piece.from + 32 * piece.words, bits) + 1;
  return Math.max(a, b, end, a + b - 1 - firstOf(piece, bits));
}

/** The numbers of points that passes of radix 2 to 5 make, not below `least`. */
function lengths(least: number): Shape[] {
  const found: Shape[] = [];
  for (const head of [1, 3, 5]) {
    let power = 2; // eight points at least, and a multiple of that
    while (head * 4 ** power < least) power++;
    const half = 2 * head * 4 ** (power - 1);
    const fours = (count: number): number[] => new Array<number>(count).fill(4);
    const first = head === 1 ? [] : [head];
    found.push(
      half >= least
        ? { points: half, bits: 0, radices: [...first, 2, ...fours(power - 1)] }
        : { points: head * 4 ** power, bits: 0, radices: [...first, ...fours(power)] },
    );
  }
  return found;
}

/**
 * The shortest transform by which all pieces come out exact.
 *
 * @param sums - how many products are added up before the digits are rounded
 * @returns undefined where the numbers are too long for doubles
 */
export function shapeOf(pieces: readonly Piece[], sums = 1): Shape | undefined {
  let best: Shape | undefined;
  for (let bits = MAX_DIGIT; bits >= MIN_DIGIT; bits--) {
    let digits = 0;
    let weight = 0;
    for (const piece of pieces) {
      digits = Math.max(digits, digitsFor(piece, bits));
      weight = Math.max(weight, Math.sqrt(digitsOf(piece.a, bits) * digitsOf(piece.b, bits)));
    }
    for (const length of lengths(Math.ceil(digits / 2))) {
      const shape = { ...length, bits };
      if (best !== undefined && shape.points >= best.points) continue;
      // Below a half, and with room for the rounding itself.
      if (
        largestError(shape, weight * sums) < 0.49 &&
        weight * sums * 2 ** (2 * bits - 2) < 2 ** 50
      ) {
        best = shape;
      }
    }
  }
  return best;
}
