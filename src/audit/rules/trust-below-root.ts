import { rule } from "../rule.ts";
import { Trait } from "../traits.ts";
import { named } from "../words.ts";

export const trustBelowRoot = rule({
  id: "trust-below-root",
  on: "use",
  severity: "error",
  title: "a signer's root is not in the store",
  cites: [
    "measured with GSKit 8.0.60: a chain must end in a self-signed signer of the store",
    "IBM MQ, AMQ9633",
  ],
  profiles: ["mq", "ihs"],
  traits: Trait.signer,
  check({ view, use, entry, store, whole }) {
    const { format } = store.container;
    if (use !== "signer" || entry.kind !== "trusted" || !entry.enabled) return undefined;
    if (view.selfIssued || (format !== "kdb" && format !== "pkcs12")) return undefined;
    const { chain, end } = whole.pathOf(view);
    // In the chain of a key of this store it is chain-incomplete.
    if (end !== "missing" || whole.chained.has(view.certificate.sha256)) return undefined;
    // Told of the highest one only.
    const trusted = whole.once("trusted", () => new Set(whole.signers));
    if (chain.slice(1).some((above) => trusted.has(above))) return undefined;
    const missing = (chain[chain.length - 1] ?? view).issuer;
    return { facts: { subject: view.subject, missing, ca: view.ca } };
  },
  explain: ({ subject, missing, ca }) =>
    ca === true
      ? `${named(subject)} is trusted and ${named(missing)}, which issued it, is not in the store. GSKit trusts no chain that ends below a root: every peer of that CA is refused.`
      : `The end certificate ${named(subject)} is trusted and its CA ${named(missing)} is not in the store. GSKit does not take it as trust in that peer: the peer is refused.`,
  fix: ({ missing }) => `Get the certificate of ${named(missing)} and add it with pki add.`,
});
