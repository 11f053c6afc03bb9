import { rule } from "../rule.ts";
import { Trait } from "../traits.ts";

export const rsaExponent = rule({
  id: "rsa-exponent",
  on: "certificate",
  severity: "error",
  title: "the RSA key has a public exponent that is weak or not usable",
  cites: [
    "RFC 8017 §3.1",
    "FIPS 186-5 §5.1 and A.1.1",
    "CA/Browser Forum baseline requirements §6.1.6",
  ],
  profiles: ["default"],
  traits: Trait.rsa,
  parameters: { least: 3, mostBits: 64 },
  check(view, { parameters }) {
    const { algorithm, exponent } = view.certificate.publicKey;
    if ((algorithm !== "RSA" && algorithm !== "RSASSA-PSS") || exponent === undefined) {
      return undefined;
    }
    if (exponent === "10001" && parameters.least <= 65_537 && parameters.mostBits >= 20) {
      return undefined; // nearly every key's
    }
    const { subject } = view;
    const bits = exponent.length * 4;
    if (bits > parameters.mostBits) {
      const shown = `${exponent.slice(0, 16)}… (hex)`;
      return { facts: { subject, exponent: shown, fault: "large" }, severity: "warning" };
    }
    const value = BigInt(`0x${exponent}`);
    if (value < 3n || value % 2n === 0n) {
      return { facts: { subject, exponent: String(value), fault: "invalid" } };
    }
    if (value >= BigInt(parameters.least)) return undefined;
    return { facts: { subject, exponent: String(value), fault: "small" }, severity: "warning" };
  },
  explain({ subject, exponent, fault }) {
    const what = `The RSA key of the certificate ${subject} has the public exponent ${exponent}`;
    if (fault === "invalid")
      return `${what}, with which no RSA key can be: signatures mean nothing.`;
    return fault === "large"
      ? `${what}, which OpenSSL and others refuse.`
      : `${what}; small ones have led to forged signatures, 65537 is the rule.`;
  },
  fix: () => "Make a new key with pki issue: its RSA keys have the exponent 65537.",
});
