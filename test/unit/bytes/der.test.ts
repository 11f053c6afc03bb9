import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { berToDer, DerReader, decodeOid, der, MAX_DEPTH, Tag } from "../../../src/bytes/der.ts";
import { concat, fromHex, toHex } from "../../../src/bytes/octets.ts";
import { PkiError } from "../../../src/model/error.ts";
import { pemFixture } from "../../support/fixtures.ts";
import { mutate, propertyRuns, SeededRandom } from "../../support/mutations.ts";

const hex = (digits: string) => fromHex(digits.replaceAll(" ", ""));
const reader = (digits: string) => new DerReader(hex(digits), "file");

function codeOf(run: () => unknown): string {
  try {
    run();
  } catch (error) {
    if (error instanceof PkiError) return error.code;
    throw error;
  }
  return "none";
}

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

  it("refuses what is nested too deep, and does not overflow the stack", () => {
    const deep = concat(Array.from({ length: 100_000 }, () => hex("3080")));
    expect(codeOf(() => berToDer(deep))).toBe("limit-exceeded");
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
    const damaged = mutate(certificate, random);
    codeOf(() => walk(new DerReader(damaged)));
    codeOf(() => berToDer(damaged));
  }
});
