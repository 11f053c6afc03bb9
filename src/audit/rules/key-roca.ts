import { MAX_MODULUS_BITS } from "../integers.ts";
import { isRoca } from "../rsa-weakness.ts";
import { rule } from "../rule.ts";
import { Trait } from "../traits.ts";

export const keyRoca = rule({
  id: "key-roca",
  on: "certificate",
  severity: "error",
  title: "the RSA key was made by a faulty chip and can be factored (ROCA)",
  cites: ["CVE-2017-15361", "CA/Browser Forum baseline requirements §6.1.1.3"],
  profiles: ["default"],
  traits: Trait.rsa,
  check(view) {
    const { modulus } = view;
    if (modulus === undefined || modulus.length * 8 > MAX_MODULUS_BITS) return undefined;
    // A power of 65537 modulo all 17 primes by chance: a tiny modulus, which is told elsewhere.
    if (modulus.length < 32 || !view.key.once("roca", () => isRoca(view.key.integer)))
      return undefined;
    return { facts: { subject: view.subject, bits: view.certificate.publicKey.bits } };
  },
  explain: ({ subject, bits }) =>
    `The RSA key of the certificate ${subject} (${bits} bits) has the mark of Infineon's faulty library of 2012 to 2017: its private key can be computed from the certificate.`,
  fix: () =>
    "Make a new key outside that chip, with pki issue, or with its mended firmware; revoke the old certificate.",
});
