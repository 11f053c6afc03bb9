import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { jsonText } from "../../../src/render/json.ts";
import { columnsOf, cutTo, safe, shellWord } from "../../../src/render/safe.ts";

/** One of every kind that has steered a terminal or hidden text in some program. */
const HOSTILE = [
  "\u0000",
  "\u0007",
  "\b",
  "\t",
  "\n",
  "\r",
  "\u001b",
  "\u007f",
  "\u0085",
  "\u009b",
  "\u00ad",
  "\u034f",
  "\u061c",
  "\u115f",
  "\u1160",
  "\u17b4",
  "\u17b5",
  "\u180e",
  "\u200b",
  "\u200d",
  "\u200e",
  "\u200f",
  "\u2028",
  "\u2029",
  "\u202a",
  "\u202e",
  "\u2060",
  "\u2066",
  "\u2069",
  "\u2800",
  "\u3164",
  "\ufeff",
  "\uffa0",
  "\ufff9",
  "\ud800",
  "\udfff",
  "\u{e0001}",
  "\u{e0041}",
] as const;

const anyText = fc.string({ unit: "binary", maxLength: 40 });
const payload = fc
  .array(fc.oneof(fc.constantFrom<string>(...HOSTILE), fc.string({ maxLength: 5 })), {
    maxLength: 8,
  })
  .map((parts) => parts.join(""));

describe("safe", () => {
  it.each(HOSTILE.map((character) => [character.codePointAt(0)?.toString(16), character]))(
    "shows U+%s as its number",
    (code, character) => {
      expect(safe(`a${character}b`)).toBe(`a\\u{${code}}b`);
    },
  );

  it("leaves ordinary text of any script as it is", () => {
    for (const text of ["", "CN=QM1, O=Ex", "pässwörd", "証明書", "Ελλάδα", "नमस्ते", "😀"]) {
      expect(safe(text)).toBe(text);
    }
  });

  it("lets no control, format, separator or surrogate character through", () => {
    fc.assert(
      fc.property(fc.oneof(anyText, payload), (text) => {
        expect(safe(text)).not.toMatch(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]/u);
      }),
    );
  });

  it("is done after once", () => {
    fc.assert(fc.property(payload, (text) => safe(safe(text)) === safe(text)));
  });
});

describe("columnsOf", () => {
  // East Asian Width W and F of Unicode 14, one of each block, with the first and last where they are coarse.
  it.each([
    ["\u{1100}\u{115f}", 4],
    ["\u{2329}\u{232a}", 4],
    ["\u{231a}\u{23f3}\u{2614}\u{26a1}\u{2705}\u{2b50}", 12],
    ["\u{a960}\u{ac00}\u{f900}\u{fe10}\u{fe6b}\u{ff01}\u{ffe6}", 14],
    ["\u{17000}\u{18d08}\u{1aff0}\u{1b2fb}\u{1f004}\u{1f18e}\u{1f200}\u{1f600}\u{20000}", 18],
    ["\u{2764}", 1],
    ["\u{2764}\u{fe0f}", 2],
    ["e\u{301}\u{488}", 1],
    ["\u{2122}é→", 3],
  ])("%s is %d", (text, columns) => {
    expect(columnsOf(text)).toBe(columns);
  });
});

describe("cutTo", () => {
  it.each([
    ["four", 4, "four"],
    ["fives", 4, "fiv…"],
    ["証明書", 6, "証明書"],
    ["証明書", 5, "証明…"],
    ["証明書", 4, "証…"],
    ["e\u0301e\u0301", 2, "e\u0301e\u0301"],
  ])("%s in %i columns is %s", (text, width, shown) => {
    expect(cutTo(text, width)).toBe(shown);
  });

  it("never takes more columns than given, nor shows anything hostile", () => {
    fc.assert(
      fc.property(payload, fc.integer({ min: 1, max: 30 }), (text, width) => {
        const shown = cutTo(text, width);
        expect(columnsOf(shown)).toBeLessThanOrEqual(width);
        expect(safe(shown)).toBe(shown);
      }),
    );
  });
});

describe("jsonText", () => {
  it("gives back what was put in, and no byte that a terminal obeys", () => {
    fc.assert(
      fc.property(payload, (text) => {
        const json = jsonText({ text });
        expect(JSON.parse(json)).toEqual({ text });
        expect(json.replaceAll("\n", "")).not.toMatch(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]/u);
      }),
    );
  });
});

describe("shellWord", () => {
  it.each([
    ["key.kdb", "key.kdb"],
    ["my key.kdb", "'my key.kdb'"],
    ["it's", "'it'\\''s'"],
    ["$(rm -rf)", "'$(rm -rf)'"],
    ["", "''"],
    ["a\nb", "$'a\\x0ab'"],
  ])("quotes %j", (word, quoted) => {
    expect(shellWord(word)).toBe(quoted);
  });
});
