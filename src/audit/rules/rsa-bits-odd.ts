import { rule } from "../rule.ts";
import { Trait } from "../traits.ts";

export const rsaBitsOdd = rule({
  id: "rsa-bits-odd",
  on: "certificate",
  severity: "warning",
  title: "the size of the RSA key is no multiple of 8 bits",
  cites: ["CA/Browser Forum baseline requirements §6.1.5"],
  profiles: ["public-tls", "strict"],
  traits: Trait.rsa,
  parameters: { least: 2048 },
  check(view, { parameters }) {
    const { algorithm, bits } = view.certificate.publicKey;
    if (algorithm !== "RSA" && algorithm !== "RSASSA-PSS") return undefined;
    // Smaller ones are told by key-too-small.
    if (bits < parameters.least || bits % 8 === 0) return undefined;
    return { facts: { subject: view.subject, bits } };
  },
  explain: ({ subject, bits }) =>
    `The certificate ${subject} has an RSA key of ${bits} bits, which is no multiple of 8: browsers' CAs refuse it, and some libraries err on it.`,
  fix: () => "Make a new key with pki issue, or with openssl genpkey -algorithm RSA.",
});
