import { describe, expect, it } from "vitest";
import { der } from "../../../src/bytes/der-writer.ts";
import { parseCertificate } from "../../../src/x509/parse.ts";
import { describeCertificate, printCertificate } from "../../../src/x509/print.ts";
import { pemFixture } from "../../support/fixtures.ts";
import { extension, handmade, nameOf } from "./handmade.ts";

const ascii = (text: string): Uint8Array => new TextEncoder().encode(text);

describe("printCertificate", () => {
  it("prints everything that a person looks for", () => {
    const cert = parseCertificate(
      handmade({
        serial: der.integer(0x0abc),
        subject: nameOf("2.5.4.3", der.utf8("host.example.com")),
        extensions: [
          extension("2.5.29.19", der.sequence(der.boolean(true), der.integer(0)), true),
          extension("2.5.29.15", der.tlv(3, Uint8Array.of(5, 0xa0)), true),
          extension(
            "2.5.29.37",
            der.sequence(der.oid("1.3.6.1.5.5.7.3.1"), der.oid("1.3.6.1.5.5.7.3.2")),
          ),
          extension("2.5.29.17", der.sequence(der.tlv(0x82, ascii("host.example.com")))),
          extension("2.5.29.14", der.octetString(Uint8Array.of(1, 2, 3))),
          extension("2.5.29.35", der.sequence(der.tlv(0x80, Uint8Array.of(4, 5, 6)))),
          extension(
            "2.5.29.31",
            der.sequence(
              der.sequence(der.explicit(0, der.explicit(0, der.tlv(0x86, ascii("http://crl"))))),
            ),
          ),
          extension(
            "1.3.6.1.5.5.7.1.1",
            der.sequence(
              der.sequence(der.oid("1.3.6.1.5.5.7.48.1"), der.tlv(0x86, ascii("http://ocsp"))),
            ),
          ),
          extension("2.5.29.32", der.sequence(der.sequence(der.oid("1.2.3")))),
          extension(
            "2.5.29.30",
            der.sequence(der.explicit(0, der.sequence(der.tlv(0x82, ascii("example.com"))))),
          ),
          extension("1.2.3.4.5", Uint8Array.of(0xde, 0xad)),
        ],
      }),
    );
    const { sha1, sha256 } = describeCertificate(cert);
    expect(printCertificate(cert)).toEqual([
      "Subject:             CN=host.example.com",
      "Issuer:              CN=Handmade",
      "Serial Number:       0A:BC",
      "Not Before:          2026-01-01 00:00:00 UTC",
      "Not After:           2027-01-01 00:00:00 UTC",
      "Signature Algorithm: sha256WithRSAEncryption",
      "Public Key:          Ed25519",
      "Version:             3",
      "Extensions:",
      "    Basic Constraints (2.5.29.19, critical)",
      "        CA:TRUE, pathlen:0",
      "    Key Usage (2.5.29.15, critical)",
      "        digitalSignature, keyEncipherment",
      "    Extended Key Usage (2.5.29.37)",
      "        serverAuth, clientAuth",
      "    Subject Alternative Name (2.5.29.17)",
      "        DNS:host.example.com",
      "    Subject Key Identifier (2.5.29.14)",
      "        01:02:03",
      "    Authority Key Identifier (2.5.29.35)",
      "        04:05:06",
      "    CRL Distribution Points (2.5.29.31)",
      "        URI:http://crl",
      "    Authority Information Access (1.3.6.1.5.5.7.1.1)",
      "        OCSP - URI:http://ocsp",
      "    Certificate Policies (2.5.29.32)",
      "        1.2.3",
      "    Name Constraints (2.5.29.30)",
      "        permitted DNS:example.com",
      "    1.2.3.4.5",
      "        DE:AD",
      "Fingerprints:",
      `    SHA-1:   ${sha1}`,
      `    SHA-256: ${sha256}`,
    ]);
    expect(sha1).toMatch(/^([0-9A-F]{2}:){19}[0-9A-F]{2}$/);
    expect(sha256).toMatch(/^([0-9A-F]{2}:){31}[0-9A-F]{2}$/);
  });

  it("says what cannot be read, and cuts what is long", () => {
    const { extensions } = describeCertificate(
      parseCertificate(
        handmade({
          extensions: [extension("2.5.29.17", der.null()), extension("1.2.3", new Uint8Array(65))],
        }),
      ),
    );
    expect(extensions[0]).toMatchObject({ readable: false, values: ["05:00"] });
    expect(extensions[1]?.values).toEqual([`${"00:".repeat(63)}00… (65 bytes)`]);
    expect(
      printCertificate(
        parseCertificate(handmade({ extensions: [extension("2.5.29.17", der.null(), true)] })),
      ),
    ).toContain("    Subject Alternative Name (2.5.29.17, critical, cannot be read)");
  });

  it("no value leaves its line", () => {
    const hostile = "a\nFingerprints:\r\n\u0085x";
    const lines = printCertificate(
      parseCertificate(
        handmade({
          subject: nameOf("2.5.4.3", der.utf8(hostile)),
          extensions: [
            extension("2.5.29.17", der.sequence(der.tlv(0x82, ascii(hostile)))),
            extension(
              "2.5.29.32",
              der.sequence(
                der.sequence(
                  der.oid("1.2.3"),
                  der.sequence(der.sequence(der.oid("1.3.6.1.5.5.7.2.1"), der.ia5(hostile))),
                ),
              ),
            ),
          ],
        }),
      ),
    );
    expect(lines.filter((line) => /[\n\r]/.test(line))).toEqual([]);
    expect(lines.filter((line) => line === "Fingerprints:").length).toBe(1);
  });

  it.each([
    ["server", "EC P-256, 256 bits"],
    ["client", "EC P-384, 384 bits"],
    ["rsa", "RSA 2048 bits, exponent 65537"],
    ["ed25519", "Ed25519"],
  ])("%s: %s", (name, text) => {
    const cert = parseCertificate(pemFixture(`pem/${name}.pem`));
    expect(describeCertificate(cert).publicKey).toBe(text);
  });

  it("tells hash and salt of RSASSA-PSS, and a negative serial", () => {
    const algorithm = der.sequence(der.oid("1.2.840.113549.1.1.10"), der.sequence());
    const view = describeCertificate(
      parseCertificate(handmade({ algorithm, serial: der.integer(-2) })),
    );
    expect(view.signatureAlgorithm).toBe("rsassaPss, sha1, MGF1 with sha1, salt of 20 bytes");
    expect(view.serial).toBe("-02");
  });
});
