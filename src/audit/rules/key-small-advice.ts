import { rule } from "../rule.ts";
import { Trait } from "../traits.ts";

export const keySmallAdvice = rule({
  id: "key-small-advice",
  on: "certificate",
  severity: "notice",
  title: "the RSA key is too small for use after 2030",
  cites: ["NIST SP 800-57 part 1 §5.6.3", "NIST SP 800-131A rev. 3 (draft)"],
  profiles: ["fips", "strict"],
  traits: Trait.rsa,
  parameters: { bits: 3072, least: 2048 },
  check(view, { parameters }) {
    const { algorithm, bits } = view.certificate.publicKey;
    if (algorithm !== "RSA" && algorithm !== "RSASSA-PSS") return undefined;
    if (bits < parameters.least || bits >= parameters.bits) return undefined;
    return { facts: { subject: view.subject, bits, advised: parameters.bits } };
  },
  explain: ({ subject, bits, advised }) =>
    `The certificate ${subject} has an RSA key of ${bits} bits, 112 bits of strength or little more; ${advised} are advised beyond 2030.`,
  fix: ({ advised }) =>
    `Choose RSA of ${advised} bits, or P-256, for the next key: pki issue makes both.`,
});
