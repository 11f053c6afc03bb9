import { isPresented } from "../role.ts";
import { rule } from "../rule.ts";
import { Trait } from "../traits.ts";
import { named } from "../words.ts";

export const nameWildcard = rule({
  id: "name-wildcard",
  on: "use",
  severity: "error",
  title: "a wildcard that matches nothing, or more than one service should",
  cites: ["RFC 9525 §6.3", "CA/Browser Forum Baseline Requirements §3.2.2.6"],
  profiles: ["default"],
  traits: Trait.oddName,
  check(subject, { profiles }) {
    const { view } = subject;
    if (!isPresented(subject) || view.ca) return undefined;
    const stars = view.subjectAltNames.filter(
      ({ kind, value }) => kind === "DNS" && value.includes("*"),
    );
    const names = stars.map(({ value }) => value);
    // `*` must be the whole leftmost label, once, with at least two labels behind it.
    const wrong = names.filter((name) => !/^\*(\.[^.*]+){2,}\.?$/.test(name));
    if (wrong.length > 0) {
      return { facts: { subject: view.subject, names: [...new Set(wrong)].sort(), valid: false } };
    }
    // Proper wildcards are common inside companies: worth a word only where everything is.
    if (names.length === 0 || !profiles.has("strict")) return undefined;
    return {
      facts: { subject: view.subject, names: [...new Set(names)].sort(), valid: true },
      severity: "notice",
    };
  },
  explain: ({ subject, names, valid }) =>
    valid === true
      ? `${named(subject)} is for every host of ${list(names)}: who steals its key from one of them can pass for all.`
      : `${named(subject)} has the wildcard ${list(names)}. A wildcard is one whole leftmost label above a domain of two or more; programs ignore any other.`,
  fix: () =>
    "Issue a certificate that lists the hosts: pki issue server STORE --san DNS:HOST for each of them.",
});

const list = (names: unknown): string => (names as readonly string[]).join(", ");
