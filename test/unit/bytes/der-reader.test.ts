import { describe, expect, it } from "vitest";
import { DerReader, decodeOid, MAX_DEPTH } from "../../../src/bytes/der-reader.ts";
import { Tag } from "../../../src/bytes/der-tag.ts";
import { der } from "../../../src/bytes/der-writer.ts";
import { fromHex, toHex } from "../../../src/bytes/octets.ts";
import { codeOf } from "../../support/error-code.ts";
import { pemFixture } from "../../support/fixtures.ts";
import { mutate, propertyRuns, SeededRandom } from "../../support/mutations.ts";

const hex = (digits: string) => fromHex(digits.replaceAll(" ", ""));
const reader = (digits: string) => new DerReader(hex(digits), "file");

describe("reading", () => {
  it("walks nested structures and names the place", () => {
    const file = reader("3008 3006 020101 0201ff");
    const inner = file.sequence("store").sequence("entry");
    expect(inner.unsigned("version", 9)).toBe(1);
    expect(() => inner.unsigned("count", 9)).toThrow(
      expect.objectContaining({ code: "format-malformed", where: "file/store/entry@10" }),
    );
  });

  it("takes lengths that are not minimal, since real certificates have them", () => {
    expect(reader("0481 01 aa").octetString("x")).toEqual(hex("aa"));
    expect(reader("0484 00000001 aa").octetString("x")).toEqual(hex("aa"));
  });

  it.each([
    ["nothing", ""],
    ["a tag alone", "30"],
    ["a length cut short", "3082 01"],
    ["a length past the end", "3003 0201"],
    ["a length of five octets", "3085 0000000001 00"],
    ["a length of 2^32-1", "3084 ffffffff 00"],
    ["an indefinite length", "3080 0000"],
    ["a tag number above 30", "3f81 01 00"],
    ["another tag", "3100"],
  ])("refuses %s", (_what, digits) => {
    expect(codeOf(() => reader(digits).sequence("x"))).toBe("format-malformed");
  });

  it("nests 64 deep and no deeper", () => {
    const nested = (depth: number): Uint8Array => {
      let inner = der.null();
      for (let i = 0; i < depth; i++) inner = der.sequence(inner);
      return inner;
    };
    const descend = (depth: number) => {
      let at = new DerReader(nested(depth));
      for (let i = 0; i < depth; i++) at = at.sequence("x");
    };
    expect(codeOf(() => descend(MAX_DEPTH - 1))).toBe("none");
    expect(codeOf(() => descend(MAX_DEPTH))).toBe("none");
    expect(codeOf(() => descend(MAX_DEPTH + 1))).toBe("limit-exceeded");
  });

  it("keeps the depth through octet strings", () => {
    const outer = new DerReader(der.null(), "outer");
    expect(outer.nested(der.null(), "inner").where).toBe("outer/inner");
  });

  it.each([
    ["020100", 0],
    ["02017f", 127],
    ["02020080", 128],
    ["0205 0000000005", 5],
    ["0204 004c4b40", 5_000_000],
  ])("reads the INTEGER %s", (digits, value) => {
    expect(reader(digits).unsigned("iterations", 5_000_000)).toBe(value);
  });

  it.each([
    ["one above the limit", "0204 004c4b41", "limit-exceeded"],
    ["2^31-1", "0204 7fffffff", "limit-exceeded"],
    ["2^63-1", "0208 7fffffffffffffff", "limit-exceeded"],
    ["one that wraps to 1 in 64 bits", "0209 010000000000000001", "limit-exceeded"],
    ["a negative one", "0201ff", "format-malformed"],
    ["an empty one", "0200", "format-malformed"],
  ])("refuses %s as iterations", (_what, digits, code) => {
    expect(codeOf(() => reader(digits).unsigned("iterations", 5_000_000))).toBe(code);
  });

  it("bounds INTEGERs of any size", () => {
    const integer = (length: number) =>
      new DerReader(der.tlv(Tag.integer, new Uint8Array(length).fill(1)));
    expect(integer(2048).integerBytes("n").length).toBe(2048);
    expect(integer(2049).integerBytes("n").length).toBe(2049);
    expect(codeOf(() => integer(2050).integerBytes("n"))).toBe("limit-exceeded");
  });

  it.each([
    ["0101ff", true],
    ["010101", true],
    ["010100", false],
  ])("reads the BOOLEAN %s", (digits, value) => {
    expect(reader(digits).boolean("x")).toBe(value);
  });

  it.each(["0100", "01020000"])("refuses the BOOLEAN %s", (digits) => {
    expect(codeOf(() => reader(digits).boolean("x"))).toBe("format-malformed");
  });

  it.each([
    ["030100", 0, ""],
    ["0302 0780", 7, "80"],
  ])("reads the BIT STRING %s", (digits, unused, bytes) => {
    expect(reader(digits).bitString("x")).toEqual({ unused, bytes: hex(bytes) });
  });

  it.each(["0300", "030101", "03020800"])("refuses the BIT STRING %s", (digits) => {
    expect(codeOf(() => reader(digits).bitString("x"))).toBe("format-malformed");
  });

  it("refuses leftovers", () => {
    expect(codeOf(() => reader("0500").finish("x"))).toBe("format-malformed");
  });

  it("gives the next element only when it is asked for", () => {
    const file = reader("0500 0101ff");
    expect(file.optional(Tag.boolean)).toBeUndefined();
    expect(file.optional(Tag.null)).toBeDefined();
    expect(file.peek()).toBe(Tag.boolean);
    expect(toHex(file.nextRaw())).toBe("0101ff");
    expect(file.peek()).toBe(-1);
    expect(file.done).toBe(true);
  });
});

describe("object identifiers", () => {
  // X.690 §8.19.5, RSA's arc, and the joint arc with a second number above 39.
  it.each([
    ["2.100.3", "813403"],
    ["1.2.840.113549.1.7.1", "2a864886f70d010701"],
    ["0.0", "00"],
    ["2.999", "8837"],
    ["1.3.6.1.4.1.42.2.17.1.1", "2b060104012a02110101"],
  ])("%s", (dotted, digits) => {
    expect(decodeOid(hex(digits))).toBe(dotted);
    expect(toHex(der.oid(dotted))).toBe(`06${toHex(Uint8Array.of(digits.length / 2))}${digits}`);
  });

  it.each(["", "80", "2a86", `2a${"ff".repeat(9)}7f`, "01".repeat(129)])("refuses %s", (digits) => {
    expect(decodeOid(hex(digits))).toBeUndefined();
  });

  it("takes 128 octets", () => {
    expect(decodeOid(hex("01".repeat(128)))).toBeDefined();
  });
});

it("damaged certificates never fail in another way", () => {
  const certificate = pemFixture("pem/server.pem");
  const random = new SeededRandom(1);
  const walk = (at: DerReader): void => {
    while (!at.done) {
      const element = at.next();
      if ((element.tag & 0x20) !== 0) walk(at.inside(element, "x"));
    }
  };
  for (let i = 0; i < propertyRuns; i++) {
    codeOf(() => walk(new DerReader(mutate(certificate, random))));
  }
});
