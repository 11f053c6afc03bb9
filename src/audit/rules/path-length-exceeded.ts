import { rule } from "../rule.ts";

export const pathLengthExceeded = rule({
  id: "path-length-exceeded",
  on: "entry",
  severity: "error",
  title: "more CAs stand in the chain than one of them allows",
  cites: ["RFC 5280 §4.2.1.9", "measured with GSKit 8.0.60: such a chain is refused"],
  profiles: ["default"],
  check({ entry, viewOf, whole }) {
    if (entry.kind !== "key") return undefined;
    const { chain } = whole.pathOf(viewOf(entry.chain[0]));
    let below = 0;
    for (const view of chain.slice(1)) {
      const allowed = view.basicConstraints?.pathLength;
      if (allowed !== undefined && below > allowed) {
        const facts = { subject: chain[0].subject, ca: view.subject, allowed, below };
        return { facts };
      }
      // Self-issued certificates do not count (RFC 5280 §6.1.4(l)).
      if (!view.selfIssued) below++;
    }
    return undefined;
  },
  explain: ({ subject, ca, allowed, below }) =>
    `${ca} allows ${allowed} CAs below it; in the chain of ${subject} there are ${below}. Validators refuse it.`,
  fix: () =>
    "Issue the certificate from a CA higher up, or make the CA's certificate anew with a longer path length.",
});
