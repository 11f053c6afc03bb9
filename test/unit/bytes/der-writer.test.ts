import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { DerReader } from "../../../src/bytes/der-reader.ts";
import { der } from "../../../src/bytes/der-writer.ts";
import { fromHex, toHex } from "../../../src/bytes/octets.ts";

const hex = (digits: string) => fromHex(digits.replaceAll(" ", ""));

describe("writing", () => {
  it.each([
    [0, "020100"],
    [127, "02017f"],
    [128, "02020080"],
    [-1, "0201ff"],
    [-128, "020180"],
    [-129, "0202ff7f"],
    [2n ** 64n, "0209010000000000000000"],
    [hex("0000ff"), "020200ff"],
    [hex(""), "020100"],
  ])("INTEGER %s", (value, digits) => {
    expect(toHex(der.integer(value))).toBe(digits);
  });

  it("INTEGERs read as what was written", () => {
    fc.assert(
      fc.property(fc.nat(Number.MAX_SAFE_INTEGER), (value) => {
        const back = new DerReader(der.integer(value)).unsigned("x", Number.MAX_SAFE_INTEGER);
        expect(back).toBe(value);
      }),
    );
  });

  it.each([0, 127, 128, 255, 256, 65_535, 65_536, 16_777_215, 16_777_216])(
    "a length of %d in the fewest octets",
    (length) => {
      const whole = der.octetString(new Uint8Array(length));
      const octets = length < 128 ? 1 : 1 + Math.ceil(Math.log2(length + 1) / 8);
      expect(whole.length).toBe(1 + octets + length);
      expect(new DerReader(whole).octetString("x").length).toBe(length);
    },
  );

  it("SET OF in the order of X.690 §11.6", () => {
    expect(toHex(der.setOf(hex("0202 0100"), hex("0201 05"), hex("0101 ff")))).toBe(
      "310a 0101ff 020105 02020100".replaceAll(" ", ""),
    );
  });

  it.each([
    ["1949-12-31T23:59:59Z", "180f31393439313233313233353935395a"],
    ["1950-01-01T00:00:00Z", "170d3530303130313030303030305a"],
    ["2049-12-31T23:59:59Z", "170d3439313233313233353935395a"],
    ["2050-01-01T00:00:00Z", "180f32303530303130313030303030305a"],
  ])("time %s (RFC 5280 §4.1.2.5)", (iso, digits) => {
    expect(toHex(der.time(new Date(iso)))).toBe(digits);
  });
});
