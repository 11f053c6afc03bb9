import { createHash } from "node:crypto";
import { readdirSync, readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { transferDamage } from "../../../src/bytes/transfer.ts";
import { filesUnder } from "../../support/source-tree.ts";

/** Bytes as random as a keystore's, the same each time. */
function randomBytes(count: number): Uint8Array {
  const blocks = Array.from({ length: Math.ceil(count / 32) }, (_, i) =>
    createHash("sha256").update(`${i}`).digest(),
  );
  return new Uint8Array(Buffer.concat(blocks)).subarray(0, count);
}
const asLines = (bytes: Uint8Array): Uint8Array =>
  Uint8Array.from([...bytes].flatMap((byte) => (byte === 10 ? [13, 10] : [byte])));
const asText = (bytes: Uint8Array): Uint8Array =>
  new TextEncoder().encode(new TextDecoder().decode(bytes));
const lines = (count: number): Uint8Array =>
  Uint8Array.from([0, ...Array.from({ length: count }, () => [13, 10, 65]).flat()]);

describe("transferDamage", () => {
  it("sees what a transfer in text mode and a copy as text did", () => {
    const bytes = randomBytes(2000);
    expect(transferDamage(bytes)).toBeUndefined();
    expect(transferDamage(asLines(bytes))).toBe("line-ends");
    expect(transferDamage(asText(bytes))).toBe("text");
  });

  it("needs four line ends, and bytes that are no text", () => {
    expect(transferDamage(lines(3))).toBeUndefined();
    expect(transferDamage(lines(4))).toBe("line-ends");
    expect(transferDamage(lines(4).subarray(1))).toBeUndefined();
    expect(transferDamage(Uint8Array.from([...lines(40), 10]))).toBeUndefined();
    expect(transferDamage(new Uint8Array())).toBeUndefined();
  });

  it("leaves text with few replacement characters alone", () => {
    const text = `${"ä".repeat(40)}${"\ufffd".repeat(4)}`;
    expect(transferDamage(new TextEncoder().encode(text))).toBeUndefined();
  });

  it("finds nothing in any good store of the fixtures", () => {
    const folders = ["java", "kdb", "pkcs12"].filter((name) =>
      readdirSync("certs-fixtures").includes(name),
    );
    const files = folders.flatMap((name) => filesUnder(`certs-fixtures/${name}`));
    const stores = files.filter((path) => /\.(?:jks|kdb|p12|der)$/.test(path));
    expect(stores.length).toBeGreaterThan(20);
    const damaged = stores.filter(
      (path) => transferDamage(new Uint8Array(readFileSync(path))) !== undefined,
    );
    expect(damaged).toEqual([]);
  });
});
