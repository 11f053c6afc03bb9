import { keysOf } from "../mq.ts";
import { rule } from "../rule.ts";

export const ihsDefaultCertificateMissing = rule({
  id: "ihs-default-certificate-missing",
  on: "store",
  severity: "notice",
  title: "several keys and none is the default",
  cites: [
    "IBM HTTP Server: SSLServerCert (without it the default certificate of the key database)",
  ],
  profiles: ["ihs"],
  check({ store }) {
    const keys = keysOf(store);
    if (store.container.format !== "kdb" || keys.length < 2) return undefined;
    if (store.store.defaultLabel !== undefined) return undefined;
    return { facts: { labels: keys.map(({ label }) => label).sort() } };
  },
  explain: ({ labels }) =>
    `No key is marked as default, and there are ${(labels as readonly string[]).length}: a virtual host without SSLServerCert may present any of them, or none.`,
  fix: () => "Name the label in SSLServerCert, or mark one with runmqakm -cert -setdefault.",
});
