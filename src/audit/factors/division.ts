/** An integer in words of 32 bits, lowest first: the index of the first, and how many they are. */
export interface Words {
  readonly at: number;
  readonly count: number;
}

/** Writes `count` words of a·b, from word `from` on, to word `to`. */
export type Multiply = (a: Words, b: Words, from: number, to: number, count: number) => void;

/** Sizes of a division in words. */
export interface Sizes {
  /** Of the divisor, whose highest bit is 1. */
  readonly divisor: number;
  readonly dividend: number;
  /** Of the quotient's fraction. */
  readonly fraction: number;
}

/** A product of which some is wanted, in words. */
interface Step {
  readonly a: number;
  readonly b: number;
  readonly from: number;
  readonly count: number;
}

/** Words of the first approximation, which is made with BigInt. */
const FIRST = 64;

/** What has to be done for a division. Counts are of words. */
interface Plan {
  /** Fraction of the divisor's inverse, from step to step. */
  readonly inverses: readonly number[];
  /** Whole words of the quotient; fraction of its first approximation; fraction of what remains then. */
  readonly whole: number;
  readonly quotient: number;
  readonly remainder: number;
  readonly steps: Readonly<Record<"quotient" | "remainder" | "change", Step>>;
}

function planOf({ divisor, dividend, fraction }: Sizes): Plan {
  const whole = Math.max(0, dividend - divisor);
  const last = Math.max(Math.ceil((fraction + whole) / 2), whole) + 2;
  const inverses = [last];
  for (let t = last; t > FIRST; ) {
    t = Math.ceil((t + 1) / 2);
    inverses.unshift(t);
  }
  const quotient = last - whole;
  const dropped = Math.max(0, divisor - quotient - 1);
  const used = Math.min(divisor, fraction + whole + 2);
  const remainder = Math.min(fraction + 1, used + quotient);
  return {
    inverses,
    whole,
    quotient,
    remainder,
    steps: {
      quotient: {
        a: Math.max(1, dividend - dropped),
        b: last + 1,
        from: divisor - dropped + last - quotient,
        count: quotient + whole + 1,
      },
      remainder: {
        a: used,
        b: quotient + whole + 1,
        from: used + quotient - remainder,
        count: remainder - quotient + 2,
      },
      change: {
        a: remainder - quotient + 2,
        b: last + 1,
        from: remainder + last - fraction,
        count: Math.max(1, fraction - quotient + 2),
      },
    },
  };
}

/** Both products of a step of Newton's method, from `t` words of fraction to `next`. */
function newton(divisor: number, t: number, next: number): Record<"error" | "change", Step> {
  const used = Math.min(divisor, next + 1);
  const kept = Math.min(next + 1, used + t);
  const count = kept - t + 2;
  return {
    error: { a: used, b: t + 1, from: used + t - kept, count },
    change: { a: count, b: t + 1, from: kept + t - next, count: next - t + 2 },
  };
}

/** Words that `fractionOf` takes beside its arguments. */
export function divisionScratch(sizes: Sizes): number {
  const { inverses, whole } = planOf(sizes);
  return 5 * ((inverses.at(-1) as number) + whole + 8);
}

/**
 * Writes the fraction of dividend / divisor, rounded to some ones of its last word.
 *
 * The divisor's inverse by Newton's method, to half of the fraction; then that times the dividend, and once more
 * times what remains (Karp and Markstein, 1997).
 *
 * @param view - the memory of all numbers: another view of it after each product
 * @param divisor - its highest bit is 1
 * @param to - `fraction` words; may lie where the dividend is
 * @param scratch - `divisionScratch` words
 */
export function fractionOf(
  view: () => Uint32Array,
  multiply: Multiply,
  divisor: Words,
  dividend: Words,
  { at: to, count: fraction }: Words,
  scratch: number,
): void {
  const plan = planOf({ divisor: divisor.count, dividend: dividend.count, fraction });
  const { inverses, whole, quotient, remainder, steps } = plan;
  const room = (inverses.at(-1) as number) + whole + 8;
  let [inverse, spare] = [scratch, scratch + room] as [number, number];
  const [error, change, first] = [2, 3, 4].map((i) => scratch + i * room) as [
    number,
    number,
    number,
  ];
  /** The highest words of a number. */
  const top = ({ at, count }: Words, of: number): Words => ({ at: at + count - of, count: of });
  const run = (step: Step, a: Words, b: Words, at: number): Words => {
    multiply(a, b, step.from, at, step.count);
    return { at, count: step.count };
  };

  let t = inverses[0] as number;
  firstInverse(view(), divisor, t, inverse);
  for (const next of inverses.slice(1)) {
    const { error: one, change: other } = newton(divisor.count, t, next);
    const x = { at: inverse, count: t + 1 };
    const wrong = run(one, top(divisor, one.a), x, error);
    const sign = makePositive(view(), wrong);
    const by = run(other, wrong, x, change);
    const memory = view();
    memory.fill(0, spare, spare + next - t);
    memory.copyWithin(spare + next - t, x.at, x.at + x.count);
    accumulate(view(), { at: spare, count: next + 1 }, by, -sign);
    [inverse, spare] = [spare, inverse];
    t = next;
  }
  const x = { at: inverse, count: t + 1 };
  const q = run(steps.quotient, top(dividend, steps.quotient.a), x, first);
  // What remains: the dividend less the divisor times q, of which the highest words are known to be nothing.
  const rest = run(steps.remainder, top(divisor, steps.remainder.a), q, error);
  const memory = view();
  const skipped = divisor.count - remainder;
  let borrow = 0;
  for (let i = 0; i < rest.count; i++) {
    const index = skipped + i;
    const word = index < 0 || index >= dividend.count ? 0 : (memory[dividend.at + index] as number);
    const value = word - (memory[rest.at + i] as number) + borrow;
    borrow = value < 0 ? -1 : 0;
    memory[rest.at + i] = value;
  }
  const sign = makePositive(view(), rest);
  const by = run(steps.change, rest, x, change);
  // The quotient's fraction is about half of what is wanted; of short ones it may be more.
  const shift = Math.max(0, fraction - quotient);
  const result = view();
  result.fill(0, to, to + shift);
  result.copyWithin(to + shift, q.at + Math.max(0, quotient - fraction), q.at + quotient);
  accumulate(view(), { at: to, count: fraction }, by, sign);
}

/** 2^(32 t) over the divisor, as a fraction below 1, from its first words. */
function firstInverse(memory: Uint32Array, { at, count }: Words, t: number, to: number): void {
  let high = 0n;
  for (let i = 1; i <= t + 1; i++) {
    high = (high << 32n) | BigInt(i <= count ? (memory[at + count - i] as number) : 0);
  }
  let value = (1n << BigInt(32 * (2 * t + 1))) / high;
  for (let i = 0; i <= t; i++, value >>= 32n) memory[to + i] = Number(BigInt.asUintN(32, value));
}

/** Two's complement to magnitude. @returns the sign */
function makePositive(memory: Uint32Array, { at, count }: Words): 1 | -1 {
  if ((memory[at + count - 1] as number) < 2 ** 31) return 1;
  let carry = 1;
  for (let i = at; i < at + count; i++) {
    const value = 0xffffffff - (memory[i] as number) + carry;
    carry = value > 0xffffffff ? 1 : 0;
    memory[i] = value;
  }
  return -1;
}

/** a + sign · b, in the words of a. */
function accumulate(memory: Uint32Array, a: Words, b: Words, sign: number): void {
  let carry = 0;
  for (let i = 0; i < a.count; i++) {
    if (i >= b.count && carry === 0) return;
    const word = i < b.count ? (memory[b.at + i] as number) : 0;
    const value = (memory[a.at + i] as number) + sign * word + carry;
    carry = Math.floor(value / 2 ** 32);
    memory[a.at + i] = value;
  }
}
