import { describe, expect, it } from "vitest";
import { derFaults } from "../../../src/audit/encoding.ts";
import { fromHex } from "../../../src/bytes/octets.ts";

const faults = (hex: string) => derFaults(fromHex(hex.replaceAll(" ", "")));

describe("derFaults", () => {
  it.each([
    ["30 03 02 01 7f", []],
    ["30 04 02 02 00 80", []],
    ["30 04 02 02 00 7f", ["integer"]],
    ["30 04 02 02 ff 7f", []],
    ["30 04 02 02 ff 80", ["integer"]],
    ["30 03 02 01 00", []],
    ["30 03 01 01 ff", []],
    ["30 03 01 01 00", []],
    ["30 03 01 01 01", ["boolean"]],
    ["30 04 03 02 07 80", []],
    ["30 04 03 02 07 c0", ["bit-string"]],
    ["30 04 03 02 08 00", ["bit-string"]],
    ["30 03 03 01 00", []],
    ["30 81 03 02 01 01", ["length"]],
    ["30 82 00 03 02 01 01", ["length"]],
    ["30 81 04 02 02 00 01", ["integer", "length"]],
  ])("%s: %j", (hex, expected) => {
    expect(faults(hex)).toEqual(expected);
  });

  it("takes a length of 128 octets in its long form, and in one octet more not", () => {
    const content = "00".repeat(128);
    expect(faults(`048180${content}`)).toEqual([]);
    expect(faults(`04820080${content}`)).toEqual(["length"]);
    expect(faults(`04817f${"00".repeat(127)}`)).toEqual(["length"]);
  });

  it("does not look into octet strings", () => {
    expect(faults("04 04 02 02 00 01")).toEqual([]);
  });

  it("ends at bytes that are no encoding, and at depth", () => {
    expect(faults("30 05 02 01")).toEqual([]);
    expect(faults("30 80 02 01 01 00 00")).toEqual([]);
    let nested = new Uint8Array(0);
    for (let i = 0; i < 60; i++) nested = Uint8Array.of(0x30, nested.length, ...nested);
    expect(derFaults(nested)).toEqual([]);
  });
});
