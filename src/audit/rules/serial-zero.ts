import { rule } from "../rule.ts";
import { Trait } from "../traits.ts";
import { named } from "../words.ts";

export const serialZero = rule({
  id: "serial-zero",
  on: "certificate",
  severity: "error",
  title: "the serial number is zero",
  cites: ["RFC 5280 §4.1.2.2"],
  profiles: ["default"],
  traits: Trait.serial,
  check(view) {
    const { certificate, selfIssued, subject, issuer } = view;
    // Without leading zeros but one octet.
    if (certificate.serial.length > 3 || !/^-?0+$/.test(certificate.serial)) return undefined;
    return {
      facts: { subject, issuer, selfIssued },
      // A trust anchor's own number identifies nothing that could be revoked.
      ...(selfIssued ? { severity: "warning" } : {}),
    };
  },
  explain: ({ subject, issuer, selfIssued }) =>
    selfIssued === true
      ? `The self-issued certificate ${named(subject)} has the serial number 0; it must be positive.`
      : `${named(issuer)} gave ${named(subject)} the serial number 0; it must be positive, and only one certificate can have it.`,
  fix: ({ selfIssued }) =>
    selfIssued === true
      ? "Make the certificate anew; pki issue and keytool -genkeypair choose random serial numbers."
      : "Have the issuer give a certificate with a random serial number, or issue one with pki issue.",
});
