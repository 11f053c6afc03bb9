import { rule } from "../rule.ts";
import { Trait } from "../traits.ts";
import { named } from "../words.ts";

export const chainSameName = rule({
  id: "chain-same-name",
  on: "use",
  severity: "error",
  title: "a CA-issued certificate has the name of its issuer",
  cites: [
    "IBM MQ, Basic path validation policy: names that follow each other in a path must differ",
    "measured with GSKit 8.0.60: the driver's default policy accepts it",
  ],
  profiles: ["mq", "strict"],
  traits: Trait.personal,
  check({ view, use, whole }, { profiles }) {
    if (use !== "personal" || !view.selfIssued) return undefined;
    if (whole.verdict(view, view) !== "wrong") return undefined;
    const { chain, end } = whole.pathOf(view);
    if (end === "wrong" && chain.length === 1) return undefined;
    return {
      facts: { subject: view.subject },
      ...(profiles.has("mq") ? {} : { severity: "warning" }),
    };
  },
  explain: ({ subject }) =>
    `${named(subject)} is the name of the personal certificate and of the CA that issued it: it looks self-signed, and programs take it for its own issuer.`,
  fix: () =>
    "Issue a certificate with a subject of its own: pki issue peer STORE --subject CN=NAME.",
});
