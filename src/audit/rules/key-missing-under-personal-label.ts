import { rule } from "../rule.ts";

const STORES: readonly string[] = ["kdb", "jks", "pkcs12"];

export const keyMissingUnderPersonalLabel = rule({
  id: "key-missing-under-personal-label",
  on: "entry",
  severity: "warning",
  title: "a certificate has the label of a personal one, and no key",
  cites: [
    "IBM MQ: digital certificate labels, understanding the requirements",
    "runmqakm -cert -receive, not -cert -add, joins a certificate to its key",
  ],
  profiles: ["default"],
  parameters: { prefixes: ["ibmwebspheremq"] as readonly string[] },
  check({ entry, store, viewOf }, { parameters }) {
    if (entry.kind !== "trusted" || !STORES.includes(store.container.format)) return undefined;
    const label = entry.label.toLowerCase();
    if (!parameters.prefixes.some((prefix) => label.startsWith(prefix))) return undefined;
    const view = viewOf(entry.certificate);
    // A peer's self-signed certificate is often trusted under the peer's own label.
    if (view.ca || view.selfIssued) return undefined;
    const { entries } = store.store;
    if (entries.some((other) => other.kind === "key" && other.label.toLowerCase() === label)) {
      return undefined;
    }
    return { facts: { subject: view.subject, label: entry.label } };
  },
  explain: ({ subject, label }) =>
    `The certificate ${subject} stands under ${label}, the label of a personal certificate, but without its private key: MQ cannot present it.`,
  fix: () =>
    "Remove it and receive it into the store that made the request: runmqakm -cert -receive -file cert.arm -db key.kdb -stashed.",
});
