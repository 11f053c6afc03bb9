import { afterEach, describe, expect, it, vi } from "vitest";
import { fromHex, toHex } from "../../../src/bytes/octets.ts";
import { type ChainHash, type ChainStep, hashChain } from "../../../src/crypto/chain.ts";
import { ChainLanes } from "../../../src/crypto/chain-lanes.ts";
import { digest, type HashName } from "../../../src/crypto/digest.ts";
import { pkcs12Kdf } from "../../../src/crypto/kdf.ts";
import { pkcs12Password } from "../../../src/crypto/password.ts";

const VECTORS = [
  ["sha256", 3, 32, "e42f9999ce2e753cd6cc6fd397c1db2d052b678d81ed27a9903c751514d0fb2a"],
  ["sha1", 1, 24, "14780b0fafb97be198539e8e90a0cb79b797e36e4c474e28"],
  ["sha1", 2, 8, "480e5ad856398efd"],
  ["sha1", 3, 20, "9dd1cf9ddcde3c7865b8e9e9fa0d35f11d131862"],
] as const;

function step(hash: ChainHash, name: string, turns: number): ChainStep {
  return { hash, digest: digest(hash as HashName, new TextEncoder().encode(name)), turns };
}

/** Runs them all at once and compares each with the same chain alone. */
async function compare(steps: readonly ChainStep[]): Promise<void> {
  const lanes = new ChainLanes();
  const made = await Promise.all(steps.map((one) => lanes.run(one)));
  const alone = steps.map(({ hash, digest, turns }) => hashChain(hash, digest, turns));
  expect(made.map(toHex)).toEqual(alone.map(toHex));
}

afterEach(() => vi.unstubAllGlobals());

describe("ChainLanes", () => {
  it.each(["sha1", "sha256"] as const)("%s: any number of chains, as each alone", async (hash) => {
    for (const count of [1, 2, 3, 4, 5, 8, 11]) {
      await compare(Array.from({ length: count }, (_, i) => step(hash, `chain ${i}`, 2048)));
    }
  });

  it("chains of different lengths and hashes", async () => {
    const turns = [499, 500, 501, 627, 628, 629, 2048, 10_000, 16_384, 16_385, 50_000, 3];
    await compare(turns.flatMap((n) => [step("sha1", `a${n}`, n), step("sha256", `b${n}`, n)]));
  });

  it("hashes without a kernel of four lanes", async () => {
    const hashes: readonly ChainHash[] = ["sha512", "sha224", "sha3-256", "md5"];
    await compare(hashes.flatMap((hash) => [step(hash, "x", 600), step(hash, "y", 600)]));
  });

  it("chains that come while others run", async () => {
    const lanes = new ChainLanes();
    const first = [1, 2, 3, 4].map((i) => step("sha256", `early ${i}`, 40_000));
    const early = first.map((one) => lanes.run(one));
    await new Promise((resolve) => setImmediate(resolve));
    const late = step("sha256", "late", 1000);
    expect(toHex(await lanes.run(late))).toBe(toHex(hashChain("sha256", late.digest, 1000)));
    for (const [i, { hash, digest, turns }] of first.entries()) {
      expect(toHex((await early[i]) as Uint8Array)).toBe(toHex(hashChain(hash, digest, turns)));
    }
  });

  it("leaves the digest that it was given alone", async () => {
    const one = step("sha1", "given", 600);
    const before = toHex(one.digest);
    await new ChainLanes().run(one);
    expect(toHex(one.digest)).toBe(before);
  });

  it("works where the engine has no vectors", async () => {
    class Refusing {
      constructor() {
        throw new Error("no SIMD");
      }
    }
    vi.stubGlobal("WebAssembly", { Module: Refusing, Instance: Refusing });
    await compare([1, 2, 3, 4].map((i) => step("sha256", `${i}`, 600)));
  });

  // openssl kdf -keylen N -kdfopt digest:D -kdfopt hexpass:… -kdfopt hexsalt:0102030405060708
  //   -kdfopt iter:10000 -kdfopt id:I PKCS12KDF, OpenSSL 3.0.19; hexpass is "a" and its terminator in UTF-16BE.
  it.each(VECTORS)("gives OpenSSL's PKCS12KDF: %s, purpose %i, %i bytes", async (...vector) => {
    const [hash, purpose, length, expected] = vector;
    const { pkcs12 } = pkcs12Password(new TextEncoder().encode("a"));
    const salt = fromHex("0102030405060708");
    const lanes = new ChainLanes();
    const derive = () => pkcs12Kdf(hash, purpose, pkcs12, salt, 10_000, length, lanes);
    const made = await Promise.all([derive(), derive(), derive(), derive()]);
    expect(made.map(toHex)).toEqual([expected, expected, expected, expected]);
  });
});
