import { rule } from "../rule.ts";
import { day, isoSecond } from "../time.ts";
import { Trait } from "../traits.ts";
import { named } from "../words.ts";

export const trustWeakRoot = rule({
  id: "trust-weak-root",
  on: "use",
  severity: "notice",
  title: "a trusted root will be too weak before it expires",
  cites: [
    "NIST SP 800-57 part 1 rev. 5 §5.6.3: 112 bits of strength until 2030",
    "PCI DSS 4.0.1 requirement 12.3.3: a plan for cryptography that ends",
  ],
  profiles: ["pci"],
  traits: Trait.ca,
  // What has less than 112 bits today is told by key-too-small; fips and strict have key-small-advice.
  parameters: { bits: 3072, until: "2031-01-01T00:00:00Z" },
  check({ view, use, entry }, { parameters, profiles }) {
    if (profiles.has("fips") || profiles.has("strict")) return undefined; // told by key-small-advice
    const { publicKey, notAfter } = view.certificate;
    if (use !== "signer" || entry.kind !== "trusted" || !entry.enabled) return undefined;
    if (!view.ca || !view.selfIssued || !/^RSA/.test(publicKey.algorithm)) return undefined;
    if (publicKey.bits < 2048 || publicKey.bits >= parameters.bits) return undefined;
    if (notAfter <= new Date(parameters.until)) return undefined;
    return {
      facts: { subject: view.subject, bits: publicKey.bits, notAfter: isoSecond(notAfter) },
    };
  },
  explain: ({ subject, bits, notAfter }) =>
    `The root ${named(subject)} has an RSA key of ${bits} bits and is trusted until ${day(notAfter)}; such keys are approved until the end of 2030.`,
  fix: () =>
    "Plan a new root with RSA 4096 or P-384 (pki init-ca --key ec:P-384), and trust both until the old one is out of use.",
});
