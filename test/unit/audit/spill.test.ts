import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { doubles, hashOf, octets, orderBy, words } from "../../../src/audit/columns.ts";
import { DigestTable } from "../../../src/audit/digest-table.ts";
import { SpillLog, SpillSpace } from "../../../src/audit/spill.ts";
import { equalBytes, toHex } from "../../../src/bytes/octets.ts";
import { digest } from "../../../src/crypto/digest.ts";
import { PkiError } from "../../../src/model/error.ts";
import { fakeScratch } from "../../support/fake-scratch.ts";

const sha256 = (n: number) => toHex(digest("sha256", new TextEncoder().encode(`${n}`)));

describe("a log in a file", () => {
  /** Lengths around the sizes of blocks and buffers. */
  const LENGTHS = [0, 1, 4091, 4092, 4093, 100_000, 262_139, 262_140, 262_141, 600_000];

  it("gives back every entry, from the file and from before it is there", () => {
    const { scratch, scratchFiles } = fakeScratch(0);
    const log = new SpillLog(scratch.open());
    const entries = [...LENGTHS, ...LENGTHS.toReversed()].map((length, i) => {
      const entry = new Uint8Array(length).fill(i + 1);
      return { entry, offset: log.append(entry) };
    });
    expect(scratchFiles[0]?.bytes.length).toBeGreaterThan(2_000_000);
    expect(scratchFiles[0]?.bytes.length).toBeLessThan(log.size);
    for (const { entry, offset } of entries) {
      expect(equalBytes(log.read(offset), entry)).toBe(true);
      expect(equalBytes(log.read(offset, 10), entry.subarray(0, 10))).toBe(true);
    }
  });

  it("gives them back while more are added", () => {
    fc.assert(
      fc.property(fc.array(fc.nat(9000), { minLength: 100, maxLength: 300 }), (lengths) => {
        const log = new SpillLog(fakeScratch(0).scratch.open());
        const offsets: number[] = [];
        for (const [i, length] of lengths.entries()) {
          offsets.push(log.append(new Uint8Array(length).fill(i)));
          const old = (i * 7) % offsets.length;
          const entry = log.read(offsets[old] as number);
          expect(entry.length).toBe(lengths[old]);
          expect(entry.every((octet) => octet === (old & 255))).toBe(true);
        }
      }),
      { numRuns: 20 },
    );
  });

  it("keeps what it ran into, and does nothing more", () => {
    let writes = 0;
    const full = new PkiError("file-unwritable", "no space left");
    const log = new SpillLog({
      write() {
        writes++;
        throw full;
      },
      read() {},
    });
    log.append(new Uint8Array(200_000));
    expect(log.failure).toBeUndefined();
    expect(() => log.append(new Uint8Array(100_000))).toThrow(full);
    expect(log.failure).toBe(full);
    expect(() => log.append(new Uint8Array(200_000))).toThrow(full);
    expect(writes).toBe(1);
  });

  it("is opened once, and a file that cannot be made is kept in mind", () => {
    let opened = 0;
    const refused = new PkiError("file-unwritable", "permission denied");
    const good = new SpillSpace({
      isOver: () => true,
      open() {
        opened++;
        return { write() {}, read() {} };
      },
    });
    expect(good.log).toBe(good.log);
    expect(opened).toBe(1);
    const bad = new SpillSpace({
      isOver: () => true,
      open() {
        throw refused;
      },
    });
    expect(bad.failure).toBeUndefined();
    expect(() => bad.log).toThrow(refused);
    expect(bad.failure).toBe(refused);
  });
});

describe("a table of digests", () => {
  it("numbers them in the order they come in, and knows them again", () => {
    const table = new DigestTable();
    for (let i = 0; i < 20_000; i++) if (table.take(sha256(i)) !== i) expect.fail(`${i}`);
    for (let i = 0; i < 20_000; i += 37) {
      expect(table.take(sha256(i))).toBe(i);
      expect(table.find(sha256(i))).toBe(i);
      expect(table.hex(i)).toBe(sha256(i));
    }
    expect(table.size).toBe(20_000);
    expect(table.find(sha256(20_000))).toBeUndefined();
  });

  it("looks at all of a digest", () => {
    const table = new DigestTable();
    const one = sha256(1);
    table.take(one);
    for (let digit = 0; digit < 64; digit++) {
      const other = `${one.slice(0, digit)}${one[digit] === "0" ? "1" : "0"}${one.slice(digit + 1)}`;
      expect(table.find(other)).toBeUndefined();
    }
  });

  it("has nothing under what is no digest", () => {
    const table = new DigestTable();
    for (const text of ["", "ab", sha256(1).toUpperCase(), `${sha256(1)}0`, "g".repeat(64)]) {
      expect(table.find(text)).toBeUndefined();
      expect(() => table.take(text)).toThrow(RangeError);
    }
  });
});

describe("columns", () => {
  it("hold what they are made for", () => {
    const [small, middle, large] = [octets(), words(), doubles()];
    for (let i = 0; i < 40_000; i++) {
      small.push(i & 255);
      middle.push(2 ** 32 - 1 - i);
      large.push(2 ** 53 - 1 - i);
    }
    small.set(20_000, 7);
    for (const i of [0, 16_383, 16_384, 32_767, 32_768, 39_999]) {
      expect(small.get(i)).toBe(i & 255);
      expect(middle.get(i)).toBe(2 ** 32 - 1 - i);
      expect(large.get(i)).toBe(2 ** 53 - 1 - i);
    }
    expect(small.get(20_000)).toBe(7);
    expect(large.length).toBe(40_000);
  });

  it("are put in order by numbers of 32 bits, equals in their own order", () => {
    fc.assert(
      fc.property(fc.array(fc.oneof(fc.nat(3), fc.nat(2 ** 32 - 1))), (numbers) => {
        const expected = numbers.map((_, i) => i);
        expected.sort((a, b) => (numbers[a] as number) - (numbers[b] as number) || a - b);
        expect([...orderBy(numbers.length, (i) => numbers[i] as number)]).toEqual(expected);
      }),
    );
  });

  it("are of hashes that differ for texts that differ little", () => {
    const hashes = new Set<number>();
    for (let i = 0; i < 50_000; i++) hashes.add(hashOf(`CN=host-${i},O=Example`));
    // Of 50,000 numbers of 32 bits by chance, 0.3 pairs are the same.
    expect(hashes.size).toBeGreaterThan(49_990);
    expect(hashOf("CN=a")).toBe(hashOf("CN=a"));
  });
});
