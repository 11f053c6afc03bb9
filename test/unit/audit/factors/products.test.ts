import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Words } from "../../../../src/audit/factors/division.ts";
import { largestError, type Piece, shapeOf } from "../../../../src/audit/factors/shape.ts";
import { newWorkspace, type Workspace } from "../../../../src/audit/factors/workspace.ts";

const RUNS = Math.min(5000, Number(process.env.PROPERTY_RUNS ?? 200));

function write(space: Workspace, at: number, count: number, value: bigint): Words {
  const digits = value.toString(16).padStart(8 * count, "0");
  for (let i = 0; i < count; i++) {
    const end = digits.length - 8 * i;
    space.arena.words[at + i] = Number.parseInt(digits.slice(end - 8, end), 16);
  }
  return { at, count };
}

function read(space: Workspace, { at, count }: Words): bigint {
  const words = [...space.arena.words.subarray(at, at + count)].reverse();
  return BigInt(`0x${words.map((word) => word.toString(16).padStart(8, "0")).join("")}`);
}

/** Words of a product of `a` words by `b` words, in lane 1; lane 0 has the square of a. */
function product(
  space: Workspace,
  [a, x]: readonly [number, bigint],
  [b, y]: readonly [number, bigint],
  from: number,
  count: number,
) {
  const piece: Piece = { a: 32 * a, b: 32 * b, from: 32 * from, words: count };
  const shape = shapeOf([piece, { a: 32 * a, b: 32 * a, from: 0, words: 2 * a }]);
  if (shape === undefined) throw new Error("no shape");
  const { arena, transforms } = space;
  const start = arena.allocate(4 * (5 * a + b + 3 * count + 8)) / 4;
  const { one, two } = space.points(shape.points);
  const first = write(space, start, a, x);
  const second = write(space, start + a, b, y);
  transforms.load(one, shape, first, first);
  transforms.load(two, shape, first, second);
  transforms.forward(one, shape);
  transforms.forward(two, shape);
  arena.kernel.multiply(one, two, shape.points);
  transforms.back(one, shape);
  const square = { at: start + a + b, count: 2 * a };
  const words = { at: square.at + square.count, count };
  const unused = words.at + Math.max(count, 2 * a);
  transforms.save(one, shape, 0, square.at, unused, square.count);
  transforms.save(one, shape, 32 * from, unused, words.at, count);
  return { square: read(space, square), words: read(space, words), shape };
}

const ones = (words: number): bigint => 2n ** BigInt(32 * words) - 1n;
/** Digits that are all about as large as they can be, with either sign. */
const extreme = (words: number, bits: number): bigint =>
  BigInt.asUintN(
    32 * words,
    BigInt(`0b${`1${"0".repeat(bits - 1)}`.repeat(Math.ceil((32 * words) / bits))}`),
  );

describe("products by transforms", () => {
  const space = newWorkspace() as Workspace;

  it("are those of BigInt around every power of two of words", () => {
    for (let power = 1; power <= 4096; power *= 2) {
      for (const count of [power - 1, power, power + 1, power * 1.5, power * 1.25]) {
        if (count < 1 || !Number.isInteger(count)) continue;
        for (const x of [
          ones(count),
          extreme(count, 17),
          extreme(count, 16),
          3n ** BigInt(count * 20),
        ]) {
          const { square, words } = product(space, [count, x], [count, x], 0, 2 * count);
          expect(square === x * x && words === x * x, `${count} words`).toBe(true);
        }
      }
    }
  });

  it("of some million bits are those of BigInt, in the worst case for rounding", () => {
    const count = 70_000;
    const { shape } = product(space, [1, 1n], [count, 1n], 0, count + 1);
    for (const x of [ones(count), extreme(count, shape.bits), extreme(count, shape.bits - 1)]) {
      const { words } = product(space, [count, x], [count, x], 0, 2 * count);
      expect(words === x * x).toBe(true);
    }
  });

  it("are right in each window, but for one in the last place", () => {
    const size = fc.integer({ min: 1, max: 90 });
    const runs = fc.array(fc.constantFrom(0, 1, 0x7fffffff, 0x80000000, 0xffffffff, 0x12345678), {
      minLength: 1,
      maxLength: 6,
    });
    const number = fc
      .tuple(size, runs, fc.bigInt({ min: 0n, max: 2n ** 2880n - 1n }))
      .map(([words, pattern, noise]): readonly [number, bigint] => {
        let value = 0n;
        for (let i = 0; i < words; i++)
          value = (value << 32n) | BigInt(pattern[i % pattern.length] ?? 0);
        return [words, BigInt.asUintN(32 * words, pattern.length === 1 ? noise : value)];
      });
    fc.assert(
      fc.property(number, number, fc.nat(), fc.nat(), (a, b, low, high) => {
        const from = low % (a[0] + b[0]);
        const count = 1 + (high % (a[0] + b[0] - from + 1));
        const { words } = product(space, a, b, from, count);
        const exact = BigInt.asUintN(32 * count, (a[1] * b[1]) >> BigInt(32 * from));
        const wrong = BigInt.asIntN(32 * count, exact - words);
        expect(from === 0 ? wrong === 0n : wrong >= -1n && wrong <= 1n).toBe(true);
      }),
      { numRuns: RUNS },
    );
  });
});

describe("shapes", () => {
  it("are exact by their bound, and no longer than they must be", () => {
    for (const words of [2, 64, 128, 1000, 4096, 65_536, 500_000]) {
      const shape = shapeOf([{ a: 32 * words, b: 32 * words, from: 0, words: 2 * words }], 2);
      const digits = Math.floor((32 * words) / (shape?.bits ?? 1)) + 1;
      expect(shape && largestError(shape, 2 * digits)).toBeLessThan(0.49);
      expect(2 * (shape?.points ?? 0)).toBeLessThan(Math.max(64, 4 * digits));
      expect(shape?.radices.reduce((product, radix) => product * radix, 1)).toBe(shape?.points);
    }
  });

  it("are none where doubles do not hold the sums", () => {
    const a = 2 ** 30;
    expect(shapeOf([{ a, b: a, from: 0, words: a / 16 }])).toBeUndefined();
  });
});
