import {
  createPrivateKey,
  createPublicKey,
  ECDH,
  generateKeyPairSync,
  type KeyObject,
} from "node:crypto";
import { describe, expect, it } from "vitest";
import { DerReader } from "../../../src/bytes/der-reader.ts";
import { Tag } from "../../../src/bytes/der-tag.ts";
import { der } from "../../../src/bytes/der-writer.ts";
import { fromHex, toHex } from "../../../src/bytes/octets.ts";
import { PkiError } from "../../../src/model/error.ts";
import { parseCertificate } from "../../../src/x509/parse.ts";
import {
  keyMatches,
  privateKeyView,
  publicKeyInfo,
  samePublicKey,
} from "../../../src/x509/private-key.ts";
import { fixture, pemFixture } from "../../support/fixtures.ts";
import { mutate, propertySeed, SeededRandom } from "../../support/mutations.ts";
import { handmade } from "./handmade.ts";

const pkcs8Of = (key: KeyObject) => new Uint8Array(key.export({ type: "pkcs8", format: "der" }));
const spkiOf = (key: KeyObject) => new Uint8Array(key.export({ type: "spki", format: "der" }));

const pairs = {
  "RSA 1024": generateKeyPairSync("rsa", { modulusLength: 1024 }),
  "RSASSA-PSS": generateKeyPairSync("rsa-pss", { modulusLength: 1024 }),
  "P-256": generateKeyPairSync("ec", { namedCurve: "P-256" }),
  "P-521": generateKeyPairSync("ec", { namedCurve: "P-521" }),
  secp256k1: generateKeyPairSync("ec", { namedCurve: "secp256k1" }),
  brainpoolP256r1: generateKeyPairSync("ec", { namedCurve: "brainpoolP256r1" }),
  DSA: generateKeyPairSync("dsa", { modulusLength: 1024, divisorLength: 160 }),
  Ed25519: generateKeyPairSync("ed25519"),
  Ed448: generateKeyPairSync("ed448"),
  X25519: generateKeyPairSync("x25519"),
};

describe("publicKeyInfo", () => {
  it.each(Object.entries(pairs))("%s: what node:crypto says", (_, { privateKey, publicKey }) => {
    expect(toHex(publicKeyInfo(pkcs8Of(privateKey)))).toBe(toHex(spkiOf(publicKey)));
  });

  // The curve has a way of its own; n is the order of the group (SEC 2 §2.4.2).
  const n = "ffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551";
  it.each([
    ["0", "00"],
    ["1, in one octet", "01"],
    ["1, with leading zeros", `00${"0".repeat(62)}01`],
    ["n - 1", n.replace(/51$/, "50")],
    ["n", n],
    ["n + 1", n.replace(/51$/, "52")],
    ["no octets", ""],
  ])("P-256 with the number %s: as OpenSSL reads it", (_, secret) => {
    const pkcs8 = der.sequence(
      der.integer(0),
      der.sequence(der.oid("1.2.840.10045.2.1"), der.oid("1.2.840.10045.3.1.7")),
      der.octetString(der.sequence(der.integer(1), der.octetString(fromHex(secret)))),
    );
    const outcome = (work: () => Uint8Array) => {
      try {
        return toHex(work());
      } catch {
        return "refused";
      }
    };
    const theirs = outcome(() => {
      const key = createPrivateKey({ key: pkcs8 as Buffer, format: "der", type: "pkcs8" });
      return spkiOf(createPublicKey(key));
    });
    expect(outcome(() => publicKeyInfo(pkcs8))).toBe(theirs);
  });

  it("does not believe a public key that stands beside the private one", () => {
    const mine = generateKeyPairSync("ec", { namedCurve: "P-256" });
    const other = generateKeyPairSync("ec", { namedCurve: "P-256" });
    const forged = pkcs8Of(mine.privateKey);
    const point = (key: KeyObject) => spkiOf(key).subarray(-65);
    const at = Buffer.from(forged).indexOf(point(mine.publicKey));
    expect(at).toBeGreaterThan(0);
    forged.set(point(other.publicKey), at);
    expect(toHex(publicKeyInfo(forged))).toBe(toHex(spkiOf(mine.publicKey)));
  });

  it("refuses an RSA key whose primes do not give its modulus", () => {
    const forged = pkcs8Of(pairs["RSA 1024"].privateKey);
    const modulus = spkiOf(pairs["RSA 1024"].publicKey).subarray(-133, -5);
    const at = Buffer.from(forged).indexOf(modulus);
    forged[at + 5] = (forged[at + 5] as number) ^ 1;
    expect(() => publicKeyInfo(forged)).toThrow(
      expect.objectContaining({
        code: "format-malformed",
        message: "the primes of the RSA key do not give its modulus",
      }),
    );
  });

  it("refuses a curve that is spelled out", () => {
    const { privateKey } = generateKeyPairSync("ec", {
      namedCurve: "P-256",
      paramEncoding: "explicit",
    });
    expect(() => publicKeyInfo(pkcs8Of(privateKey))).toThrow(
      expect.objectContaining({ code: "format-unsupported" }),
    );
  });

  it("an algorithm that nobody knows is unsupported", () => {
    const pkcs8 = der.sequence(
      der.integer(0),
      der.sequence(der.oid("1.2.3.4")),
      der.octetString(new Uint8Array(4)),
    );
    expect(() => publicKeyInfo(pkcs8)).toThrow(
      expect.objectContaining({ code: "format-unsupported" }),
    );
  });

  it("a damaged key gives a PkiError or a key", () => {
    const random = new SeededRandom(propertySeed);
    const sources = [pairs["RSA 1024"], pairs["P-256"], pairs.Ed25519].map(({ privateKey }) =>
      pkcs8Of(privateKey),
    );
    for (let run = 0; run < 600; run++) {
      try {
        publicKeyInfo(mutate(sources[run % sources.length] as Uint8Array, random));
      } catch (error) {
        if (!(error instanceof PkiError)) throw new Error(`run ${run}`, { cause: error });
      }
    }
  });
});

describe("keyMatches", () => {
  const server = parseCertificate(pemFixture("pem/server.pem"));

  it("a key and its certificate", () => {
    expect(keyMatches(fixture("pem/server-key.der"), server)).toBe(true);
    expect(
      keyMatches(pemFixture("pem/rsa-key.pem"), parseCertificate(pemFixture("pem/rsa.pem"))),
    ).toBe(true);
  });

  it("not another's, of the same kind or of another", () => {
    expect(keyMatches(pemFixture("pem/root-key.pem"), server)).toBe(false);
    expect(keyMatches(pemFixture("pem/rsa-key.pem"), server)).toBe(false);
    expect(keyMatches(fixture("pem/server-key.der"), parseCertificate(handmade()))).toBe(false);
  });

  it("a point that is compressed in the certificate is the same key", () => {
    const { publicKey } = pairs["P-256"];
    const spki = spkiOf(publicKey);
    const point = ECDH.convertKey(
      spki.subarray(-65),
      "prime256v1",
      undefined,
      undefined,
      "compressed",
    );
    const reader = new DerReader(spki).sequence("spki");
    const compressed = der.sequence(
      reader.nextRaw(Tag.sequence),
      der.bitString(new Uint8Array(point as Buffer)),
    );
    expect(
      createPublicKey({ key: compressed as Buffer, format: "der", type: "spki" }).equals(publicKey),
    ).toBe(true);
    expect(samePublicKey(spki, compressed)).toBe(true);
    expect(samePublicKey(spki, spkiOf(pairs.secp256k1.publicKey))).toBe(false);
  });

  it("RSA parameters absent instead of NULL are the same key", () => {
    const spki = spkiOf(pairs["RSA 1024"].publicKey);
    const reader = new DerReader(spki).sequence("spki");
    reader.next();
    const bare = der.sequence(der.sequence(der.oid("1.2.840.113549.1.1.1")), reader.nextRaw());
    expect(samePublicKey(spki, bare)).toBe(true);
  });

  it("nonsense matches nothing", () => {
    expect(samePublicKey(fromHex("3000"), spkiOf(pairs.Ed25519.publicKey))).toBe(false);
  });
});

describe("privateKeyView", () => {
  it("says kind and size", () => {
    expect(privateKeyView(pkcs8Of(pairs["RSA 1024"].privateKey))).toMatchObject({
      algorithm: "RSA",
      bits: 1024,
    });
    expect(privateKeyView(fixture("pem/server-key.der"))).toMatchObject({
      algorithm: "EC",
      curve: "P-256",
    });
  });
});
