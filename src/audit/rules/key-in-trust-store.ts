import { rule } from "../rule.ts";

/** `trust.p12`, `client-truststore.jks`, `cacerts`, `jssecacerts`. */
const TRUST_STORE = /(^|[-_.])trust([-_.]?(store|s))?([-_.]|$)|^(jsse)?cacerts($|\.)/i;

export const keyInTrustStore = rule({
  id: "key-in-trust-store",
  on: "store",
  severity: "warning",
  title: "a trust store holds a private key",
  cites: [
    "JSSE Reference Guide: trust stores are given out and read by many, key stores are not",
    "practice",
  ],
  profiles: ["java", "was", "um", "sap", "pci", "strict"],
  check({ store }) {
    const name = store.path.slice(
      Math.max(store.path.lastIndexOf("/"), store.path.lastIndexOf("!")) + 1,
    );
    if (!TRUST_STORE.test(name)) return undefined;
    const labels = store.store.entries
      .filter(({ kind }) => kind === "key")
      .map(({ label }) => label);
    return labels.length === 0 ? undefined : { facts: { labels: labels.sort() } };
  },
  explain: ({ labels }) =>
    `By its name this is a trust store, which many may read, and it holds the private keys of ${(labels as readonly string[]).join(", ")}.`,
  fix: () =>
    "Move the key to a key store of its own (keytool -importkeystore -srcalias), delete it here, and give trust stores certificates only.",
});
