import fc from "fast-check";
import { expect, it } from "vitest";
import {
  divisionScratch,
  fractionOf,
  type Multiply,
} from "../../../../src/audit/factors/division.ts";

const MARK = 0xdeadbeef;

it("fractions are those of BigInt, but for some ones in the last place, and nothing beside them is touched", () => {
  const memory = new Uint32Array(30_000);
  const read = (at: number, count: number): bigint => {
    let value = 0n;
    for (let i = count - 1; i >= 0; i--) value = (value << 32n) | BigInt(memory[at + i] ?? 0);
    return value;
  };
  const write = (at: number, count: number, value: bigint): void => {
    for (let i = 0; i < count; i++, value >>= 32n)
      memory[at + i] = Number(BigInt.asUintN(32, value));
  };
  const multiply: Multiply = (a, b, from, to, count) => {
    write(to, count, (read(a.at, a.count) * read(b.at, b.count)) >> BigInt(32 * from));
  };
  const words = fc.oneof(fc.integer({ min: 1, max: 8 }), fc.integer({ min: 1, max: 300 }));
  const kind = fc.constantFrom("nothing", "ones", "highest bit", "any");
  const bits = fc.bigInt({ min: 0n, max: 2n ** 9600n - 1n });
  const number = fc
    .tuple(words, kind, bits)
    .map(([count, what, any]): readonly [number, bigint] => {
      const all = 2n ** BigInt(32 * count);
      return [
        count,
        what === "nothing"
          ? 0n
          : what === "ones"
            ? all - 1n
            : what === "any"
              ? any % all
              : all / 2n,
      ];
    });
  fc.assert(
    fc.property(number, number, words, ([d, divisorBits], [v, value], fraction) => {
      const divisor = divisorBits | (1n << BigInt(32 * d - 1));
      const scratch = divisionScratch({ divisor: d, dividend: v, fraction });
      const to = 1 + d + v;
      write(0, d, divisor);
      write(d, v, value);
      memory[to - 1] = MARK;
      memory[to + fraction] = MARK;
      memory[to + fraction + 1 + scratch] = MARK;
      const result = { at: to, count: fraction };
      const place = { at: d, count: v };
      fractionOf(() => memory, multiply, { at: 0, count: d }, place, result, to + fraction + 1);
      const exact = (value << BigInt(32 * fraction)) / divisor;
      const wrong = BigInt.asIntN(32 * fraction, read(to, fraction) - exact);
      expect(wrong >= -4n && wrong <= 4n).toBe(true);
      expect([to - 1, to + fraction, to + fraction + 1 + scratch].map((i) => memory[i])).toEqual([
        MARK,
        MARK,
        MARK,
      ]);
    }),
    { numRuns: Math.min(5000, Number(process.env.PROPERTY_RUNS ?? 500)) },
  );
});
