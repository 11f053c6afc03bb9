import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { fromHex } from "../../../src/bytes/octets.ts";
import { codecFor, codecs } from "../../../src/codecs/index.ts";
import { nameOther } from "../../../src/codecs/other-formats.ts";
import { recognise, requireFormat } from "../../../src/codecs/recognise.ts";
import { PkiError } from "../../../src/model/error.ts";
import { fixture, manifest } from "../../support/fixtures.ts";
import { sharedFixture, sharedFolder } from "../../support/shared.ts";

const text = (content: string) => new TextEncoder().encode(content);
const hex = (digits: string) => fromHex(digits.replaceAll(" ", ""));

describe("by content", () => {
  it.each([
    ["pem/server.pem", "pem"],
    ["pem/bom.pem", "pem"],
    ["pem/bundle-crlf.pem", "pem"],
    ["pem/text-around.pem", "pem"],
    ["pem/long-preface.pem", "pem"],
    ["pem/server-key-encrypted.pem", "pem"],
    ["pem/server.der", "der"],
    ["pem/server-key.der", "der"],
    ["java/chain.jks", "jks"],
  ])("%s is %s", (path, format) => {
    expect(recognise(fixture(path))).toBe(format);
  });

  it("agrees with the manifest and with each codec's own sniff", async () => {
    for (const [path, entry] of manifest()) {
      if (entry.error !== undefined) continue;
      const bytes = fixture(path);
      expect(recognise(bytes), path).toBe(entry.format);
      for (const { format, load } of codecs) {
        expect((await load()).sniff(bytes), `${format} on ${path}`).toBe(format === entry.format);
      }
    }
  });

  it.each([
    ["KDB", "37480302 00000000 5835303946455900", "kdb"],
    ["a KDB's first two octets", "3748", "kdb"],
    ["JCEKS", "cececece 00000002", "jceks"],
    ["PKCS#12, DER", "3082 0a00 020103 3082 09c6 0609 2a864886f70d010701", "pkcs12"],
    ["PKCS#12, indefinite lengths", "3080 020103 3080 0609 2a864886f70d010701", "pkcs12"],
    ["PKCS#12, signed", "3082 0a00 020103 3082 09c6 0609 2a864886f70d010702", "pkcs12"],
    ["PKCS#8", "3081 87 020100 3013 0607 2a8648ce3d0201", "der"],
    ["PKCS#1", "3082 04a4 020100 0282010100", "der"],
    ["SEC1", "3077 020101 0420 00", "der"],
    ["EncryptedPrivateKeyInfo", "3010 3006 06022a03 0500 0406 000000000000", "der"],
  ])("%s", (_what, digits, format) => {
    expect(recognise(hex(digits))).toBe(format);
  });
});

describe("what is not read", () => {
  it.each([
    ["a KDB's companion", hex("37480301 00000000"), "request or CRL file"],
    ["PKCS#7", hex("3082 0100 0609 2a864886f70d010702 a082 00f1"), "PKCS#7"],
    ["BKS", hex("00000002 00000014 0000"), "BKS"],
    ["BCFKS", hex("3020 300e 3006 06022a03 0500 0404 00000000"), "BCFKS"],
    ["a CRL", hex("3040 3030 020101 3003 060129 3000 170d 3236"), "revocation list"],
    ["an old CRL", hex("3040 3030 3003 060129 3000 170d 3236"), "revocation list"],
    ["a public key", hex("3010 3006 06022a03 0500 0306 000000000000"), "public key"],
    ["an SSH key", text("-----BEGIN OPENSSH PRIVATE KEY-----\nb3Bl\n"), "OpenSSH"],
    ["an SSH public key", text("ssh-ed25519 AAAA"), "SSH public key"],
    ["OpenPGP", text("-----BEGIN PGP PUBLIC KEY BLOCK-----\n"), "OpenPGP"],
    ["PuTTY", text("PuTTY-User-Key-File-3: ssh-rsa"), "PuTTY"],
    [
      "UTF-16 PEM",
      Uint8Array.from([0xff, 0xfe, ...Buffer.from("-----BEGIN CERTIFICATE-----", "utf16le")]),
      "UTF-16",
    ],
    ["EBCDIC PEM", hex("6060606060 c2c5c7c9d5 40 c3c5d9e3c9c6c9c3c1e3c5 6060606060 15"), "EBCDIC"],
    ["naked base64", text("MIIBszCCAVmgAwIBAgIUQ\n"), "base64"],
    ["ZIP", hex("504b0304 1400"), "ZIP"],
    ["NSS", text("SQLite format 3\0"), "NSS"],
    ["a stash", new Uint8Array(129).fill(0xf5), "stash"],
    ["a stash, v2", new Uint8Array(193).fill(0xaa), "stash"],
  ])("%s is named", (_what, head, title) => {
    expect(recognise(head)).toBeUndefined();
    expect(nameOther(head)?.title).toContain(title);
    expect(() => requireFormat(head)).toThrow(
      expect.objectContaining({ code: "format-unsupported" }),
    );
  });

  it("a certificate beside an SSH key is still PEM", () => {
    const both = "-----BEGIN OPENSSH PRIVATE KEY-----\n-----BEGIN CERTIFICATE-----\n";
    expect(recognise(text(both))).toBe("pem");
  });

  it.each([
    ["an empty file", new Uint8Array()],
    ["text", text("hello")],
    ["a stash's length but not its form", text("x".repeat(129))],
    ["193 octets of text", text("x".repeat(193))],
    ["zeros", new Uint8Array(64)],
  ])("%s is unknown", (_what, head) => {
    expect(() => requireFormat(head)).toThrow(expect.objectContaining({ code: "format-unknown" }));
  });

  it("no head makes it fail in another way", () => {
    for (const path of ["pem/server.der", "java/chain.jks", "pem/server.pem"]) {
      const bytes = fixture(path);
      for (let length = 0; length < 64; length++) {
        try {
          requireFormat(bytes.subarray(0, length));
        } catch (error) {
          expect(error).toBeInstanceOf(PkiError);
        }
      }
    }
  });
});

describe("codecs", () => {
  it("are what they say", async () => {
    for (const { format } of codecs) expect((await codecFor(format)).format).toBe(format);
  });

  it("JCEKS is recognised and refused", async () => {
    await expect(codecFor("jceks")).rejects.toMatchObject({ code: "format-unsupported" });
  });
});

/** What each kind of file in the shared corpus is, by its folder. */
const CORPUS: Readonly<Record<string, readonly (string | undefined)[]>> = {
  jks: ["jks"],
  jceks: ["jceks"],
  pkcs12: ["pkcs12"],
  csr: ["pem", "der"],
  pem: ["pem"],
  der: ["der", undefined],
  p7b: ["pem", undefined],
  crl: ["pem", undefined],
  bks: [undefined],
  uber: [undefined],
  bcfks: [undefined],
};
/** Neither a store nor a certificate, though their folder says so. */
const NOT_NAMED = [
  "asn1crypto__scrypt_algo.der", // an algorithm identifier alone
  "keystore-explorer__cert.pkipath", // a sequence of certificates
  "asn1crypto__meca2_compressed.der", // CMS compressed data
];

describe.skipIf(sharedFixture("corpus/jks") === undefined)(
  "files of other projects (../shared)",
  () => {
    it.each(Object.entries(CORPUS))("%s", (folder, formats) => {
      const names = sharedFolder(`corpus/${folder}`);
      expect(names.length).toBeGreaterThan(0);
      for (const name of names) {
        const bytes = new Uint8Array(readFileSync(sharedFixture(`corpus/${folder}/${name}`) ?? ""));
        const format = recognise(bytes);
        expect(formats, name).toContain(format);
        const named = format !== undefined || nameOther(bytes) !== undefined;
        expect(named, name).toBe(!NOT_NAMED.includes(name));
      }
    });
  },
);
