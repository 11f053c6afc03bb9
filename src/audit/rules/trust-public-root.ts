import { publicCa } from "../public-cas.ts";
import { rule } from "../rule.ts";
import { Trait } from "../traits.ts";
import { BUNDLE, publicSigners } from "../trusted.ts";
import { named } from "../words.ts";

export const trustPublicRoot = rule({
  id: "trust-public-root",
  on: "use",
  severity: "warning",
  title: "a public CA is trusted where peers are your own",
  cites: ["IBM MQ, Securing channels: use SSLPEER where a public CA is trusted", "practice"],
  profiles: ["mq", "um"],
  traits: Trait.ca,
  check({ view, use, entry, whole }) {
    if (use !== "signer" || entry.kind !== "trusted" || !entry.enabled || !view.ca) {
      return undefined;
    }
    const ca = publicCa(view.certificate.subject);
    if (ca === undefined || publicSigners(whole).length >= BUNDLE) return undefined;
    return { facts: { subject: view.subject, ca } };
  },
  explain: ({ subject, ca }) =>
    `${named(subject)} of the public CA ${ca} is trusted: anybody who buys a certificate there can connect, unless names are filtered too.`,
  fix: () =>
    "Use a private CA for your peers (pki init-ca), or set SSLPEER on the channels; then remove it with runmqakm -cert -delete or keytool -delete.",
});
