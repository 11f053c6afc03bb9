import { execFileSync } from "node:child_process";
import { createDecipheriv, createHash, createPrivateKey } from "node:crypto";
import { describe, expect, it } from "vitest";
import { DerReader } from "../../../../src/bytes/der-reader.ts";
import { contextTag } from "../../../../src/bytes/der-tag.ts";
import { der } from "../../../../src/bytes/der-writer.ts";
import { openKey, sealKey } from "../../../../src/codecs/kdb/protect.ts";
import { PROTECTIONS, protectionOf, sealingOf } from "../../../../src/codecs/kdb/protection.ts";
import { Secret } from "../../../../src/model/secret.ts";
import { pemFixture, secret } from "../../../support/fixtures.ts";
import { seededBytes } from "../../../support/mutations.ts";
import { failure } from "./making.ts";

const random = seededBytes(3);
const pkcs8 = pemFixture("pem/server-key.pem");
const same = (found: Secret) => found.use((bytes) => Buffer.from(pkcs8).equals(bytes));
const ids = PROTECTIONS.map(({ id }) => id);

describe.each(ids)("%s", (id) => {
  const utf8 = secret("pässwörd€ 𝒳");
  const seal = (password: Secret) => sealKey(new Secret(pkcs8.slice()), id, password, random);

  it("opens with the bytes that sealed it, in any character set, and empty", async () => {
    const latin = new Secret(Uint8Array.of(0x70, 0xe4, 0xff));
    for (const password of [utf8, latin, secret(""), new Secret(new Uint8Array(128).fill(0x80))]) {
      expect(same(await openKey(await seal(password), password))).toBe(true);
    }
  });

  it("says so when the password is wrong, even where the padding comes out right", async () => {
    const sealed = await seal(utf8);
    const tries = id.startsWith("pbes2") ? 20 : 600;
    for (let i = 0; i < tries; i++) {
      expect(await failure(openKey(sealed, secret(`wrong ${i}`)))).toMatchObject({
        code: "key-password-wrong",
      });
    }
  });

  it("names itself", async () => {
    const sealing = sealingOf(await seal(utf8));
    expect(sealing.id).toBe(id);
    expect(protectionOf([sealing])).toBe(id);
  });
});

describe("what other software sealed", () => {
  const openssl = (...args: string[]): Uint8Array => {
    const run = ["pkcs8", "-topk8", "-outform", "DER", "-passout", "pass:letters", ...args];
    const key = "certs-fixtures/pem/server-key.pem";
    return new Uint8Array(execFileSync("openssl", [...run, "-in", key]));
  };

  it.each([
    ["pbe-sha1-3des", ["-v1", "PBE-SHA1-3DES"]],
    ["pbes2-aes256-sha384", ["-v2", "aes-256-cbc", "-v2prf", "hmacWithSHA384", "-iter", "100000"]],
    ["pbes2-aes128-sha256", ["-v2", "aes-128-cbc"]],
    ["pbes2-aes256-sha1", ["-v2", "aes-256-cbc", "-v2prf", "hmacWithSHA1"]],
    ["pbes2-3des-sha512", ["-v2", "des3", "-v2prf", "hmacWithSHA512"]],
    ["pbes2-aes256-scrypt", ["-scrypt"]],
  ])("openssl's %s opens", async (id, args) => {
    const sealed = openssl(...args);
    expect(sealingOf(sealed).id).toBe(id);
    expect(same(await openKey(sealed, secret("letters")))).toBe(true);
  });

  it("and openssl opens ours", async () => {
    for (const id of ["pbe-sha1-3des", "pbes2-aes256-sha384"]) {
      const sealed = await sealKey(new Secret(pkcs8.slice()), id, secret("letters"), random);
      const given = { key: Buffer.from(sealed), passphrase: "letters" };
      const opened = createPrivateKey({ ...given, format: "der", type: "pkcs8" });
      const again = opened.export({ format: "der", type: "pkcs8" });
      expect(Buffer.from(pkcs8).equals(again)).toBe(true);
    }
  });
});

describe("the two that openssl 3 does not know, once more by hand", () => {
  const password = new TextEncoder().encode("pässwörd");

  function parts(sealed: Uint8Array) {
    const outer = new DerReader(sealed).sequence("");
    const algorithm = outer.sequence("algorithm");
    const oid = algorithm.oid();
    const parameters = algorithm.sequence("parameters");
    const salt = parameters.octetString("salt");
    return { oid, salt, iterations: parameters.unsigned("n", 9), text: outer.octetString("text") };
  }

  const open = (key: Buffer, iv: Buffer, text: Uint8Array) => {
    const cipher = createDecipheriv("des-ede3-cbc", key, iv);
    return Buffer.concat([cipher.update(text), cipher.final()]);
  };

  const seal = (id: string) =>
    sealKey(new Secret(pkcs8.slice()), id, new Secret(password.slice()), random);

  it("PBKDF1 with MD5, DES as triple DES with one key", async () => {
    const { oid, salt, iterations, text } = parts(await seal("pbe-md5-des"));
    expect([oid, salt.length, iterations]).toEqual(["1.2.840.113549.1.5.3", 8, 5]);
    let made = Buffer.concat([password, salt]);
    for (let i = 0; i < 5; i++) made = createHash("md5").update(made).digest();
    const key = made.subarray(0, 8);
    const opened = open(Buffer.concat([key, key, key]), made.subarray(8), text);
    expect(opened.equals(Buffer.from(pkcs8))).toBe(true);
  });

  it("the draft: RFC 7292's derivation over the bare bytes", async () => {
    const { oid, salt, iterations, text } = parts(await seal("pbe-sha1-3des-draft"));
    expect([oid, salt.length, iterations]).toEqual(["1.2.840.113549.1.12.5.1.3", 8, 5]);
    const block = (bytes: Uint8Array) =>
      Buffer.from(Array.from({ length: 64 }, (_, i) => bytes[i % bytes.length] as number));
    const derive = (purpose: number, length: number): Buffer => {
      let input = Buffer.concat([block(salt), block(password)]);
      let out = Buffer.alloc(0);
      while (out.length < length) {
        let a = Buffer.concat([Buffer.alloc(64, purpose), input]);
        for (let i = 0; i < 5; i++) a = createHash("sha1").update(a).digest();
        out = Buffer.concat([out, a]);
        const b = BigInt(`0x${block(a).toString("hex")}`) + 1n;
        const next = [0, 64].map((at) => {
          const sum = BigInt(`0x${input.subarray(at, at + 64).toString("hex")}`) + b;
          return Buffer.from(BigInt.asUintN(512, sum).toString(16).padStart(128, "0"), "hex");
        });
        input = Buffer.concat(next);
      }
      return out.subarray(0, length);
    };
    expect(open(derive(1, 24), derive(2, 8), text).equals(Buffer.from(pkcs8))).toBe(true);
  });
});

describe("hostile seals", () => {
  const sealed = (oid: string, iterations: Uint8Array) =>
    der.sequence(
      der.sequence(der.oid(oid), der.sequence(der.octetString(random(8)), iterations)),
      der.octetString(random(16)),
    );
  const ONE_STEP = ["1.2.840.113549.1.12.1.3", "1.2.840.113549.1.12.5.1.3", "1.2.840.113549.1.5.3"];

  it.each(ONE_STEP)("%s: iterations end at 5,000,000", async (oid) => {
    const at = (count: number) => failure(openKey(sealed(oid, der.integer(count)), secret("x")));
    for (const count of [5_000_001, 2 ** 31 - 1, 2 ** 53 - 1]) {
      expect(await at(count)).toMatchObject({ code: "limit-exceeded" });
    }
    const huge = der.tlv(2, new Uint8Array(2000).fill(1));
    expect(await failure(openKey(sealed(oid, huge), secret("x")))).toMatchObject({
      code: "limit-exceeded",
    });
    expect(await at(0)).toMatchObject({ code: "format-malformed" });
    expect(await at(1)).toMatchObject({ code: "key-password-wrong" });
  });

  it("of an algorithm that is not known are listed by OID and not opened", async () => {
    const blob = sealed("1.2.3.4", der.integer(1));
    expect(sealingOf(blob)).toMatchObject({ id: "1.2.3.4", pbe: undefined });
    expect(await failure(openKey(blob, secret("x")))).toMatchObject({ code: "format-unsupported" });
  });

  it("that are no EncryptedPrivateKeyInfo are malformed", () => {
    const algorithm = der.sequence(der.oid("1.2.3.4"));
    const text = der.octetString(random(8));
    for (const blob of [
      new Uint8Array(0),
      der.null(),
      der.sequence(algorithm),
      der.sequence(algorithm, text, text),
      der.sequence(algorithm, der.tlv(contextTag(0), random(8))),
      Uint8Array.of(...der.sequence(algorithm, text), 0),
    ]) {
      expect(() => sealingOf(blob)).toThrow(expect.objectContaining({ code: "format-malformed" }));
    }
  });
});
