import { rule } from "../rule.ts";
import { Trait } from "../traits.ts";
import { named } from "../words.ts";

export const pathLengthExceeded = rule({
  id: "path-length-exceeded",
  on: "use",
  severity: "error",
  title: "more CAs stand in the chain than one of them allows",
  cites: ["RFC 5280 §4.2.1.9", "measured with GSKit 8.0.60: such a chain is refused"],
  profiles: ["default"],
  traits: Trait.chain,
  check({ view, use, entry, whole }) {
    const allowed = view.basicConstraints?.pathLength;
    if (use !== "chain" || entry.kind !== "key" || allowed === undefined) return undefined;
    const { chain } = whole.pathOf(whole.viewOf(entry.chain[0]));
    const at = chain.indexOf(view);
    // Self-issued certificates do not count (RFC 5280 §6.1.4(l)), nor does the leaf.
    const below = chain.slice(1, at).filter((one) => !one.selfIssued).length;
    if (at < 0 || below <= allowed) return undefined;
    return { facts: { subject: chain[0].subject, ca: view.subject, allowed, below } };
  },
  explain: ({ subject, ca, allowed, below }) =>
    `${named(ca)} allows ${allowed} CAs below it; in the chain of ${named(subject)} there are ${below}. Validators refuse it.`,
  fix: () =>
    "Issue the certificate from a CA higher up, or make the CA's certificate anew with a longer path length.",
});
