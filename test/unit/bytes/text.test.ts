import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { fromHex, toHex } from "../../../src/bytes/octets.ts";
import { bmp, MAX_TEXT_BYTES, modifiedUtf8, utf8, utf16be } from "../../../src/bytes/text.ts";
import { codeOf } from "../../support/error-code.ts";

const anyString = fc.string({ unit: "binary" });
/** Any sequence of UTF-16 units, lone surrogates included. */
const anyUnits = fc
  .array(fc.nat(0xffff))
  .map((units) => units.map((unit) => String.fromCharCode(unit)).join(""));

describe("modified UTF-8", () => {
  // What java.io.DataOutputStream.writeUTF of JDK 17 writes for these strings, without the length.
  const java: readonly (readonly [string, string])[] = [
    ["", ""],
    ["mykey", "6d796b6579"],
    ["a\u0000b", "61c08062"],
    ["\u007f\u0080\u07ff\u0800\uffff", "7fc280dfbfe0a080efbfbf"],
    ["clé-𝒳", "636cc3a92deda0b5edb2b3"],
    ["\ud800", "eda080"],
  ];
  it.each(java)("writes %j as Java does", (text, hex) => {
    expect(toHex(modifiedUtf8.encode(text))).toBe(hex);
    expect(modifiedUtf8.decode(fromHex(hex))).toBe(text);
  });

  it("is lossless for every string", () => {
    fc.assert(
      fc.property(anyUnits, (text) => {
        expect(modifiedUtf8.decode(modifiedUtf8.encode(text))).toBe(text);
      }),
    );
  });

  it("takes overlong forms, as Java does, and plain four-octet UTF-8, as Java does not", () => {
    expect(modifiedUtf8.decode(fromHex("00c1a1e081a1"))).toBe("\u0000aa");
    expect(modifiedUtf8.decode(fromHex("f09d92b3"))).toBe("𝒳");
  });

  it.each(["80", "c3", "c341", "e0a0", "e0a041", "f8808080", "f0808080", "f4908080", "ff"])(
    "refuses %s",
    (hex) => {
      expect(codeOf(() => modifiedUtf8.decode(fromHex(hex)))).toBe("format-malformed");
    },
  );

  it("names the place and not the bytes", () => {
    const run = () =>
      modifiedUtf8.decode(fromHex("73656372657480"), { what: "label", where: "entries/3" });
    expect(run).toThrow(
      expect.objectContaining({ message: "label is not modified UTF-8", where: "entries/3" }),
    );
  });
});

describe("UTF-8", () => {
  it("decodes strictly, keeping a byte order mark", () => {
    expect(utf8.decode(fromHex("efbbbf41f09d92b3"))).toBe("\ufeffA𝒳");
    for (const hex of ["c080", "eda080", "f4908080", "80", "e282"]) {
      expect(codeOf(() => utf8.decode(fromHex(hex)))).toBe("format-malformed");
    }
  });

  it("decodes leniently with replacement characters", () => {
    expect(utf8.decodeLenient(fromHex("41ff42"))).toBe("A\ufffdB");
  });

  it("agrees with TextDecoder on what is valid", () => {
    const bytes = fc.oneof(
      fc.uint8Array({ maxLength: 8 }),
      fc
        .tuple(
          fc.constantFrom(0xc2, 0xdf, 0xe0, 0xed, 0xef, 0xf0, 0xf4, 0xf5),
          fc.uint8Array({ maxLength: 4, min: 0x80 }),
        )
        .map(([first, rest]) => Uint8Array.of(first, ...rest)),
    );
    fc.assert(
      fc.property(bytes, (input) => {
        const strict = codeOf(() => utf8.decode(input)) === "none";
        expect(utf8.valid(input)).toBe(strict);
      }),
      { numRuns: 2000 },
    );
  });
});

describe("UTF-16BE", () => {
  it("is lossless for every string", () => {
    fc.assert(
      fc.property(anyUnits, (text) => {
        expect(utf16be.decode(utf16be.encode(text))).toBe(text);
      }),
    );
  });

  it("comes from UTF-8 bytes without a string in between", () => {
    fc.assert(
      fc.property(anyString, (text) => {
        expect(utf16be.fromUtf8(utf8.encode(text))).toEqual(utf16be.encode(text));
      }),
    );
    expect(utf16be.fromUtf8(fromHex("ff"))).toBeUndefined();
  });

  it("refuses an odd number of octets", () => {
    expect(codeOf(() => bmp.decode(fromHex("0041ff")))).toBe("format-malformed");
  });
});

describe("limits", () => {
  it.each([
    ["utf8", utf8.decode],
    ["utf8 lenient", utf8.decodeLenient],
    ["utf16be", utf16be.decode],
    ["modified utf8", modifiedUtf8.decode],
  ] as const)("%s takes 1 MiB and no more", (_name, decode) => {
    const at = (length: number) => codeOf(() => decode(new Uint8Array(length).fill(0x41)));
    expect(at(MAX_TEXT_BYTES - 2)).toBe("none");
    expect(at(MAX_TEXT_BYTES)).toBe("none");
    expect(at(MAX_TEXT_BYTES + 1)).toBe("limit-exceeded");
  });
});
