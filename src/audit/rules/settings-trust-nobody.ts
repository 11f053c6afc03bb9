import { rule } from "../rule.ts";

export const settingsTrustNobody = rule({
  id: "settings-trust-nobody",
  on: "inventory",
  severity: "error",
  title: "clients must show certificates, and the key database trusts nobody",
  cites: [
    "IBM MQ: SSLCAUTH, a channel that requires a client's certificate",
    "IBM HTTP Server: SSLClientAuth",
    "RFC 5280 §6.1.1 (d): a path begins at a trust anchor",
  ],
  profiles: ["mq", "ihs"],
  *check({ settings, stores }) {
    const byPath = new Map(stores.map((store) => [store.path, store]));
    for (const { path, stores: named = [] } of settings) {
      for (const { path: meant = "", clientAuth } of named) {
        const store = byPath.get(meant);
        if (clientAuth === undefined || store === undefined || store.trusted.length > 0) continue;
        yield {
          key: `${path}\u0000${store.path}`,
          places: [{ path }, { path: store.path }],
          facts: { setting: clientAuth, store: store.path },
        };
      }
    }
  },
  explain: ({ setting, store }) =>
    `${setting} asks each client for a certificate, and ${store} has no signer to check one with: every client is refused.`,
  fix: ({ store }) =>
    `Add the CA of the clients, or exchange certificates with them: pki add ${store} ca.arm, or pki exchange.`,
});
