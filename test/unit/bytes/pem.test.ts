import { describe, expect, it } from "vitest";
import { encodeBase64, looksLikePem, readPem, writePem } from "../../../src/bytes/pem.ts";
import { PkiError } from "../../../src/model/error.ts";
import { mutate, propertySeed, SeededRandom } from "../../support/mutations.ts";

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);
const one = (text: string) => {
  const [block, ...more] = readPem(bytes(text));
  expect(more).toEqual([]);
  if (block === undefined) throw new Error("no block");
  return block;
};
const begin = "-----BEGIN TEST-----";
const end = "-----END TEST-----";

describe("readPem", () => {
  it("gives label, bytes and place", () => {
    const text = `before\n\n${begin}\nAQID\n${end}\nafter\n`;
    const block = one(text);
    expect(block).toMatchObject({ label: "TEST", start: 8, line: 3 });
    expect([...block.der]).toEqual([1, 2, 3]);
    expect(text.slice(block.start, block.end)).toBe(`${begin}\nAQID\n${end}\n`);
  });

  it.each([
    ["CRLF", `${begin}\r\nAQ\r\nID\r\n${end}\r\n`],
    ["CR alone", `${begin}\rAQID\r${end}\r`],
    ["a byte order mark", `\ufeff${begin}\nAQID\n${end}\n`],
    ["blanks around lines", `  ${begin}  \n\t AQ ID\t\n ${end}\t\n`],
    ["one long line", `${begin}\nAQID\n${end}`],
    ["a blank line first", `${begin}\n\nAQID\n${end}`],
    ["no line break at the end", `${begin}\nAQID\n${end}`],
  ])("takes %s", (_, text) => {
    expect([...one(text).der]).toEqual([1, 2, 3]);
  });

  it.each([
    ["", []],
    ["AQ==", [1]],
    ["AQ", [1]],
    ["AQI=", [1, 2]],
    ["AQI", [1, 2]],
    ["AQ\n=\n=", [1]],
    ["+/+/", [0xfb, 0xff, 0xbf]],
  ])("decodes %j", (body, octets) => {
    expect([...one(`${begin}\n${body}\n${end}\n`).der]).toEqual(octets);
  });

  it("reads headers, folded ones too", () => {
    const block = one(
      `${begin}\nProc-Type: 4,ENCRYPTED\nDEK-Info: AES-128-CBC,\n  00FF\n\nAQID\n${end}\n`,
    );
    expect([...block.headers]).toEqual([
      ["Proc-Type", "4,ENCRYPTED"],
      ["DEK-Info", "AES-128-CBC,00FF"],
    ]);
    expect([...block.der]).toEqual([1, 2, 3]);
  });

  it("gives several blocks in order and nothing for text without any", () => {
    const text = `${begin}\nAQ==\n${end}\n-----BEGIN OTHER ONE-----\nAg==\n-----END OTHER ONE-----\n`;
    expect(readPem(bytes(text)).map(({ label }) => label)).toEqual(["TEST", "OTHER ONE"]);
    expect(readPem(bytes("nothing here\n----BEGIN X-----\n"))).toEqual([]);
  });

  it.each([
    ["no END line", `x\n${begin}\nAQID\n`, "line 2"],
    ["another label at the end", `${begin}\nAQID\n-----END OTHER-----\n`, "line 3"],
    ["a BEGIN inside a block", `${begin}\nAQID\n${begin}\n`, "line 3"],
    ["a character that is not base64", `${begin}\nAQ*D\n${end}\n`, "line 2"],
    ["a lone character", `${begin}\nAQIDA\n${end}\n`, "line 3"],
    ["text behind the padding", `${begin}\nAQ==AQID\n${end}\n`, "line 2"],
    ["three times padding", `${begin}\nAQ===\n${end}\n`, "line 2"],
    ["too little padding", `${begin}\nAQ=\n${end}\n`, "line 3"],
  ])("refuses %s", (_, text, where) => {
    expect(() => readPem(bytes(text))).toThrow(
      expect.objectContaining({ code: "format-malformed", where }),
    );
  });

  it("takes 1,000,000 lines and not one more", () => {
    const text = (lines: number) => bytes("\n".repeat(lines));
    expect(readPem(text(999_999))).toEqual([]);
    expect(readPem(text(1_000_000))).toEqual([]);
    expect(() => readPem(text(1_000_001))).toThrow(
      expect.objectContaining({ code: "limit-exceeded" }),
    );
  });

  it("takes 64 MiB and not one byte more", () => {
    const size = 64 * 1024 * 1024;
    expect(readPem(new Uint8Array(size).fill(0x2d))).toEqual([]);
    expect(() => readPem(new Uint8Array(size + 1))).toThrow(
      expect.objectContaining({ code: "limit-exceeded" }),
    );
  });

  it("takes 32 headers and not one more", () => {
    const text = (count: number) =>
      bytes(
        `${begin}\n${Array.from({ length: count }, (_, i) => `H${i}: x\n`).join("")}\nAQID\n${end}\n`,
      );
    expect(readPem(text(32))[0]?.headers.size).toBe(32);
    expect(() => readPem(text(33))).toThrow(expect.objectContaining({ code: "limit-exceeded" }));
  });

  it("never fails otherwise than with a PkiError, whatever the damage", () => {
    const source = bytes(
      `text\n${writePem(
        "TEST",
        Uint8Array.from({ length: 200 }, (_, i) => i),
      )}\nmore\n`,
    );
    const random = new SeededRandom(propertySeed);
    for (let run = 0; run < 1000; run++) {
      try {
        readPem(mutate(source, random));
      } catch (error) {
        if (!(error instanceof PkiError)) throw new Error(`run ${run}`, { cause: error });
      }
    }
  });
});

describe("writePem", () => {
  it("breaks at 64 columns and ends lines with LF", () => {
    const text = writePem("TEST", new Uint8Array(49));
    expect(text.split("\n").map((line) => line.length)).toEqual([20, 64, 4, 18, 0]);
  });

  it("writes headers", () => {
    expect(writePem("TEST", Uint8Array.of(1), [["Proc-Type", "4,ENCRYPTED"]])).toBe(
      `${begin}\nProc-Type: 4,ENCRYPTED\n\nAQ==\n${end}\n`,
    );
  });

  it("gives back what it was given, at every length around its slices", () => {
    for (const length of [0, 1, 2, 3, 47, 48, 49, 24_575, 24_576, 24_577, 60_000]) {
      const der = Uint8Array.from({ length }, (_, i) => (i * 31) & 0xff);
      expect(Buffer.from(one(writePem("TEST", der)).der).equals(Buffer.from(der))).toBe(true);
      expect(encodeBase64(der)).toBe(Buffer.from(der).toString("base64"));
    }
  });
});

describe("looksLikePem", () => {
  it("looks for a BEGIN line", () => {
    expect(looksLikePem(bytes(`text\n${begin}\n`))).toBe(true);
    expect(looksLikePem(bytes(`text ${begin}\n`))).toBe(false);
  });
});
