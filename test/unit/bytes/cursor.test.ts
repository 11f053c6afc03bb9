import { describe, expect, it } from "vitest";
import { concat, equalBytes, fromHex, toHex } from "../../../src/bytes/octets.ts";
import { ByteReader } from "../../../src/bytes/reader.ts";
import { ByteWriter } from "../../../src/bytes/writer.ts";

const failure = (code: string, where: string, message: string) =>
  expect.objectContaining({ code, where, message: expect.stringContaining(message) });

describe("ByteReader", () => {
  it("reads big-endian numbers and views, and knows what is left", () => {
    const bytes = fromHex("01 0203 04050607 08090a0b0c0d0e0f aabb".replaceAll(" ", ""));
    const reader = new ByteReader(bytes);
    expect(reader.u8()).toBe(1);
    expect(reader.u16()).toBe(0x0203);
    expect(reader.u32()).toBe(0x04050607);
    expect(reader.u64()).toBe(0x08090a0b0c0d0e0fn);
    expect(reader.remaining).toBe(2);
    const view = reader.take(2, "rest");
    expect(view.buffer).toBe(bytes.buffer);
    expect(toHex(view)).toBe("aabb");
    reader.finish();
  });

  it("reads numbers with their top bit as positive", () => {
    const reader = new ByteReader(new Uint8Array(15).fill(0xff));
    expect([reader.u8(), reader.u16(), reader.u32()]).toEqual([0xff, 0xffff, 0xffffffff]);
    expect(reader.u64()).toBe(0xffffffffffffffffn);
  });

  it.each([
    ["u8", 1],
    ["u16", 2],
    ["u32", 4],
    ["u64", 8],
  ] as const)("%s takes what is there and no octet more", (name, size) => {
    expect(() => new ByteReader(new Uint8Array(size))[name]()).not.toThrow();
    expect(() => new ByteReader(new Uint8Array(size - 1)).at("header")[name]("count")).toThrow(
      failure("format-malformed", "header@0", `count needs ${size} bytes, ${size - 1} are left`),
    );
  });

  it("checks a declared length before it takes anything", () => {
    const reader = new ByteReader(new Uint8Array(10)).at("entries/3");
    expect(() => reader.take(0xffffffff, "key")).toThrow(
      failure("format-malformed", "entries/3@0", "key needs 4294967295 bytes, 10 are left"),
    );
    expect(reader.offset).toBe(0);
    expect(reader.take(0, "nothing").length).toBe(0);
    expect(reader.take(10, "all").length).toBe(10);
  });

  it("keeps a limit at one below, at and above it", () => {
    const take = (count: number) => new ByteReader(new Uint8Array(20)).take(count, "label", 8);
    expect(take(7).length).toBe(7);
    expect(take(8).length).toBe(8);
    expect(() => take(9)).toThrow(failure("limit-exceeded", "@0", "over the limit of 8"));
  });

  it("refuses leftovers by number, not by content", () => {
    const reader = new ByteReader(fromHex("73656372657431"), 1);
    expect(() => reader.finish("the store")).toThrow(
      failure("format-malformed", "@1", "6 unexpected bytes after the end of the store"),
    );
  });
});

describe("ByteWriter", () => {
  it("mirrors the reader", () => {
    const bytes = new ByteWriter()
      .u8(0xff)
      .u16(0xfffe)
      .u32(0xfffffffd)
      .u64(0xfffffffffffffffcn)
      .put(fromHex("0102"))
      .zeros(3)
      .toBytes();
    const reader = new ByteReader(bytes);
    expect([reader.u8(), reader.u16(), reader.u32()]).toEqual([0xff, 0xfffe, 0xfffffffd]);
    expect(reader.u64()).toBe(0xfffffffffffffffcn);
    expect(toHex(reader.take(5, "rest"))).toBe("0102000000");
    reader.finish();
  });

  it.each([1023, 1024, 1025, 5000])("grows past %d octets without losing any", (length) => {
    const part = Uint8Array.from({ length }, (_, i) => i % 251);
    const writer = new ByteWriter().put(part).u32(1).put(part);
    expect(writer.length).toBe(2 * length + 4);
    expect(writer.toBytes()).toEqual(concat([part, Uint8Array.of(0, 0, 0, 1), part]));
  });

  it("gives a copy", () => {
    const writer = new ByteWriter().u8(1);
    writer.toBytes().fill(9);
    expect(writer.toBytes()).toEqual(Uint8Array.of(1));
  });
});

describe("octets", () => {
  it("joins, compares and prints", () => {
    expect(concat([])).toEqual(new Uint8Array());
    expect(toHex(concat([fromHex("00Ff"), fromHex(""), fromHex("10")]))).toBe("00ff10");
    expect(equalBytes(fromHex("0102"), fromHex("0102"))).toBe(true);
    expect(equalBytes(fromHex("0102"), fromHex("0103"))).toBe(false);
    expect(equalBytes(fromHex("0102"), fromHex("010200"))).toBe(false);
    for (const length of [62, 63, 64, 65, 66, 67, 68, 200]) {
      const whole = Uint8Array.from({ length: length + 3 }, (_, i) => i);
      const bytes = whole.subarray(3); // not where words begin
      expect(equalBytes(bytes, bytes.slice())).toBe(true);
      for (let at = 0; at < length; at++) {
        const other = bytes.slice();
        other[at] = (other[at] as number) ^ 0x80;
        expect(equalBytes(bytes, other)).toBe(false);
      }
    }
  });

  it.each(["0", "0g", " 00"])("takes %j for no hex", (text) => {
    expect(() => fromHex(text)).toThrow(RangeError);
  });
});
