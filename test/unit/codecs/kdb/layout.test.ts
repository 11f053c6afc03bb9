import { describe, expect, it } from "vitest";
import { ByteWriter } from "../../../../src/bytes/writer.ts";
import {
  expirySeconds,
  kdbVersion,
  MAX_RECORDS,
  MAX_SLOT_BYTES,
  MIN_SLOT_BYTES,
  readHeader,
  writeHeader,
} from "../../../../src/codecs/kdb/layout.ts";
import { fixture } from "../../../support/fixtures.ts";

/** A header of version 4 with its MACs, before `following` bytes. */
function file(slotSize: number, count: number, following: number): Uint8Array {
  return new ByteWriter()
    .put(Uint8Array.of(0x37, 0x48, 4, 2))
    .u32(0)
    .put(new TextEncoder().encode("X509KEY\0"))
    .u32(slotSize)
    .u32(count)
    .zeros(24 + 40 + following)
    .toBytes();
}

function code(bytes: Uint8Array): string {
  try {
    readHeader(bytes);
    return "read";
  } catch (error) {
    return (error as { code: string }).code;
  }
}

describe("header", () => {
  it.each(["v3.kdb", "v4.kdb", "v6.kdb", "empty.rdb", "empty.crl"])("of %s comes back", (name) => {
    const bytes = fixture(`kdb/${name}`);
    expect(writeHeader(readHeader(bytes))).toEqual(bytes.subarray(0, 0x30));
  });

  it("holds count times slot size against the file before anything is made", () => {
    expect(code(file(5000, 1, 4999))).toBe("format-malformed");
    expect(code(file(5000, 1, 5000))).toBe("read");
    expect(code(file(5000, 1, 5001))).toBe("format-malformed");
    expect(code(file(0xffff_ffff, 0xffff_ffff, 0))).toBe("limit-exceeded");
  });

  it("limits the slot size", () => {
    expect(code(file(MIN_SLOT_BYTES - 1, 1, MIN_SLOT_BYTES - 1))).toBe("limit-exceeded");
    expect(code(file(MIN_SLOT_BYTES, 1, MIN_SLOT_BYTES))).toBe("read");
    expect(code(file(MIN_SLOT_BYTES + 1, 1, MIN_SLOT_BYTES + 1))).toBe("read");
    expect(code(file(MAX_SLOT_BYTES - 1, 1, 9))).toBe("format-malformed");
    expect(code(file(MAX_SLOT_BYTES, 1, 9))).toBe("format-malformed");
    expect(code(file(MAX_SLOT_BYTES + 1, 1, 9))).toBe("limit-exceeded");
  });

  it("limits the count", () => {
    expect(code(file(64, MAX_RECORDS - 1, 9))).toBe("format-malformed");
    expect(code(file(64, MAX_RECORDS, 9))).toBe("format-malformed");
    expect(code(file(64, MAX_RECORDS, 64 * MAX_RECORDS))).toBe("read");
    expect(code(file(64, MAX_RECORDS + 1, 9))).toBe("limit-exceeded");
  });

  it("of an empty file may declare any slot size", () => {
    expect(code(file(0, 0, 0))).toBe("read");
    expect(code(file(0xffff_ffff, 0, 0))).toBe("read");
    expect(code(file(5000, 0, 1))).toBe("format-malformed");
  });

  it("ends early at every length without harm", () => {
    const bytes = file(5000, 0, 0);
    for (let length = 0; length < bytes.length; length++) {
      expect(code(bytes.subarray(0, length))).toBe("format-malformed");
    }
  });
});

describe("expiry", () => {
  const at = (seconds: number) => expirySeconds(new Date(seconds * 1000));

  it("is 32 bits of seconds, and zero is never", () => {
    expect(expirySeconds(undefined)).toBe(0);
    expect(at(1)).toBe(1);
    expect(at(0xffff_ffff)).toBe(0xffff_ffff);
    expect(expirySeconds(new Date(1999))).toBe(1);
  });

  it.each([0, -1, 0x1_0000_0000, Number.NaN])("refuses %s", (seconds) => {
    expect(() => at(seconds)).toThrow(expect.objectContaining({ code: "usage" }));
  });
});

describe("version", () => {
  it("is 4 unless another is asked for", () => {
    expect(kdbVersion(undefined)).toBe("4");
    expect(["3", "4", "6"].map(kdbVersion)).toEqual(["3", "4", "6"]);
    for (const version of ["5", "", "V4", "7"]) {
      expect(() => kdbVersion(version)).toThrow(expect.objectContaining({ code: "usage" }));
    }
  });
});
