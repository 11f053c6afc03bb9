import type { Place } from "../../model/finding.ts";
import { rule } from "../rule.ts";
import { bySpki } from "../words.ts";

export const keyCopied = rule({
  id: "key-copied",
  on: "inventory",
  severity: "warning",
  title: "the same private key lies in several places",
  cites: [
    "NIST SP 800-57 part 1 §5.2",
    "PCI DSS 4.0.1 requirement 3.6.1.4: fewest possible locations",
  ],
  profiles: ["pci", "strict"],
  // Files of one folder are one place: the same party's store in two formats.
  parameters: { folders: 1 },
  *check({ certificates }, { parameters }) {
    for (const [spki, group] of bySpki(certificates.values())) {
      const places = group.flatMap(({ sha256, standings }) =>
        standings
          .filter(({ use }) => use === "personal")
          .map(({ store, label }): Place => ({ path: store.path, label, sha256 })),
      );
      const folders = [...new Set(places.map(({ path }) => folderOf(path)))].sort();
      if (folders.length <= parameters.folders) continue;
      yield {
        key: spki,
        places: places as [Place, ...Place[]],
        facts: { subject: group[0]?.subject ?? "", folders, count: folders.length },
      };
    }
  },
  explain: ({ subject, folders, count }) =>
    `The private key of ${subject} lies in ${count} places: ${(folders as readonly string[]).join(", ")}; who takes one copy is that party everywhere.`,
  fix: () =>
    "Give each host a key of its own with pki issue; allow the ones that must share by a policy for their paths.",
});

function folderOf(path: string): string {
  const end = path.lastIndexOf("/");
  return end < 0 ? "." : path.slice(0, end);
}
