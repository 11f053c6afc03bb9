import { createPrivateKey, generateKeyPairSync } from "node:crypto";
import { describe, expect, it } from "vitest";
import { der } from "../../../src/bytes/der-writer.ts";
import { fromHex, toHex } from "../../../src/bytes/octets.ts";
import { decrypt, encrypt } from "../../../src/crypto/cipher.ts";
import { CIPHERS } from "../../../src/crypto/cipher-shape.ts";
import { KdfBudget } from "../../../src/crypto/kdf.ts";
import { pkcs12Password } from "../../../src/crypto/password.ts";
import { openPbe, openSealedKey, renewPbe, sealKey, sealPbe } from "../../../src/crypto/pbe.ts";
import {
  encodePbe,
  isWeakPbe,
  oneStepPbe,
  type Pbe,
  pbes2Pbe,
  readPbe,
} from "../../../src/crypto/pbe-scheme.ts";

const utf8 = (text: string): Uint8Array => new TextEncoder().encode(text);
const salt = fromHex("0102030405060708");
const iv16 = fromHex("00112233445566778899aabbccddeeff");
const iv8 = iv16.subarray(0, 8);
const password = pkcs12Password(utf8("correct horse"));

const ONE_STEP_IDS = [
  "pbe-sha1-rc4-128",
  "pbe-sha1-rc4-40",
  "pbe-sha1-3des",
  "pbe-sha1-3des-2key",
  "pbe-sha1-rc2-128",
  "pbe-sha1-rc2-40",
  "pbe-md5-des",
  "pbe-md5-rc2",
  "pbe-sha1-des",
  "pbe-sha1-rc2",
];

const SCHEMES: Pbe[] = [
  ...ONE_STEP_IDS.map((id) => oneStepPbe(id, salt, 50)),
  ...(["aes128", "aes192", "aes256", "camellia128", "camellia192", "camellia256"] as const).map(
    (cipher) => pbes2Pbe(cipher, "sha256", salt, iv16, 50),
  ),
  ...(["3des", "des"] as const).map((cipher) => pbes2Pbe(cipher, "sha1", salt, iv8, 50)),
  ...(["sha224", "sha384", "sha512", "sha512-224", "sha512-256"] as const).map((prf) =>
    pbes2Pbe("aes128", prf, salt, iv16, 50),
  ),
  ...[32, 40, 64, 128, 256].map(
    (bits): Pbe => ({
      id: "pbes2-rc2",
      kdf: { kind: "pbkdf2", prf: "sha1", salt, iterations: 50, keyLength: bits / 8 },
      cipher: { name: "rc2", keyLength: bits / 8, ivLength: 8, effectiveBits: bits },
      iv: iv8,
    }),
  ),
  {
    id: "pbes2-aes256",
    kdf: { kind: "scrypt", salt, iterations: 128, cost: 16, blockSize: 8, parallel: 1 },
    cipher: CIPHERS.aes256,
    iv: iv16,
  },
];

const limitExceeded = expect.objectContaining({ code: "limit-exceeded" });
const malformed = expect.objectContaining({ code: "format-malformed" });
const unsupported = expect.objectContaining({ code: "format-unsupported" });

describe("password-based encryption", () => {
  it.each(SCHEMES.map((pbe, i) => [i, pbe.id, pbe] as const))(
    "%i %s: what is sealed opens again",
    async (_, __, pbe) => {
      const algorithm = encodePbe(pbe);
      expect(readPbe(algorithm)).toEqual(pbe);
      for (const length of [0, 1, 7, 8, 15, 16, 17, 1000]) {
        const plaintext = new Uint8Array(length).fill(0x5a);
        const sealed = await sealPbe(pbe, plaintext, password);
        expect(await openPbe(algorithm, sealed, password, new KdfBudget())).toEqual(plaintext);
      }
    },
  );

  it("takes a fresh salt and IV of the same lengths, and nothing else, when renewed", () => {
    const random = (count: number): Uint8Array => new Uint8Array(count).fill(7);
    const pbe = pbes2Pbe("aes256", "sha256", salt, iv16, 50);
    const renewed = renewPbe(pbe, random);
    expect(renewed).toEqual(pbes2Pbe("aes256", "sha256", random(8), random(16), 50));
    expect(renewPbe(oneStepPbe("pbe-sha1-3des", salt, 9), random)).toEqual(
      oneStepPbe("pbe-sha1-3des", random(8), 9),
    );
  });

  it("calls everything weak but AES and Camellia", () => {
    const strong = SCHEMES.filter((pbe) => !isWeakPbe(pbe)).map((pbe) => pbe.cipher.name);
    expect(new Set(strong)).toEqual(
      new Set(["aes128", "aes192", "aes256", "camellia128", "camellia192", "camellia256"]),
    );
  });

  it("opens keys that OpenSSL sealed, and the other way round", async () => {
    const { privateKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
    const pkcs8 = new Uint8Array(privateKey.export({ type: "pkcs8", format: "der" }));
    for (const cipher of ["aes-128-cbc", "aes-192-cbc", "aes-256-cbc", "des-ede3-cbc"]) {
      const sealed = privateKey.export({
        type: "pkcs8",
        format: "der",
        cipher,
        passphrase: "correct horse",
      });
      const opened = await openSealedKey(new Uint8Array(sealed), password, new KdfBudget());
      expect(toHex(opened)).toBe(toHex(pkcs8));
    }
    for (const pbe of [
      oneStepPbe("pbe-sha1-3des", salt, 50),
      pbes2Pbe("aes256", "sha256", salt, iv16, 50),
      pbes2Pbe("3des", "sha1", salt, iv8, 50),
    ]) {
      const key = createPrivateKey({
        key: Buffer.from(await sealKey(pbe, pkcs8, password)),
        type: "pkcs8",
        format: "der",
        passphrase: "correct horse",
      });
      expect(key.equals(privateKey)).toBe(true);
    }
  });

  it("tells a wrong password, also where the padding happens to come out right", async () => {
    const { privateKey } = generateKeyPairSync("ed25519");
    const pkcs8 = new Uint8Array(privateKey.export({ type: "pkcs8", format: "der" }));
    const sealed = await sealKey(oneStepPbe("pbe-sha1-rc4-40", salt, 1), pkcs8, password);
    for (let i = 0; i < 20; i++) {
      await expect(
        openSealedKey(sealed, pkcs12Password(utf8(`wrong ${i}`)), new KdfBudget()),
      ).rejects.toMatchObject({ code: "key-password-wrong" });
    }
  });

  it("opens RFC 7914's example only as far as memory allows", () => {
    // RFC 7914 §13, the AlgorithmIdentifier: N = 1,048,576 and r = 8 are 1 GiB.
    const algorithm = fromHex(
      "304d06092a864886f70d01050d3040301f06092b06010401da47040b301204054d6f757365020310000002010802" +
        "0101301d060960864801650304012a0410c989a0b8732c3b0cc630fa3239b93f26",
    );
    expect(() => readPbe(algorithm)).toThrow(limitExceeded);
  });
});

describe("the limits of an algorithm identifier", () => {
  const oneStep = (iterations: Uint8Array, saltBytes = salt): Uint8Array =>
    der.sequence(
      der.oid("1.2.840.113549.1.12.1.3"),
      der.sequence(der.octetString(saltBytes), iterations),
    );

  it("are judged on the encoded iteration count", () => {
    expect(() => readPbe(oneStep(der.integer(0)))).toThrow(malformed);
    expect(() => readPbe(oneStep(der.integer(-1)))).toThrow(malformed);
    expect(readPbe(oneStep(der.integer(1))).kdf.iterations).toBe(1);
    expect(readPbe(oneStep(der.integer(4_999_999))).kdf.iterations).toBe(4_999_999);
    expect(readPbe(oneStep(der.integer(5_000_000))).kdf.iterations).toBe(5_000_000);
    expect(() => readPbe(oneStep(der.integer(5_000_001)))).toThrow(limitExceeded);
    expect(() => readPbe(oneStep(der.integer(2 ** 32 + 1)))).toThrow(limitExceeded);
    expect(() => readPbe(oneStep(der.integer(2n ** 64n + 1n)))).toThrow(limitExceeded);
  });

  it("bound the salt", () => {
    expect(readPbe(oneStep(der.integer(1), new Uint8Array(1024))).kdf.salt.length).toBe(1024);
    expect(() => readPbe(oneStep(der.integer(1), new Uint8Array(1025)))).toThrow(limitExceeded);
  });

  it("hold IV and key length to the cipher", () => {
    const algorithm = (iv: Uint8Array, keyLength?: number): Uint8Array =>
      encodePbe({
        id: "pbes2-aes256",
        kdf: {
          kind: "pbkdf2",
          prf: "sha256",
          salt,
          iterations: 1,
          ...(keyLength === undefined ? {} : { keyLength }),
        },
        cipher: CIPHERS.aes256,
        iv,
      });
    expect(readPbe(algorithm(iv16)).iv).toEqual(iv16);
    for (const length of [0, 15, 17]) {
      expect(() => readPbe(algorithm(new Uint8Array(length)))).toThrow(malformed);
    }
    expect(readPbe(algorithm(iv16, 32)).cipher.name).toBe("aes256");
    for (const length of [16, 31, 33]) {
      expect(() => readPbe(algorithm(iv16, length))).toThrow(malformed);
    }
  });

  it("refuse what is not known by its name", () => {
    expect(() => readPbe(der.sequence(der.oid("1.2.3.4")))).toThrow(unsupported);
    expect(() => readPbe(der.sequence(der.oid("1.2.3.4")))).toThrow(/1\.2\.3\.4/);
  });

  it("charge every derivation to the file", async () => {
    const budget = new KdfBudget(100);
    const pbe = pbes2Pbe("aes128", "sha1", salt, iv16, 60);
    const sealed = await sealPbe(pbe, utf8("x"), password);
    await openPbe(encodePbe(pbe), sealed, password, budget);
    await expect(openPbe(encodePbe(pbe), sealed, password, budget)).rejects.toMatchObject({
      code: "limit-exceeded",
    });
  });
});

describe("decrypt", () => {
  it("refuses lengths and paddings that no encryption gives", () => {
    const key = new Uint8Array(16).fill(1);
    const sealed = encrypt(CIPHERS.aes128, key, iv16, utf8("0123456789"));
    expect(decrypt(CIPHERS.aes128, key, iv16, sealed)).toEqual(utf8("0123456789"));
    expect(decrypt(CIPHERS.aes128, key, iv16, new Uint8Array(0))).toBeUndefined();
    expect(decrypt(CIPHERS.aes128, key, iv16, sealed.subarray(1))).toBeUndefined();
    const other = new Uint8Array(16).fill(2);
    expect(decrypt(CIPHERS.aes128, other, iv16, sealed)).toBeUndefined();
  });
});
