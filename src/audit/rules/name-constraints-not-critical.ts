import { rule } from "../rule.ts";
import { named } from "../words.ts";

export const nameConstraintsNotCritical = rule({
  id: "name-constraints-not-critical",
  on: "certificate",
  severity: "warning",
  title: "a CA's name constraints are not critical",
  cites: [
    "RFC 5280 §4.2.1.10",
    "CA/Browser Forum Baseline Requirements §7.1.2.5.2 (public CAs may, for old clients)",
  ],
  profiles: ["strict"],
  check(view) {
    const found = view.extension("2.5.29.30");
    if (found === undefined || found.critical) return undefined;
    return { facts: { subject: view.subject } };
  },
  explain: ({ subject }) =>
    `${named(subject)} does not mark its name constraints as critical: programs that do not know them let it give any name.`,
  fix: () => "When the CA's certificate is renewed, make the extension critical.",
});
