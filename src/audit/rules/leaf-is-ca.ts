import { isCaByTrade } from "../role.ts";
import { rule } from "../rule.ts";
import { Trait } from "../traits.ts";
import { named } from "../words.ts";

export const leafIsCa = rule({
  id: "leaf-is-ca",
  on: "use",
  severity: "warning",
  title: "a CA's certificate is used as a server's or client's",
  cites: [
    "CA/Browser Forum Baseline Requirements §7.1.2.7.8",
    "RFC 5280 §4.2.1.9",
    "measured with GSKit 8.0.60: accepted",
  ],
  profiles: ["default"],
  traits: Trait.ca,
  check({ view, use, whole }) {
    // Self-signed peers of iKeyman and openssl req say CA:TRUE: nobody else trusts what they would sign.
    if (use !== "personal" || view.selfIssued || view.basicConstraints?.ca !== true) {
      return undefined;
    }
    // A CA's own key in its own store is another matter: ca-key-in-store.
    if (isCaByTrade(view) || whole.issuesHere(view)) return undefined;
    return { facts: { subject: view.subject, issuer: view.issuer } };
  },
  explain: ({ subject, issuer }) =>
    `The personal certificate ${named(subject)} says CA:TRUE: whoever has its key can sign certificates that all who trust ${named(issuer)} accept.`,
  fix: () => "Have the CA issue a certificate without CA:TRUE (pki issue), then revoke this one.",
});
