import type { Entry } from "../../model/store.ts";
import { rule } from "../rule.ts";

/** Quick look, for most stores hold nothing twice: a key and a signer of one certificate count as well. */
function hasRepeated(entries: readonly Entry[]): boolean {
  const seen = new Set<string>();
  let count = 0;
  for (const entry of entries) {
    if (entry.kind === "trusted") seen.add(entry.certificate.sha256);
    else if (entry.kind === "key") seen.add(entry.chain[0].sha256);
    else continue;
    count++;
  }
  return seen.size < count;
}

export const certificateDuplicate = rule({
  id: "certificate-duplicate",
  on: "store",
  severity: "notice",
  title: "one certificate stands in a store several times",
  cites: ["GSKit return code 104 (duplicate key)"],
  profiles: ["default"],
  check({ store: { store } }) {
    if (!hasRepeated(store.entries)) return undefined;
    const labels = new Map<string, string[]>();
    for (const entry of store.entries) {
      // A key and a signer of one certificate are two roles of it, and common.
      const certificate =
        entry.kind === "trusted"
          ? entry.certificate
          : entry.kind === "key"
            ? entry.chain[0]
            : undefined;
      if (certificate === undefined) continue;
      const key = `${entry.kind} ${certificate.sha256}`;
      const group = labels.get(key);
      if (group === undefined) labels.set(key, [entry.label]);
      else group.push(entry.label);
    }
    const repeated = [...labels.values()].filter(({ length }) => length > 1);
    if (repeated.length === 0) return undefined;
    return { facts: { certificates: repeated.length, labels: repeated.flat().sort() } };
  },
  explain: ({ certificates, labels }) =>
    `${certificates} certificate(s) stand here more than once, under the labels ${(labels as readonly string[]).join(", ")}: renewing one leaves the other behind.`,
  fix: () => "Delete all but one: keytool -delete -alias, or runmqakm -cert -delete -label.",
});
