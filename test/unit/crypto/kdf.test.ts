import { pbkdf2Sync } from "node:crypto";
import { describe, expect, it } from "vitest";
import { fromHex, toHex } from "../../../src/bytes/octets.ts";
import { type ChainHash, HASH_SHAPES, hashChain, slowChain } from "../../../src/crypto/chain.ts";
import { digest, type HashName } from "../../../src/crypto/digest.ts";
import {
  KdfBudget,
  MAX_FILE_ITERATIONS,
  type PurposeId,
  pbkdf1,
  pbkdf2,
  pkcs12Kdf,
  scrypt,
} from "../../../src/crypto/kdf.ts";
import { nullPassword, pkcs12Password, widenedPassword } from "../../../src/crypto/password.ts";

const utf8 = (text: string): Uint8Array => new TextEncoder().encode(text);

describe("hashChain", () => {
  const hashes = Object.keys(HASH_SHAPES) as ChainHash[];

  it.each(hashes)("%s: the kernel agrees with OpenSSL at the edges of a slice", (hash) => {
    const start = digest(hash as HashName, utf8("start"));
    expect(start.length).toBe(HASH_SHAPES[hash].digest);
    for (const turns of [0, 1, 2, 127, 128, 129, 300]) {
      expect(toHex(hashChain(hash, start, turns))).toBe(toHex(slowChain(hash, start, turns)));
    }
  });

  it("leaves nothing of one hash behind for the next", () => {
    const wide = digest("sha512", utf8("a"));
    const narrow = digest("sha224", utf8("b"));
    const expected = toHex(slowChain("sha224", narrow, 5));
    for (const hash of ["sha512", "sha384", "sha512-224"] as const) {
      hashChain(hash, wide.subarray(0, HASH_SHAPES[hash].digest), 3);
      expect(toHex(hashChain("sha224", narrow, 5))).toBe(expected);
    }
  });

  it("does not change its input", () => {
    const start = digest("sha256", utf8("start"));
    const before = toHex(start);
    hashChain("sha256", start, 10);
    slowChain("md5", start, 10);
    expect(toHex(start)).toBe(before);
  });
});

describe("pkcs12Kdf", () => {
  // The vectors that OpenSSL and Bouncy Castle have carried since PKCS#12's first implementations.
  it.each<[string, string, number, PurposeId, string]>([
    ["smeg", "0A58CF64530D823F", 1, 1, "8AAAE6297B6CB04642AB5B077851284EB7128F1A2A7FBCA3"],
    ["smeg", "0A58CF64530D823F", 1, 2, "79993DFE048D3B76"],
    ["smeg", "642B99AB44FB4B1F", 1, 1, "F3A95FEC48D7711E985CFE67908C5AB79FA3D7C5CAA5D966"],
    ["smeg", "642B99AB44FB4B1F", 1, 2, "C0A38D64A79BEA1D"],
    ["smeg", "3D83C0E4546AC140", 1, 3, "8D967D88F6CAA9D714800AB3D48051D63F73A312"],
    ["queeg", "05DEC959ACFF72F7", 1000, 1, "ED2034E36328830FF09DF1E1A07DD357185DAC0D4F9EB3D4"],
    ["queeg", "05DEC959ACFF72F7", 1000, 2, "11DEDAD7758D4860"],
    ["queeg", "1682C0FC5B3F7EC5", 1000, 1, "483DD6E919D7DE2E8E648BA8F862F3FBFBDC2BCB2C02957F"],
    ["queeg", "1682C0FC5B3F7EC5", 1000, 2, "9D461D1B00355C50"],
    ["queeg", "263216FCC2FAB31C", 1000, 3, "5EC4C7A80DF652294C3925B6489A7AB857C83476"],
  ])("%s, salt %s, %i times, purpose %i", async (password, salt, iterations, purpose, expected) => {
    const { pkcs12 } = pkcs12Password(utf8(password));
    const made = await pkcs12Kdf(
      "sha1",
      purpose,
      pkcs12,
      fromHex(salt),
      iterations,
      expected.length / 2,
    );
    expect(toHex(made).toUpperCase()).toBe(expected);
  });

  it("keeps an empty and a missing password apart", async () => {
    const salt = fromHex("0A58CF64530D823F");
    const empty = pkcs12Password(new Uint8Array(0)).pkcs12;
    expect(toHex(empty)).toBe("0000");
    expect(toHex(await pkcs12Kdf("sha1", 1, empty, salt, 1, 24))).not.toBe(
      toHex(await pkcs12Kdf("sha1", 1, nullPassword().pkcs12, salt, 1, 24)),
    );
  });
});

describe("pbkdf1", () => {
  it("is the hash of password and salt, hashed again", () => {
    const once = digest("md5", utf8("password"), fromHex("78578e5a5d63cb06"));
    let expected = once;
    for (let i = 1; i < 1000; i++) expected = digest("md5", expected);
    expect(pbkdf1("md5", utf8("password"), fromHex("78578e5a5d63cb06"), 1000, 16)).toEqual(
      expected,
    );
  });

  it("gives the known answer of PKCS#5 test collections", () => {
    // password "password", salt 78578E5A5D63CB06, 1000 iterations, SHA-1, 16 octets
    const made = pbkdf1("sha1", utf8("password"), fromHex("78578e5a5d63cb06"), 1000, 16);
    expect(toHex(made)).toBe("dc19847e05c64d2faf10ebfb4a3d2a20");
  });

  it("refuses more than a digest", () => {
    expect(() => pbkdf1("md5", utf8("x"), utf8("y"), 1, 17)).toThrow(RangeError);
  });
});

describe("pbkdf2", () => {
  it("gives RFC 7914 §11's answer", async () => {
    const made = await pbkdf2("sha256", utf8("passwd"), utf8("salt"), 1, 64);
    expect(toHex(made)).toBe(
      "55ac046e56e3089fec1691c22544b605f94185216dde0465e68b9d57c20dacbc" +
        "49ca9cccf179b645991664b39d77ef317c71b845b1e30bd509112041d3a19783",
    );
  });

  it.each(["sha1", "sha224", "sha384", "sha512", "sha512-224", "sha512-256"] as const)(
    "knows HMAC-%s",
    async (hash) => {
      expect(await pbkdf2(hash, utf8("p"), utf8("s"), 3, 20)).toEqual(
        new Uint8Array(pbkdf2Sync("p", "s", 3, 20, hash)),
      );
    },
  );
});

describe("scrypt", () => {
  it("gives RFC 7914 §12's answer", async () => {
    const cost = { cost: 1024, blockSize: 8, parallel: 16 };
    expect(toHex(await scrypt(utf8("password"), utf8("NaCl"), cost, 64))).toBe(
      "fdbabe1c9d3472007856e7190d01e9fe7c6ad7cbc8237830e77376634b373162" +
        "2eaf30d92e22a3886ff109279d9830dac727afb94a83ee6d8360cbdfa2cc0640",
    );
  });

  it("refuses to take more memory than its limit", async () => {
    const cost = { cost: 1 << 20, blockSize: 8, parallel: 1 };
    await expect(scrypt(utf8("x"), utf8("y"), cost, 32)).rejects.toMatchObject({
      code: "limit-exceeded",
    });
  });
});

describe("password bytes", () => {
  it("are UTF-16 with a terminator, surrogate pairs included", () => {
    expect(toHex(pkcs12Password(utf8("aé€😀")).pkcs12)).toBe("006100e920acd83dde000000");
    expect(toHex(pkcs12Password(utf8("é")).raw)).toBe("c3a9");
  });

  it("are widened byte by byte where they are not UTF-8", () => {
    expect(toHex(pkcs12Password(Uint8Array.of(0xe9, 0x41)).pkcs12)).toBe("00e900410000");
  });

  it("are always widened for a KDB", () => {
    expect(toHex(widenedPassword(utf8("é")).pkcs12)).toBe("00c300a90000");
  });
});

describe("KdfBudget", () => {
  it("ends a file exactly when it asks for more than the limit", () => {
    const budget = new KdfBudget();
    budget.spend(MAX_FILE_ITERATIONS - 1);
    budget.spend(1);
    expect(budget.left).toBe(0);
    expect(() => budget.spend(1)).toThrow(expect.objectContaining({ code: "limit-exceeded" }));
  });
});
