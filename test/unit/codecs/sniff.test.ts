import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { indexOfAscii } from "../../../src/codecs/sniff.ts";

/** Letters of few kinds, so that there are many half matches. */
const letters = (least: number, most: number) =>
  fc.string({ unit: fc.constantFrom("-", "B", "E", "\n"), minLength: least, maxLength: most });

describe("looking for text in octets", () => {
  it.each([
    ["short", 0, 200],
    ["long", 2049, 6000],
  ])("finds the first place in %s ones", (_, least, most) => {
    fc.assert(
      fc.property(letters(least, most), letters(1, 12), fc.nat(40), (text, wanted, from) => {
        const bytes = new TextEncoder().encode(text);
        expect(indexOfAscii(bytes, wanted, from)).toBe(text.indexOf(wanted, from));
        const planted = new Uint8Array([...bytes, ...new TextEncoder().encode(`x${wanted}`)]);
        expect(indexOfAscii(planted, `x${wanted}`, from)).toBe(
          from <= bytes.length ? bytes.length : -1,
        );
      }),
    );
  });
});
