import { rule } from "../rule.ts";
import { Trait } from "../traits.ts";
import { subjectOf } from "../words.ts";

export const keyDsa = rule({
  id: "key-dsa",
  on: "use",
  severity: "error",
  title: "the key is a DSA key",
  cites: ["FIPS 186-5: DSA is no longer approved", "RFC 8446 §4.2.3: no DSA in TLS 1.3"],
  profiles: ["default"],
  traits: Trait.otherKey,
  check({ certificate, view, use }) {
    if (certificate.publicKey.algorithm !== "DSA") return undefined;
    const { bits } = certificate.publicKey;
    return {
      facts: { subject: view.subject, use, bits },
      severity: use === "signer" && view.selfIssued ? "warning" : "error",
    };
  },
  explain: ({ subject, use }) =>
    `${subjectOf(use)} ${subject} has a DSA key: it was withdrawn, and neither TLS 1.3 nor new software takes it.`,
  fix: () => "Make a new EC or RSA key and certificate with pki issue.",
});
