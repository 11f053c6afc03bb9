import { firstOf, isKind } from "../records.ts";
import { rule } from "../rule.ts";
import { placesOf } from "../words.ts";

export const keyShared = rule({
  id: "key-shared",
  on: "inventory",
  severity: "warning",
  title: "certificates of different subjects have the same key",
  cites: [
    "NIST SP 800-57 part 1 rev. 5 §5.3.1: how many share a key",
    "PCI DSS 4.0.1 requirement 3.7",
  ],
  profiles: ["default"],
  *check({ certificates }) {
    for (const group of certificates.groups("key", 2)) {
      const subjects = new Set<string>();
      const folded = new Set<string>();
      let onlyCas = true;
      for (const record of group) {
        subjects.add(record.subject);
        folded.add(record.subject.toLowerCase());
        // A CA that took a new name keeps its key: nobody here holds it.
        onlyCas &&= record.ca && !isKind("personal", record);
      }
      // A renewed certificate, or a CA that others cross-signed: one owner.
      if (folded.size < 2 || onlyCas) continue;
      yield {
        key: firstOf(group).spki,
        places: placesOf(group),
        facts: { subjects: [...subjects].sort(), count: folded.size },
      };
    }
  },
  explain: ({ subjects, count }) =>
    `${count} subjects have the same key: ${(subjects as readonly string[]).join("; ")}; each can pass for the others, and one stolen key is all of them.`,
  fix: () =>
    "Make a key of its own for each with pki issue, then pki exchange the new certificates.",
});
