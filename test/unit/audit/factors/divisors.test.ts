import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { sharedFactors } from "../../../../src/audit/batch-gcd.ts";
import { fastDivisors } from "../../../../src/audit/factors/fast.ts";
import { plainDivisors } from "../../../../src/audit/factors/plain.ts";
import { gcd, integerOf } from "../../../../src/audit/integers.ts";
import { digest } from "../../../../src/crypto/digest.ts";

/** Numbers of many thousands of bits: each run takes tens of milliseconds. */
const RUNS = Math.min(600, Number(process.env.PROPERTY_RUNS ?? 100));

/** What each shares with the product of all others, by that product. */
function slowDivisors(numbers: readonly bigint[]): ReadonlyMap<number, bigint> {
  const shared = numbers.map((n, i): [number, bigint] => {
    const others = numbers.reduce((product, m, j) => (j === i ? product : (product * m) % n), 1n);
    return [i, gcd(n, others % n)];
  });
  return new Map(shared.filter(([, divisor]) => divisor !== 1n));
}

const sorted = (map: ReadonlyMap<number, bigint> | undefined) =>
  [...(map ?? [])].sort(([a], [b]) => a - b);

/** A number of so many bits with the highest one set, the same each time. */
function made(seed: number, bits: number): bigint {
  let octets = 0n;
  for (let i = 0; i * 512 < bits; i++) {
    const hash = digest("sha512", new TextEncoder().encode(`${seed} ${i}`));
    octets = (octets << 512n) | integerOf(hash);
  }
  return BigInt.asUintN(bits, octets) | (1n << BigInt(bits - 1));
}

// Mersenne primes, and the primes of P-192 and P-256.
const PRIMES = [127, 521, 607, 1279, 2203, 2281, 3217, 4253].map((bits) => 2n ** BigInt(bits) - 1n);
const P192 = 2n ** 192n - 2n ** 64n - 1n;
const P256 = 2n ** 256n - 2n ** 224n + 2n ** 192n + 2n ** 96n - 1n;

describe("what numbers share", () => {
  const prime = fc.constantFrom(3n, 65_537n, P192, P256, ...PRIMES);
  const product = fc
    .array(prime, { minLength: 1, maxLength: 4 })
    .map((all) => all.reduce((a, b) => a * b));
  const strange = fc.oneof(
    fc.constantFrom(2n, 3n, 4n, 2n ** 31n, 2n ** 32n - 1n, 2n ** 32n, 2n ** 64n - 1n, 2n ** 64n),
    fc.nat({ max: 600 }).map((bits) => 2n ** BigInt(bits + 1)),
    fc.nat({ max: 600 }).map((bits) => 2n ** BigInt(bits + 2) - 1n),
    fc.bigInt({ min: 2n, max: 2n ** 700n }),
    fc
      .tuple(fc.nat(), fc.integer({ min: 512, max: 16_384 }))
      .map(([seed, bits]) => made(seed, bits)),
  );

  it("is that of the product of all others: primes of very different sizes, powers of two, duplicates", () => {
    fc.assert(
      fc.property(
        fc.array(fc.oneof(product, strange), { minLength: 1, maxLength: 40 }),
        (numbers) => {
          const exact = sorted(slowDivisors(numbers));
          expect(sorted(fastDivisors(numbers, 0))).toEqual(exact);
          expect(sorted(plainDivisors(numbers))).toEqual(exact);
        },
      ),
      { numRuns: RUNS },
    );
  });

  it("is found in blocks as well: every block is compared with every other", () => {
    fc.assert(
      fc.property(fc.array(product, { minLength: 2, maxLength: 30 }), (numbers) => {
        // Not the whole common divisor with all others, where a square is shared: whatever is shared at all.
        const primes = (map: ReadonlyMap<number, bigint> | undefined) =>
          sorted(map).map(([i, n]) => [i, ...[...PRIMES, P192, P256].map((p) => n % p === 0n)]);
        expect(primes(fastDivisors(numbers, 0, 2 ** 16))).toEqual(primes(slowDivisors(numbers)));
      }),
      { numRuns: RUNS / 2 },
    );
  });

  it.each([2, 3, 31, 32, 33, 63, 64, 65, 100])(
    "of %i moduli is a prime planted in two",
    (count) => {
      const planted = made(1, 1024) | 1n;
      const moduli = Array.from({ length: count }, (_, i) => (made(i + 10, 2048) << 1n) | 1n);
      moduli[0] = planted * (made(2, 1024) | 1n);
      moduli[count - 1] = planted * (made(3, 1024) | 1n);
      const found = fastDivisors(moduli, 0) ?? new Map();
      expect([0, count - 1].map((i) => (found.get(i) ?? 1n) % planted)).toEqual([0n, 0n]);
      expect(sorted(found)).toEqual(sorted(plainDivisors(moduli)));
    },
  );

  it("is nothing of numbers for which the transforms are not made, or not worth it", () => {
    const few = Array.from({ length: 63 }, (_, i) => made(i, 2048));
    expect(fastDivisors(few)).toBeUndefined();
    expect(fastDivisors([...few, made(63, 2048)])).toBeDefined();
    expect(fastDivisors([2n ** 3000n, 3n], 0, 4096)).toBeUndefined();
  });
});

describe("shared factors", () => {
  const [a, b, c] = PRIMES.slice(4) as [bigint, bigint, bigint];
  const others = Array.from({ length: 64 }, (_, i) => 2n ** BigInt(2100 + i) - 1n);

  it("are told of numbers below 2, which share nothing, and of equal ones, which share all", () => {
    expect(sharedFactors([0n, 1n, 0n, a * b])).toEqual([]);
    expect(sharedFactors([0n, a * b, 1n, a * c])).toEqual([{ factor: a, members: [1, 3] }]);
    expect(sharedFactors([a * b, a * b])).toEqual([{ factor: a * b, members: [0, 1] }]);
  });

  it("are the same with transforms and without", () => {
    const numbers = [...others, a * b, b * c, 2n * a, 6n];
    const globals = globalThis as { WebAssembly?: unknown };
    const engine = globals.WebAssembly;
    const found = sharedFactors(numbers);
    try {
      globals.WebAssembly = undefined;
      expect(fastDivisors(numbers, 0)).toBeUndefined();
      expect(sharedFactors(numbers)).toEqual(found);
    } finally {
      globals.WebAssembly = engine;
    }
    expect(found.length).toBeGreaterThan(3);
  });
});
