import { describe, expect, it } from "vitest";
import { fromHex, toHex } from "../../../../src/bytes/octets.ts";
import { decrypt, encrypt } from "../../../../src/crypto/cipher.ts";
import { CIPHERS } from "../../../../src/crypto/cipher-shape.ts";
import { cbcDecrypt, cbcEncrypt } from "../../../../src/crypto/legacy/cbc.ts";
import { rc2 } from "../../../../src/crypto/legacy/rc2.ts";
import { rc4 } from "../../../../src/crypto/legacy/rc4.ts";

describe("RC2", () => {
  // RFC 2268 §5
  it.each([
    ["0000000000000000", 63, "0000000000000000", "ebb773f993278eff"],
    ["ffffffffffffffff", 64, "ffffffffffffffff", "278b27e42e2f0d49"],
    ["3000000000000000", 64, "1000000000000001", "30649edf9be7d2c2"],
    ["88", 64, "0000000000000000", "61a8a244adacccf0"],
    ["88bca90e90875a", 64, "0000000000000000", "6ccf4308974c267f"],
    ["88bca90e90875a7f0f79c384627bafb2", 64, "0000000000000000", "1a807d272bbe5db1"],
    ["88bca90e90875a7f0f79c384627bafb2", 128, "0000000000000000", "2269552ab0f85ca6"],
    [
      "88bca90e90875a7f0f79c384627bafb216f80a6f85920584c42fceb0be255daf1e",
      129,
      "0000000000000000",
      "5b78d3a43dfff1f1",
    ],
  ])("key %s with %i effective bits", (key, bits, plain, sealed) => {
    const zero = new Uint8Array(8);
    const cipher = rc2(fromHex(key), bits);
    expect(toHex(cbcEncrypt(cipher, zero, fromHex(plain)))).toBe(sealed);
    expect(toHex(cbcDecrypt(cipher, zero, fromHex(sealed)))).toBe(plain);
  });

  it("chains its blocks", () => {
    const cipher = rc2(fromHex("0102030405"), 40);
    const iv = fromHex("1122334455667788");
    const plain = Uint8Array.from({ length: 64 }, (_, i) => i);
    const sealed = cbcEncrypt(cipher, iv, plain);
    expect(toHex(cbcDecrypt(cipher, iv, sealed))).toBe(toHex(plain));
    // The second block alone, chained to the first, is the same.
    expect(toHex(cbcEncrypt(cipher, sealed.subarray(0, 8), plain.subarray(8, 16)))).toBe(
      toHex(sealed.subarray(8, 16)),
    );
  });

  it("refuses impossible keys", () => {
    expect(() => rc2(new Uint8Array(0), 40)).toThrow(RangeError);
    expect(() => rc2(new Uint8Array(129), 40)).toThrow(RangeError);
    expect(() => rc2(new Uint8Array(8), 0)).toThrow(RangeError);
    expect(() => rc2(new Uint8Array(8), 1025)).toThrow(RangeError);
  });
});

describe("RC4", () => {
  // RFC 6229 §2
  it.each([
    ["0102030405", "b2396305f03dc027ccc3524a0a1118a8"],
    ["0102030405060708090a0b0c0d0e0f10", "9ac7cc9a609d1ef7b2932899cde41b97"],
  ])("key %s", (key, stream) => {
    expect(toHex(rc4(fromHex(key), new Uint8Array(16)))).toBe(stream);
  });

  it("refuses impossible keys", () => {
    expect(() => rc4(new Uint8Array(0), new Uint8Array(1))).toThrow(RangeError);
    expect(() => rc4(new Uint8Array(257), new Uint8Array(1))).toThrow(RangeError);
  });
});

describe("DES through triple DES", () => {
  it("gives FIPS 81's CBC example", () => {
    const key = fromHex("0123456789abcdef");
    const iv = fromHex("1234567890abcdef");
    const plain = new TextEncoder().encode("Now is the time for all ");
    const sealed = encrypt(CIPHERS.des, key, iv, plain);
    expect(toHex(sealed.subarray(0, 24))).toBe("e5c7cdde872bf27c43e934008c389c0f683788499a7c05f6");
    expect(decrypt(CIPHERS.des, key, iv, sealed)).toEqual(plain);
  });
});
