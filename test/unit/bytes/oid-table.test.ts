import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { decodeOid } from "../../../src/bytes/der-reader.ts";
import { der } from "../../../src/bytes/der-writer.ts";
import { commonOid } from "../../../src/bytes/oid-table.ts";

describe("common object identifiers", () => {
  it.each([
    "2.5.4.3",
    "1.2.840.113549.1.1.11",
    "2.5.29.17",
    "1.3.6.1.5.5.7.3.1",
    "0.9.2342.19200300.100.1.25",
  ])("%s is known", (oid) => {
    const content = der.oid(oid).subarray(2);
    expect(commonOid(content, 0, content.length)).toBe(oid);
  });

  it("says nothing, or what decoding says", () => {
    const likely = fc.constantFrom("2.5.4", "2.5.29", "1.2.840.113549.1.1", "1.3.6.1.5.5.7.3");
    const oids = fc.tuple(likely, fc.nat(300)).map(([head, last]) => der.oid(`${head}.${last}`));
    const any = fc.oneof(
      oids.map((tlv) => tlv.subarray(2)),
      fc.uint8Array({ maxLength: 12 }),
    );
    fc.assert(
      fc.property(any, (content) => {
        const found = commonOid(content, 0, content.length);
        if (found !== undefined) expect(found).toBe(decodeOid(content));
      }),
    );
  });
});
