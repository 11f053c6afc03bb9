import { rule } from "../rule.ts";

export const pkcs12TrustInvisibleToJava = rule({
  id: "pkcs12-trust-invisible-to-java",
  on: "store",
  severity: "error",
  title: "Java does not see the trusted certificates of this PKCS#12 file",
  cites: [
    "measured: JDK 17 and 25 list no certificate without the attribute 2.16.840.1.113894.746875.1.1",
    "openssl issue 22215",
  ],
  profiles: ["java", "um", "was"],
  check({ store: { store, container } }) {
    if (container.format !== "pkcs12") return undefined;
    const labels = store.entries
      .filter((entry) => entry.kind === "trusted" && entry.javaTrusted === false)
      .map(({ label }) => label)
      .sort();
    if (labels.length === 0) return undefined;
    const seen = store.entries.some((entry) => entry.kind === "trusted" && entry.javaTrusted);
    return { facts: { labels, all: !seen } };
  },
  explain: ({ labels, all }) =>
    `Java overlooks ${all ? "all" : "these"} trusted certificates of the file, ${(labels as readonly string[]).length} in number, because they lack Oracle's mark: ${all ? "the trustAnchors parameter must be non-empty" : "their peers are not trusted"}.`,
  fix: () =>
    "Import each with keytool -importcert -trustcacerts into a new store, or make the file with openssl pkcs12 -export -jdktrust anyExtendedKeyUsage (from 3.2).",
});
