import { rule } from "../rule.ts";

export const certificateDuplicate = rule({
  id: "certificate-duplicate",
  on: "store",
  severity: "notice",
  title: "one certificate stands in a store several times",
  cites: ["GSKit return code 104 (duplicate key)"],
  profiles: ["default"],
  check({ store: { store } }) {
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
