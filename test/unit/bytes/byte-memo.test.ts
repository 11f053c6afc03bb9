import { describe, expect, it } from "vitest";
import { ARENA_CHUNK, Arena } from "../../../src/bytes/arena.ts";
import { ByteMemo } from "../../../src/bytes/byte-memo.ts";

const bytesOf = (...octets: number[]): Uint8Array => Uint8Array.from(octets);

describe("a memo of byte strings", () => {
  it("gives what was made of the same octets, wherever they stand", () => {
    const memo = new ByteMemo<string>();
    memo.make(bytesOf(9, 1, 2, 3, 9), 1, 4, (copy) => copy.join());
    expect(memo.get(bytesOf(1, 2, 3), 0, 3)).toBe("1,2,3");
    expect(memo.get(bytesOf(1, 2, 4), 0, 3)).toBeUndefined();
    expect(memo.get(bytesOf(1, 2, 3), 0, 2)).toBeUndefined();
  });

  it("tells strings apart that have the same mark", () => {
    const memo = new ByteMemo<number>();
    // The last 24 octets make the mark.
    const one = new Uint8Array(40).fill(7);
    const other = new Uint8Array(40).fill(7);
    other[0] = 8;
    memo.make(one, 0, 40, () => 1);
    expect(memo.get(one, 0, 40)).toBe(1);
    expect(memo.get(other, 0, 40)).toBeUndefined();
    memo.make(other, 0, 40, () => 2);
    expect(memo.get(one, 0, 40)).toBeUndefined();
  });

  it("keeps a copy, not the file", () => {
    const memo = new ByteMemo<Uint8Array>();
    const file = new Uint8Array(100_000);
    const made = memo.make(file, 10, 20, (copy) => copy);
    expect(made?.buffer.byteLength).toBe(10);
    file.fill(1);
    expect(memo.get(new Uint8Array(10), 0, 10)).toBe(made);
  });

  it.each([
    [1024, true],
    [1025, false],
  ])("%i octets: %s", (length, kept) => {
    const memo = new ByteMemo<number>();
    expect(memo.make(new Uint8Array(length), 0, length, () => 1) === 1).toBe(kept);
    expect(memo.get(new Uint8Array(length), 0, length) === 1).toBe(kept);
  });
});

describe("an arena", () => {
  it("gives copies that do not touch each other", () => {
    const arena = new Arena();
    const placed = Array.from({ length: 100 }, (_, i) => arena.place(new Uint8Array(1000).fill(i)));
    for (const [i, bytes] of placed.entries()) {
      expect(bytes.length).toBe(1000);
      expect(bytes.every((octet) => octet === i)).toBe(true);
      expect(bytes.buffer.byteLength).toBe(ARENA_CHUNK);
    }
  });

  it.each([
    [ARENA_CHUNK / 2, ARENA_CHUNK],
    [ARENA_CHUNK / 2 + 1, ARENA_CHUNK / 2 + 1],
  ])("%i octets are in a buffer of %i", (length, buffer) => {
    expect(new Arena().place(new Uint8Array(length)).buffer.byteLength).toBe(buffer);
  });
});
