import type { Place } from "../../model/finding.ts";
import { rule } from "../rule.ts";
import { bySpki, placesOf } from "../words.ts";

export const keyShared = rule({
  id: "key-shared",
  on: "inventory",
  severity: "warning",
  title: "certificates of different subjects have the same key",
  cites: ["NIST SP 800-57 part 1 §5.2", "PCI DSS 4.0.1 requirement 3.7"],
  profiles: ["default"],
  *check({ certificates }) {
    for (const [spki, group] of bySpki(certificates.values())) {
      if (group.length < 2) continue;
      const subjects = [...new Set(group.map(({ subject }) => subject.toLowerCase()))];
      // A renewed certificate, or a CA that others cross-signed: one owner.
      if (subjects.length < 2) continue;
      // A CA that took a new name keeps its key: nobody here holds it.
      const held = group.some(({ standings }) => standings.some(({ use }) => use === "personal"));
      if (!held && group.every(({ ca }) => ca)) continue;
      yield {
        key: spki,
        places: group.flatMap(placesOf) as [Place, ...Place[]],
        facts: {
          subjects: [...new Set(group.map(({ subject }) => subject))].sort(),
          count: subjects.length,
        },
      };
    }
  },
  explain: ({ subjects, count }) =>
    `${count} subjects have the same key: ${(subjects as readonly string[]).join("; ")}; each can pass for the others, and one stolen key is all of them.`,
  fix: () =>
    "Make a key of its own for each with pki issue, then pki exchange the new certificates.",
});
