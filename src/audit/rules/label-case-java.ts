import { rule } from "../rule.ts";

export const labelCaseJava = rule({
  id: "label-case-java",
  on: "store",
  severity: "error",
  title: "Java cannot find a label with capitals in a JKS",
  cites: [
    "measured: keytool of JDK 17 lists such an entry and does not find it by its alias",
    "docs/formats/java.md: JKS labels are looked up in lower case",
  ],
  profiles: ["default"],
  check({ store: { store, container } }) {
    if (container.format !== "jks") return undefined;
    const labels = store.entries
      .map(({ label }) => label)
      .filter((label) => label !== label.toLowerCase())
      .sort();
    return labels.length === 0 ? undefined : { facts: { labels } };
  },
  explain: ({ labels }) =>
    `Java looks for labels in lower case and so never finds ${(labels as readonly string[]).join(", ")}: another program wrote the file.`,
  fix: () =>
    "Write the labels in lower case with the program that made the file, or make the store anew with keytool.",
});
