import { rule } from "../rule.ts";
import { Trait } from "../traits.ts";
import { named } from "../words.ts";

export const trustLeafWithItsCa = rule({
  id: "trust-leaf-with-its-ca",
  on: "use",
  severity: "notice",
  title: "a certificate is trusted although its CA is as well",
  cites: ["RFC 5280 §6.1: the CA is the trust anchor", "practice"],
  profiles: ["mq", "um", "strict"],
  traits: Trait.signer,
  check({ view, use, entry, store, whole }) {
    if (use !== "signer" || entry.kind !== "trusted" || !entry.enabled) return undefined;
    const { format } = store.container;
    if (view.ca || view.selfIssued || format === "pem" || format === "der") return undefined;
    const trusted = whole.once("trusted", () => new Set(whole.signers));
    const issuer = whole
      .issuersOf(view)
      .slice(0, 8)
      .find((one) => trusted.has(one) && whole.verdict(view, one) === "good");
    return issuer === undefined
      ? undefined
      : { facts: { subject: view.subject, issuer: issuer.subject } };
  },
  explain: ({ subject, issuer }) =>
    `${named(subject)} is among the signers, and so is its CA ${named(issuer)}: it adds nothing, and will be there, expired, after its renewal.`,
  fix: () => "Remove it: runmqakm -cert -delete, or keytool -delete.",
});
