import { expect, it } from "vitest";
import { writeRoot } from "../../../../src/audit/factors/roots.ts";

/** sine and cosine of 2 pi part / whole with 200 bits, by Taylor's series in whole numbers. */
function exactRoot(part: number, whole: number): readonly [bigint, bigint] {
  const one = 1n << 200n;
  // Machin's formula.
  const arctan = (n: bigint): bigint => {
    let [sum, power] = [0n, one / n];
    for (let k = 1n; power !== 0n; k += 2n, power /= -n * n) sum += power / k;
    return sum;
  };
  const pi = 4n * (4n * arctan(5n) - arctan(239n));
  const x = (2n * pi * BigInt(part)) / BigInt(whole);
  let [cosine, sine, term] = [0n, 0n, one];
  for (let k = 0n; term !== 0n; ) {
    cosine += term;
    term = (term * x) / (++k * one);
    sine += term;
    term = (-term * x) / (++k * one);
  }
  return [cosine, sine];
}

it("roots of unity are as exact as the bound of the transforms takes them to be", () => {
  const to = new Float64Array(2);
  for (const whole of [8, 12, 20, 60, 4 * 3 * 2 ** 10, 4 * 5 * 4 ** 9]) {
    for (let i = 0; i <= 64; i++) {
      const part = i < 8 ? i : Math.floor((whole * (i - 7)) / 57);
      writeRoot(to, 0, part, whole);
      const exact = exactRoot(part, whole);
      // Units of 2^-53: numbers below 1 are multiples of 2^-1074, those here of 2^-200 at least.
      const wrong = exact.map((value, j) => {
        const own = BigInt((to[j] as number) * 2 ** 100) << 100n;
        return Number(own - value) / 2 ** 147;
      });
      expect(Math.hypot(...wrong), `${part}/${whole}`).toBeLessThan(4);
    }
  }
});
