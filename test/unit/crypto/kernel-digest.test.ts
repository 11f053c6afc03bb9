import { createHash, createHmac } from "node:crypto";
import { expect, test } from "vitest";
import { HASH_SHAPES, hashUntil } from "../../../src/crypto/chain.ts";
import { digest, type HashName, hmac, sha256Hex } from "../../../src/crypto/digest.ts";
import { kernelDigest } from "../../../src/crypto/kernel-digest.ts";

const KERNEL = [
  "sha1",
  "sha224",
  "sha256",
  "sha384",
  "sha512",
  "sha512-224",
  "sha512-256",
] as const satisfies readonly HashName[];

/** Octets that repeat only after 251, so that a block in the wrong place shows. */
function octets(length: number): Uint8Array {
  return Uint8Array.from({ length }, (_, i) => (i * 7 + 3) % 251);
}

const hex = (bytes: Uint8Array | undefined) =>
  bytes === undefined ? "none" : Buffer.from(bytes).toString("hex");

test.each(KERNEL)("%s agrees with OpenSSL at every length around its blocks", (name) => {
  for (let length = 0; length <= 2 * HASH_SHAPES[name].block + 20; length++) {
    const message = octets(length);
    const cut = Math.floor(length / 3);
    const parts = [message.subarray(0, cut), new Uint8Array(0), message.subarray(cut)];
    const openssl = createHash(name).update(message).digest("hex");
    expect(hex(kernelDigest(name, parts)), `${length} octets`).toBe(openssl);
  }
});

test.each(KERNEL)("%s of 100,000 octets", (name) => {
  const message = octets(100_000);
  expect(hex(kernelDigest(name, [message]))).toBe(createHash(name).update(message).digest("hex"));
});

test("FIPS 180-4's example: abc", () => {
  const abc = new TextEncoder().encode("abc");
  expect(hex(kernelDigest("sha1", [abc]))).toBe("a9993e364706816aba3e25717850c26c9cd0d89d");
  expect(hex(kernelDigest("sha256", [abc]))).toBe(
    "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad",
  );
});

test("MD5 has no kernel", () => {
  expect(kernelDigest("md5", [octets(3)])).toBeUndefined();
  expect(hex(digest("md5", octets(3)))).toBe(createHash("md5").update(octets(3)).digest("hex"));
});

test("HMAC agrees with OpenSSL for keys shorter than a block, of a block, and longer", () => {
  for (const name of ["sha1", "sha256", "sha384"] as const) {
    const { block } = HASH_SHAPES[name];
    for (const length of [0, 1, block - 1, block, block + 1]) {
      const key = octets(length);
      const openssl = createHmac(name, key).update(octets(300)).digest("hex");
      const parts = [octets(300).subarray(0, 100), octets(300).subarray(100)] as const;
      expect(hex(hmac(name, key, ...parts)), `${name}, key of ${length}`).toBe(openssl);
    }
  }
});

test("before and after a process has used up what it hashes early, hashes are the same", () => {
  const message = octets(5000);
  const sha1 = createHash("sha1").update(message).digest("hex");
  const sha256 = createHash("sha256").update(message).digest("hex");
  const mac = createHmac("sha1", octets(9)).update(message).digest("hex");
  for (let i = 0; i < 30; i++) {
    expect(hex(digest("sha1", message))).toBe(sha1);
    expect(sha256Hex(message)).toBe(sha256);
    expect(hex(hmac("sha1", octets(9), message))).toBe(mac);
  }
});

test.each(["sha256", "md5"] as const)("%s hashed until an octet is right", (name) => {
  const slow = (start: Uint8Array): string => {
    let value: Buffer = createHash(name).update(start).digest();
    while (value[8] !== 3) value = createHash(name).update(value).digest();
    return value.toString("hex");
  };
  for (let i = 0; i < 5; i++) {
    const start = new Uint8Array(createHash(name).update(octets(i)).digest());
    expect(hex(hashUntil(name, start, (octet) => octet(8) === 3))).toBe(slow(start));
  }
});
