import { rule } from "../rule.ts";
import { Trait } from "../traits.ts";
import { named } from "../words.ts";

export const caFlagNotCritical = rule({
  id: "ca-flag-not-critical",
  on: "use",
  severity: "warning",
  title: "a CA's basic constraints are not critical",
  cites: ["RFC 5280 §4.2.1.9"],
  profiles: ["strict", "public-tls"],
  traits: Trait.ca,
  check({ view, use }) {
    if (use === "personal" || view.basicConstraints?.ca !== true) return undefined;
    if (view.extension("2.5.29.19")?.critical === true) return undefined;
    return { facts: { subject: view.subject, use } };
  },
  explain: ({ subject }) =>
    `The CA certificate ${named(subject)} does not mark its basic constraints as critical: old programs may pass over them.`,
  fix: () =>
    "When the CA's certificate is renewed, make the extension critical (pki init-ca does; keytool -gencert -ext bc:c=ca:true).",
});
