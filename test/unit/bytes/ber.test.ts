import { describe, expect, it } from "vitest";
import { berToDer } from "../../../src/bytes/ber.ts";
import { concat, fromHex, toHex } from "../../../src/bytes/octets.ts";
import { codeOf } from "../../support/error-code.ts";
import { pemFixture } from "../../support/fixtures.ts";
import { mutate, propertyRuns, SeededRandom } from "../../support/mutations.ts";

const hex = (digits: string) => fromHex(digits.replaceAll(" ", ""));

describe("BER to DER", () => {
  it.each([
    ["DER as it is", "3003020101", "3003020101"],
    ["an indefinite sequence", "3080 020101 0000", "3003020101"],
    ["nested indefinite lengths", "3080 3080 020101 0000 0000", "30053003020101"],
    ["a constructed string", "2480 0401aa 0402bbcc 0000", "0403aabbcc"],
    ["a constructed string of known length", "2407 0401aa 0402bbcc", "0403aabbcc"],
    ["strings in strings", "2480 2480 0401aa 0000 0401bb 0000", "0402aabb"],
    ["an empty indefinite", "3080 0000", "3000"],
  ])("%s", (_what, ber, expected) => {
    expect(toHex(berToDer(hex(ber)))).toBe(expected);
  });

  it.each([
    ["no end of contents", "3080 020101"],
    ["half of one", "3080 020101 00"],
    ["another kind inside a string", "2480 020101 0000"],
    ["an indefinite primitive", "3080 0480 0000 0000"],
    ["octets after the end", "3080 0000 00"],
    ["a length past its parent", "3080 3003 0202 0000 0000"],
  ])("refuses %s", (_what, ber) => {
    expect(codeOf(() => berToDer(hex(ber)))).toBe("format-malformed");
  });

  // Octets that look like BER inside a primitive: whatever is encrypted has them.
  const lookalike = "0406 24800000 3080";
  it.each([
    ["inside a string", lookalike],
    ["in a sequence with a long length", `308188 ${lookalike} 047e ${"24".repeat(126)}`],
  ])("DER stays the same array: %s", (_what, der) => {
    const bytes = hex(der);
    expect(berToDer(bytes)).toBe(bytes);
  });

  it.each([
    ["a length longer than it need be", "308109 0406248000003080 00", ""],
    ["that has leading zeros", "30820008 0406248000003080", "3008 0406248000003080"],
    ["in one octet too many", "308108 0406248000003080", "3008 0406248000003080"],
    ["in four octets", "308400000008 0406248000003080", "3008 0406248000003080"],
  ])("is made anew: %s", (_what, ber, expected) => {
    if (expected === "") expect(codeOf(() => berToDer(hex(ber)))).toBe("format-malformed");
    else expect(toHex(berToDer(hex(ber)))).toBe(expected.replaceAll(" ", ""));
  });

  it("refuses what is nested too deep, and does not overflow the stack", () => {
    const deep = concat(Array.from({ length: 100_000 }, () => hex("3080")));
    expect(codeOf(() => berToDer(deep))).toBe("limit-exceeded");
  });
});

it("damaged certificates never fail in another way", () => {
  const certificate = pemFixture("pem/server.pem");
  const random = new SeededRandom(1);
  for (let i = 0; i < propertyRuns; i++) {
    codeOf(() => berToDer(mutate(certificate, random)));
  }
});
