import type { Place } from "../../model/finding.ts";
import { firstOf, type RecordGroup } from "../records.ts";
import { rule } from "../rule.ts";
import { isNamed } from "../sap.ts";
import { placesOf } from "../words.ts";

export const keyCopied = rule({
  id: "key-copied",
  on: "inventory",
  severity: "warning",
  title: "the same private key lies in several places",
  cites: [
    "NIST SP 800-57 part 1 rev. 5 §5.3.1: how many copies of a key there are",
    "PCI DSS 4.0.1 requirement 3.6.1.4: fewest possible locations",
  ],
  profiles: ["pci", "strict", "mq", "um"],
  // Files of one folder are one place: the same party's store in two formats. `labels`: words in the labels of keys
  // that are to be the same everywhere.
  parameters: { folders: 1, labels: [] as readonly string[] },
  *check({ certificates }, { parameters }) {
    for (const group of certificates.groups("key", 1, "personal")) {
      const seen = new Set<string>();
      for (const { path } of copies(group, parameters)) seen.add(folderOf(path));
      if (seen.size <= parameters.folders) continue;
      const { spki, subject } = firstOf(group);
      const folders = [...seen].sort();
      yield {
        key: spki,
        places: copies(group, parameters),
        facts: { subject, folders, count: folders.length },
        // Two queue managers, beyond doubt: either can pass for the other.
        ...(queueManagersOf(folders).size > 1 ? { severity: "error" } : {}),
      };
    }
  },
  explain: ({ subject, folders, count }) =>
    `The private key of ${subject} lies in ${count} places: ${(folders as readonly string[]).join(", ")}; who takes one copy is that party everywhere.`,
  fix: () =>
    "Give each host a key of its own with pki issue; name the ones that must share in a policy (labels, or off for their paths).",
});

/** The names in `…/qmgrs/QM1/ssl`. */
function queueManagersOf(folders: readonly string[]): ReadonlySet<string> {
  return new Set(folders.flatMap((folder) => /(?:^|\/)qmgrs\/([^/]+)/i.exec(folder)?.[1] ?? []));
}

function* copies(
  group: RecordGroup,
  parameters: { readonly labels: readonly string[] },
): Iterable<Place> {
  for (const place of placesOf(group, "personal")) {
    if (!isNamed(place.label ?? "", parameters)) yield place;
  }
}

function folderOf(path: string): string {
  const end = path.lastIndexOf("/");
  return end < 0 ? "." : path.slice(0, end);
}
