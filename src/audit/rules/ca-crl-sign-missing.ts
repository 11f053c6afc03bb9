import { rule } from "../rule.ts";
import { Trait } from "../traits.ts";
import { named } from "../words.ts";

export const caCrlSignMissing = rule({
  id: "ca-crl-sign-missing",
  on: "use",
  severity: "notice",
  title: "a CA's key usage does not let it sign CRLs",
  cites: ["RFC 5280 §4.2.1.3", "RFC 5280 §6.3.3(f)"],
  profiles: ["strict"],
  traits: Trait.ca,
  check({ view, use }) {
    const usage = view.keyUsage;
    if (use === "personal" || view.basicConstraints?.ca !== true || usage === undefined) {
      return undefined;
    }
    if (!usage.includes("keyCertSign") || usage.includes("cRLSign")) return undefined;
    return { facts: { subject: view.subject, use } };
  },
  explain: ({ subject }) =>
    `The key usage of the CA certificate ${named(subject)} has keyCertSign and not cRLSign: a CRL that it signs is not accepted.`,
  fix: () =>
    "When the CA's certificate is renewed, add cRLSign (pki init-ca does), or revoke by OCSP only.",
});
