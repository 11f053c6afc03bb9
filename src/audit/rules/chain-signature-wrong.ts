import { rule } from "../rule.ts";
import { Trait } from "../traits.ts";
import { named } from "../words.ts";

export const chainSignatureWrong = rule({
  id: "chain-signature-wrong",
  on: "use",
  severity: "error",
  title: "a certificate in a chain was not signed by its issuer",
  cites: ["RFC 5280 §6.1.3(a)(1)"],
  profiles: ["default"],
  traits: Trait.personal | Trait.chain,
  check({ view, use, whole }) {
    if (use === "signer") return undefined;
    const { chain, end } = whole.pathOf(view);
    // Told of the certificate itself, and not of all below it.
    if (end !== "wrong" || chain.length > 1) return undefined;
    return {
      facts: { subject: view.subject, issuer: view.issuer, use, selfIssued: view.selfIssued },
    };
  },
  explain: ({ subject, issuer, selfIssued }) =>
    selfIssued === true
      ? `${named(subject)} names itself as issuer, and its own key did not make its signature: it was changed or put together wrongly.`
      : `The key of ${named(issuer)} in this store did not make the signature of ${named(subject)}: the certificate was changed, or another CA of that name signed it.`,
  fix: () =>
    "Get the certificate again from who issued it, and compare fingerprints (pki show); add the CA that really signed it.",
});
