import { violated } from "../name-constraints.ts";
import { rule } from "../rule.ts";
import { Trait } from "../traits.ts";
import { named } from "../words.ts";

export const nameConstraintsViolated = rule({
  id: "name-constraints-violated",
  on: "use",
  severity: "error",
  title: "a certificate has names that its CA may not give",
  cites: [
    "RFC 5280 §4.2.1.10 and §6.1.3 (b) and (c)",
    "measured with GSKit 8.0.60: such a chain is refused",
  ],
  profiles: ["default"],
  traits: Trait.personal,
  check({ view, use, entry, whole }) {
    if (use !== "personal" || entry.kind !== "key") return undefined;
    const { chain } = whole.pathOf(view);
    for (const ca of chain.slice(1)) {
      const constraints = ca.nameConstraints;
      if (constraints === undefined) continue;
      const wrong = violated(view, constraints);
      if (wrong.length > 0)
        return { facts: { subject: view.subject, ca: ca.subject, names: wrong } };
    }
    return undefined;
  },
  explain: ({ subject, ca, names }) =>
    `${named(ca)} may not give certificates for ${(names as readonly string[]).join(", ")}, and ${named(subject)} is for that: validators refuse it.`,
  fix: () =>
    "Issue the certificate from a CA that may give these names, or with names inside the CA's constraints.",
});
