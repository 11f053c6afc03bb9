import { createHash } from "node:crypto";
import { describe, expect, it } from "vitest";
import { DerReader } from "../../../../src/bytes/der-reader.ts";
import { Tag } from "../../../../src/bytes/der-tag.ts";
import { der } from "../../../../src/bytes/der-writer.ts";
import { concat } from "../../../../src/bytes/octets.ts";
import { ByteWriter } from "../../../../src/bytes/writer.ts";
import { indexKeys } from "../../../../src/codecs/kdb/index-keys.ts";
import { isFree, type KdbRecord, readSlot, writeSlot } from "../../../../src/codecs/kdb/record.ts";
import { fixture, pemFixture } from "../../../support/fixtures.ts";
import { sha256 } from "../../../support/view.ts";
import { slotsOf } from "./making.ts";

const known = pemFixture("pem/root.pem");
const label = new TextEncoder().encode("label");

/** A slot around a record's DER, as docs/formats/kdb.md lays it out. */
function slot(raw: Uint8Array, more: { type?: number; tail?: Uint8Array; size?: number } = {}) {
  const { type = 1, tail = new Uint8Array(0), size = 2000 } = more;
  const writer = new ByteWriter().u32(type).u32(7).u32(raw.length).put(raw);
  writer.u32(label.length).put(label).u32(3).put(tail);
  return concat([writer.toBytes(), new Uint8Array(size)]).subarray(0, size);
}

const flags = (unused: number, ...bytes: number[]) =>
  der.tlv(Tag.bitString, Uint8Array.of(unused, ...bytes));

function record(given: { flags?: Uint8Array; label?: Uint8Array; number?: Uint8Array } = {}) {
  return der.sequence(
    given.number ?? der.integer(7),
    der.explicit(1, known),
    given.label ?? der.tlv(Tag.visibleString, label),
    given.flags ?? flags(7, 0x80),
  );
}

/** The DER that the parts give by themselves. */
const regular = (found: KdbRecord) =>
  readSlot(writeSlot({ ...found, raw: undefined }), "again").raw;

const comesBack = (bytes: Uint8Array) => {
  const found = readSlot(bytes, "records/1");
  const written = writeSlot(found, found);
  return sha256(concat([written, new Uint8Array(bytes.length - written.length)])) === sha256(bytes);
};

const code = (bytes: Uint8Array): string => {
  try {
    readSlot(bytes, "records/1");
    return "read";
  } catch (error) {
    return (error as { code: string }).code;
  }
};

describe("a slot", () => {
  it.each(["v4.kdb", "label-bytes.kdb"])("of %s comes back", (name) => {
    for (const bytes of slotsOf(fixture(`kdb/${name}`))) expect(comesBack(bytes)).toBe(true);
  });

  it("is taken apart", () => {
    expect(readSlot(slot(record()), "records/1")).toMatchObject({
      type: 1,
      holding: 1,
      number: 7,
      derNumber: 7,
      flags: 1,
      issuerRecord: 3,
      label,
      derLabel: label,
    });
  });

  it("keeps what stands where the index keys do, to the last octet", () => {
    for (const tail of [Uint8Array.of(0, 0, 1), new Uint8Array(900).fill(9), indexKeys(known)]) {
      expect(comesBack(slot(record(), { tail }))).toBe(true);
    }
  });

  it("keeps it wherever the slot begins and however long it is", () => {
    const raw = record();
    for (let start = 0; start < 8; start++) {
      for (let zeros = 0; zeros < 24; zeros++) {
        for (const tail of [Uint8Array.of(), Uint8Array.of(5), Uint8Array.of(0, 0, 5)]) {
          const used = 16 + raw.length + label.length + 4 + tail.length;
          const file = concat([new Uint8Array(start), slot(raw, { tail, size: used + zeros })]);
          expect(readSlot(file.subarray(start), "records/1").tail).toEqual(tail);
        }
      }
    }
  });

  it("of any type but 2 is a record, as for GSKit", () => {
    for (const type of [0, 1, 3, 0x8000_0001]) {
      const bytes = slot(record(), { type });
      expect(isFree(bytes)).toBe(false);
      expect(comesBack(bytes)).toBe(true);
    }
    expect(isFree(slot(record(), { type: 2 }))).toBe(true);
  });

  it("that is cut anywhere is malformed", () => {
    const whole = slot(record(), { size: 12 + record().length + 4 + label.length + 4 });
    expect(code(whole)).toBe("read");
    for (let size = 0; size < whole.length; size++) {
      expect(code(whole.subarray(0, size))).toBe("format-malformed");
    }
  });
});

describe("flags", () => {
  it.each([
    [flags(0), 0],
    [flags(7, 0x80), 1],
    [flags(6, 0x40), 2],
    [flags(6, 0xc0), 3],
    [flags(0, 0x81), 0x81],
    [flags(3, 0x80, 0x08), 0x1001],
    [flags(0, 0, 0, 1), 0x80_0000],
  ])("%#: minimal DER is regular", (bits, value) => {
    const raw = record({ flags: bits });
    const found = readSlot(slot(raw), "records/1");
    expect(found.flags).toBe(value);
    expect(regular(found)).toEqual(raw);
  });

  it("of more than 24 bits are refused", () => {
    expect(code(slot(record({ flags: flags(0, 1, 1, 1) })))).toBe("read");
    expect(code(slot(record({ flags: flags(0, 1, 1, 1, 1) })))).toBe("format-malformed");
  });
});

describe("an odd record", () => {
  const odd: readonly [string, Uint8Array][] = [
    ["flags with zero bits at the end", record({ flags: flags(0, 0x80) })],
    ["a label that is a UTF8String", record({ label: der.utf8("label") })],
    ["a number with a zero in front", record({ number: Uint8Array.of(2, 2, 0, 7) })],
    ["a length that could be shorter", concat([Uint8Array.of(0x30, 0x83, 0), rest(record())])],
  ];

  /** The two length octets and the content of a SEQUENCE of 256 to 65,535 bytes. */
  function rest(sequence: Uint8Array): Uint8Array {
    if (sequence[1] !== 0x82) throw new Error("not of that length");
    return sequence.subarray(2);
  }

  it.each(odd)("%s comes back as it was", (_, raw) => {
    expect(regular(readSlot(slot(raw), "records/1"))).not.toEqual(raw);
    expect(comesBack(slot(raw))).toBe(true);
  });

  it.each(odd)("%s is regular once something in it changes", (_, raw) => {
    const found = readSlot(slot(raw), "records/1");
    const again = readSlot(writeSlot({ ...found, flags: 3 }, found), "records/1");
    expect(again).toMatchObject({ flags: 3, derLabel: label, derNumber: 7 });
    expect(regular(again)).toEqual(again.raw);
    expect(writeSlot({ ...again, flags: 1 }, again)).toEqual(
      writeSlot({ ...found, raw: undefined }),
    );
  });
});

describe("index keys", () => {
  it("are five SHA-1 values, each with its length", () => {
    const keys = indexKeys(known);
    expect(keys).toHaveLength(120);
    for (let i = 0; i < 5; i++) {
      expect(keys.subarray(24 * i, 24 * i + 4)).toEqual(Uint8Array.of(0, 0, 0, 20));
    }
  });

  it("are of signature, TBSCertificate, subject, public key, and issuer with serial", () => {
    const found = new DerReader(known).sequence("");
    const tbs = found.nextRaw();
    found.next();
    const signature = found.nextRaw();
    const fields = new DerReader(tbs).sequence("");
    const [, serial, , issuer, , subject, publicKey] = Array.from({ length: 7 }, () =>
      fields.nextRaw(),
    ) as [Uint8Array, Uint8Array, Uint8Array, Uint8Array, Uint8Array, Uint8Array, Uint8Array];
    const indexed = [signature, tbs, subject, publicKey, der.sequence(issuer, serial)];
    const keys = indexKeys(known);
    for (const [i, bytes] of indexed.entries()) {
      const value = createHash("sha1").update(bytes).digest("hex");
      expect(Buffer.from(keys.subarray(24 * i + 4, 24 * i + 24)).toString("hex")).toBe(value);
    }
  });
});
