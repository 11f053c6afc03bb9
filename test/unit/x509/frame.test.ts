import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { ca, cert, publicOnly, rsaSpki } from "../../../scripts/fixtures/rules/forge.ts";
import { readPem } from "../../../src/bytes/pem.ts";
import type { Certificate } from "../../../src/model/certificate.ts";
import { PkiError } from "../../../src/model/error.ts";
import { CertificateMemo } from "../../../src/x509/certificate-memo.ts";
import { frameOf } from "../../../src/x509/frame.ts";
import { printName } from "../../../src/x509/name.ts";
import { parseCertificate, readCertificate } from "../../../src/x509/parse.ts";
import { filesUnder } from "../../support/source-tree.ts";

/** One certificate of each maker: OpenSSL, keytool, GSKit, and those made by hand for the rules. */
const ders = filesUnder("certs-fixtures")
  .filter((path) => /\.(pem|crt|cer)$/.test(path))
  .flatMap((path) => {
    try {
      return readPem(new Uint8Array(readFileSync(path)));
    } catch {
      return [];
    }
  })
  .filter(({ label }) => label === "CERTIFICATE")
  .map(({ der }) => der);

/** Fixtures live for a hundred years, which is written in the other way; these end in time. */
const soon = { from: "2025-01-01", to: "2027-01-01" };
const root = ca("CN=Frame Root,O=Frame,C=GB", soon);
const usual = [
  root.der,
  cert({ subject: "CN=host.example.com,OU=a+L=b,O=Frame,C=GB", issuer: root, ...soon }).der,
  cert({
    subject: "CN=M\u00fcller",
    issuer: root,
    key: publicOnly(rsaSpki(2n ** 2047n + 5n)),
    ...soon,
  }).der,
];

/** What a reader gives, or how it fails. */
function outcome(read: () => Certificate): unknown {
  try {
    const { subject, issuer, sha256, ...rest } = fieldsOf(read());
    return { ...rest, sha256, subject: nameOf(subject), issuer: nameOf(issuer) };
  } catch (error) {
    if (!(error instanceof PkiError)) throw error;
    return { code: error.code, message: error.message, where: error.where };
  }
}

const nameOf = (name: Certificate["subject"]) => [printName(name), name.rdns, name.der];

function fieldsOf(certificate: Certificate) {
  const { der, sha256, version, serial, subject, issuer, notBefore, notAfter } = certificate;
  const { signatureAlgorithm, publicKey, extensions } = certificate;
  const all = { der, sha256, version, serial, subject, issuer, notBefore, notAfter };
  return { ...all, signatureAlgorithm, publicKey, extensions };
}

const same = (der: Uint8Array, memo?: CertificateMemo): void => {
  const quick = outcome(() => parseCertificate(der, "here", memo));
  expect(quick).toEqual(outcome(() => readCertificate(der, "here")));
};

describe("the quick way of reading a certificate", () => {
  it("is taken by ordinary certificates, and gives what the careful one does", () => {
    expect(ders.length).toBeGreaterThan(150);
    expect(usual.map((der) => frameOf(der) !== undefined)).toEqual([true, true, true]);
    const memo = new CertificateMemo();
    for (const der of [...usual, ...ders]) {
      same(der);
      same(der, memo);
    }
  });

  it("gives the same values and errors where any octet differs", () => {
    for (const der of usual) {
      for (let at = 0; at < der.length; at++) {
        // A signature has nothing to read in it.
        if (at > der.length - 60 && at % 16 !== 0) continue;
        const damaged = der.slice();
        damaged[at] = (damaged[at] as number) ^ (at % 3 === 0 ? 0x80 : 0x01);
        same(damaged);
      }
    }
  }, 60_000);

  it("gives the same errors for a certificate that is cut off or goes on", () => {
    const [, der = new Uint8Array()] = usual;
    for (let length = 0; length < der.length; length += 3) same(der.slice(0, length));
    same(new Uint8Array([...der, 0]));
  });
});
