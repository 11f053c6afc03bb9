import { createHash, createHmac } from "node:crypto";
import { describe, expect, it } from "vitest";
import { sameMac } from "../../../../src/bytes/octets.ts";
import { integrityOf, verifierOf } from "../../../../src/codecs/kdb/integrity.ts";
import { seededBytes } from "../../../support/mutations.ts";

// The formulas of docs/formats/kdb.md once more, written the long way.
const random = seededBytes(4);
const header = random(0x30);
const slots = random(3 * 100);
const secret = new TextEncoder().encode("pass");
const md5 = (...parts: Uint8Array[]) => createHash("md5").update(Buffer.concat(parts)).digest();

describe("version 3", () => {
  it("hashes header and password", () => {
    expect(Buffer.from(verifierOf("3", header, secret))).toEqual(md5(header, secret));
  });

  it("adds up the hash of every slot", () => {
    const head = random(0x40);
    const parts = [
      md5(head, secret),
      ...[0, 100, 200].map((at) => md5(slots.subarray(at, at + 100), secret)),
    ];
    const sum = parts.reduce((a, b) => Buffer.from(a.map((byte, i) => byte ^ (b[i] ?? 0))));
    expect(Buffer.from(integrityOf("3", head, slots, 100, secret))).toEqual(sum);
    expect(Buffer.from(integrityOf("3", head, new Uint8Array(0), 0, secret))).toEqual(parts[0]);
  });
});

describe.each([
  ["4", "sha1", 20],
  ["6", "sha384", 48],
] as const)("version %s", (version, hash, length) => {
  const hmac = (...parts: Uint8Array[]) =>
    createHmac(hash, secret).update(Buffer.concat(parts)).digest();

  it("is an HMAC over the header, and one over everything", () => {
    const verifier = verifierOf(version, header, secret);
    expect(Buffer.from(verifier)).toEqual(hmac(header));
    expect(verifier).toHaveLength(length);
    const head = random(0x30 + length);
    expect(Buffer.from(integrityOf(version, head, slots, 100, secret))).toEqual(hmac(head, slots));
  });
});

it("compares MACs whole", () => {
  const mac = random(20);
  expect(sameMac(mac, mac.slice())).toBe(true);
  for (let i = 0; i < 20; i++) {
    const other = mac.slice();
    other[i] = (other[i] as number) ^ 1;
    expect(sameMac(mac, other)).toBe(false);
  }
  expect(sameMac(mac, mac.subarray(1))).toBe(false);
});
