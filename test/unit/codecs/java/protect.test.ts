import { createHash } from "node:crypto";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { fromHex } from "../../../../src/bytes/octets.ts";
import { utf16be } from "../../../../src/bytes/text.ts";
import { jksCodec } from "../../../../src/codecs/java/index.ts";
import { applyKeystream } from "../../../../src/codecs/java/keystream.ts";
import { protect, unprotect } from "../../../../src/codecs/java/protect.ts";
import { Secret } from "../../../../src/model/secret.ts";
import { fixture, pemFixture, secret } from "../../../support/fixtures.ts";
import { seededBytes } from "../../../support/mutations.ts";

/** The chain as it is defined, with OpenSSL's SHA-1. */
function slowKeystream(password: Uint8Array, salt: Uint8Array, length: number): Uint8Array {
  const out = new Uint8Array(Math.ceil(length / 20) * 20);
  let block: Uint8Array = salt;
  for (let at = 0; at < length; at += 20) {
    block = createHash("sha1").update(password).update(block).digest();
    out.set(block, at);
  }
  return out.subarray(0, length);
}

describe("keystream", () => {
  // Lengths around the 64-octet blocks of SHA-1: with the 20 of the chain and 9 of padding, and without.
  it.each([0, 1, 34, 35, 36, 43, 44, 45, 63, 64, 65, 98, 99, 100, 127, 128, 129, 1000])(
    "is the SHA-1 chain for a password of %d octets",
    (length) => {
      const random = seededBytes(length);
      const password = random(length);
      const salt = random(20);
      for (const size of [0, 1, 19, 20, 21, 1217]) {
        const data = new Uint8Array(size);
        applyKeystream(password, salt, data);
        expect(data).toEqual(new Uint8Array(slowKeystream(password, salt, size)));
      }
    },
  );

  it("is its own inverse", () => {
    fc.assert(
      fc.property(
        fc.uint8Array({ maxLength: 200 }),
        fc.uint8Array({ minLength: 20, maxLength: 20 }),
        fc.uint8Array({ maxLength: 100 }),
        (password, salt, data) => {
          const twice = data.slice();
          applyKeystream(password, salt, twice);
          applyKeystream(password, salt, twice);
          expect(twice).toEqual(data);
        },
      ),
    );
  });
});

describe("key protector", () => {
  const pkcs8 = pemFixture("pem/server-key.pem");

  it("opens what it sealed, with any text as password", () => {
    for (const password of ["", "x", "changeit", "Schlüssel 𝒳", "p".repeat(500)]) {
      const blob = protect(new Secret(pkcs8.slice()), secret(password), seededBytes(1));
      expect(unprotect(blob, secret(password)).use((bytes) => bytes.slice())).toEqual(pkcs8);
    }
  });

  it("is the same for the same randomness", () => {
    const seal = (seed: number) =>
      protect(new Secret(pkcs8.slice()), secret("changeit"), seededBytes(seed));
    expect(seal(1)).toEqual(seal(1));
    expect(seal(1)).not.toEqual(seal(2));
  });

  it("tells a wrong password", () => {
    const blob = protect(new Secret(pkcs8.slice()), secret("changeit"), seededBytes(1));
    expect(() => unprotect(blob, secret("changeiT"))).toThrow(
      expect.objectContaining({ code: "key-password-wrong" }),
    );
  });

  it("refuses a password that is no text", () => {
    const bytes = new Secret(fromHex("ff"));
    expect(() => protect(new Secret(pkcs8.slice()), bytes, seededBytes(1))).toThrow(
      expect.objectContaining({ code: "password-refused" }),
    );
  });

  it.each([
    ["nothing", "", "format-malformed", "missing"],
    ["no algorithm", "3000", "format-malformed", "missing"],
    [
      "another algorithm",
      "300f300b06092a864886f70d01050d0400",
      "format-unsupported",
      "1.2.840.113549.1.5.13",
    ],
    // 39 octets: one short of salt and check value
    [
      "too few octets",
      `3039300e060a2b060104012a02110101050004 27${"00".repeat(39)}`,
      "format-malformed",
      "too short",
    ],
    [
      "bytes after the end",
      `303a300e060a2b060104012a02110101050004 28${"00".repeat(40)}00`,
      "format-malformed",
      "unexpected bytes",
    ],
  ])("refuses %s", (_what, hex, code, message) => {
    expect(() => unprotect(fromHex(hex.replaceAll(" ", "")), secret("x"))).toThrow(
      expect.objectContaining({ code, message: expect.stringContaining(message) }),
    );
  });

  it("takes a key of no octets", () => {
    // Salt and SHA-1(password ‖ nothing): 40 octets, the least there is.
    const salt = new Uint8Array(20);
    const check = createHash("sha1").update(utf16be.encode("x")).digest();
    const head = fromHex("303a300e060a2b060104012a0211010105000428");
    const blob = Uint8Array.from([...head, ...salt, ...check]);
    expect(unprotect(blob, secret("x")).length).toBe(0);
  });
});

describe("unseal", () => {
  it("opens keys of a store that Java wrote, each with its own password", async () => {
    const store = secret("Schlüssel 𝒳");
    const read = await jksCodec.read(fixture("java/labels.jks"), { store });
    const rsa = read.store.entries.find((entry) => entry.label === "rsa");
    if (rsa?.kind !== "key") throw new Error("no key");
    await expect(jksCodec.unseal(rsa.key, { store })).rejects.toMatchObject({
      code: "key-password-wrong",
    });
    const open = await jksCodec.unseal(rsa.key, { store, key: secret("other password") });
    expect(open.use((bytes) => bytes.slice())).toEqual(pemFixture("pem/rsa-key.pem"));
    await expect(jksCodec.unseal(rsa.key, {})).rejects.toMatchObject({ code: "password-missing" });
  });

  it("gives a copy of a key that is open", async () => {
    const pkcs8 = secret("key");
    const open = await jksCodec.unseal({ state: "open", pkcs8 }, {});
    pkcs8.dispose();
    expect(open.use((bytes) => bytes.length)).toBe(3);
  });
});
