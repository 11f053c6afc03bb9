import { rule } from "../rule.ts";
import { named } from "../words.ts";

export const serialTooShort = rule({
  id: "serial-too-short",
  on: "certificate",
  severity: "warning",
  title: "the serial number is too short to be random",
  cites: ["CA/Browser Forum Baseline Requirements §7.1.2.7 (64 bits of a random number generator)"],
  profiles: ["strict", "public-tls"],
  // 64 random bits are by chance shorter than this once in 65,536 certificates.
  parameters: { bits: 48 },
  check({ certificate, selfIssued, subject, issuer }, { parameters }) {
    // Zero and negative numbers are told by their own rules; a trust anchor's number matters to nobody.
    if (selfIssued || certificate.serial.startsWith("-") || /^0+$/.test(certificate.serial)) {
      return undefined;
    }
    const bits = bitLength(certificate.serial);
    if (bits > parameters.bits) return undefined;
    return { facts: { subject, issuer, bits } };
  },
  explain: ({ subject, issuer, bits }) =>
    `The serial number that ${named(issuer)} gave ${named(subject)} has ${bits} bits. A random part of at least 64 bits is what makes forging a certificate by a hash collision hard.`,
  fix: () =>
    "Have the CA use random serial numbers (openssl ca -rand_serial; pki issue does) and renew the certificate.",
});

function bitLength(hex: string): number {
  const digits = hex.replace(/^0+/, "");
  return digits === ""
    ? 0
    : (digits.length - 1) * 4 + Number.parseInt(digits.slice(0, 1), 16).toString(2).length;
}
