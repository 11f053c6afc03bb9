import { describe, expect, it } from "vitest";
import { cert, ext } from "../../../scripts/fixtures/rules/forge.ts";
import { CertificateView } from "../../../src/audit/certificate-view.ts";
import { ViewMemo } from "../../../src/audit/view-memo.ts";
import { CertificateMemo } from "../../../src/x509/certificate-memo.ts";
import { parseCertificate } from "../../../src/x509/parse.ts";

const usage = ext.keyUsage(["digitalSignature"]);
const { der } = cert({ subject: "CN=Twice", extensions: { one: usage, two: usage } });

describe("the contents of extensions", () => {
  it("tell an extension that stands twice, also where both were read as one", () => {
    const memo = new CertificateMemo();
    for (const certificate of [parseCertificate(der), parseCertificate(der, "again", memo)]) {
      expect(new CertificateView(certificate).malformed).toEqual(["2.5.29.15"]);
    }
  });

  it("are what the first of two says, and nothing where it cannot be read", () => {
    const broken = ext.raw("2.5.29.15", true, Uint8Array.of(5, 0));
    const { certificate } = cert({
      subject: "CN=Broken",
      extensions: { keyUsage: broken, other: usage },
    });
    const view = new CertificateView(certificate);
    expect(view.keyUsage).toBeUndefined();
    expect(view.malformed).toEqual(["2.5.29.15"]);
    expect(view.basicConstraints).toEqual({ ca: false });
  });

  it("are the same with a memo that has seen others", () => {
    const memo = new ViewMemo();
    const reading = new CertificateMemo();
    const subjects = ["CN=a.example.com", "CN=b.example.com", "CN=a.example.com"];
    for (const subject of subjects) {
      const one = cert({ subject });
      const view = new CertificateView(parseCertificate(one.der, "one", reading), memo);
      const plain = new CertificateView(one.certificate);
      for (const part of ["keyUsage", "extendedKeyUsage", "subjectAltNames", "keyHash"] as const) {
        expect(view[part]).toEqual(plain[part]);
      }
    }
  });
});
