import { rule } from "../rule.ts";
import { isKeystore } from "../stores.ts";

const JAVA = ["java", "um", "was"] as const;

export const labelDuplicate = rule({
  id: "label-duplicate",
  on: "store",
  severity: "warning",
  title: "two entries have one label",
  cites: [
    "JDK KeyStore: whether aliases differ by case is up to the format; JKS and PKCS12 ignore case",
    "GSKit return codes 104 and 105",
    "measured: of two entries with one label in a JKS, keytool of JDK 17 lists one",
  ],
  profiles: ["default"],
  check({ store: { store, container } }, { profiles }) {
    if (!isKeystore(container.format)) return undefined;
    const groups = new Map<string, string[]>();
    for (const { label } of store.entries) {
      const key = label.toLowerCase();
      const group = groups.get(key);
      if (group === undefined) groups.set(key, [label]);
      else group.push(label);
    }
    const labels = [...groups.values()]
      .filter(({ length }) => length > 1)
      .flat()
      .sort();
    if (labels.length === 0) return undefined;
    // Java, which ignores case here, drops all but one of them without a word.
    const java = container.format === "pkcs12" && JAVA.some((id) => profiles.has(id));
    const lost = java || container.format === "jks" || container.format === "jceks";
    return lost ? { facts: { labels }, severity: "error" } : { facts: { labels } };
  },
  explain: ({ labels }) =>
    `These labels are the same but for capitals: ${(labels as readonly string[]).join(", ")}. Java keeps only one of the entries, and others take the first.`,
  fix: () =>
    "Give each its own label: runmqakm -cert -rename, or keytool -changealias on a copy made by a tool that sees both.",
});
