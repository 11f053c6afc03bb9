import { rule } from "../rule.ts";
import { isKeystore } from "../stores.ts";

export const storeEmpty = rule({
  id: "store-empty",
  on: "store",
  severity: "warning",
  title: "the store is empty",
  cites: [
    "IBM MQ reason code 2393 (SSL initialization error)",
    "JSSE: the trustAnchors parameter must be non-empty",
  ],
  profiles: ["default"],
  check({ store: { store, container } }) {
    if (store.entries.length > 0 || !isKeystore(container.format)) return undefined;
    return { facts: { format: container.format } };
  },
  explain: () =>
    "The store holds no key and no certificate: every connection that relies on it fails.",
  fix: () =>
    "Add what is missing with pki issue, pki add or pki exchange, or delete the file if nobody uses it.",
});
