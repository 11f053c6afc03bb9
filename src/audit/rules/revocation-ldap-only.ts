import { isPresented } from "../role.ts";
import { rule } from "../rule.ts";
import { named } from "../words.ts";

export const revocationLdapOnly = rule({
  id: "revocation-ldap-only",
  on: "use",
  severity: "notice",
  title: "the certificate's CRL can be had by LDAP only",
  cites: [
    "RFC 5280 §4.2.1.13: at least one HTTP or LDAP address",
    "CA/Browser Forum Baseline Requirements §7.1.2.11.2: HTTP",
  ],
  profiles: ["strict", "public-tls"],
  check(subject) {
    const { view } = subject;
    if (!isPresented(subject) || view.ca) return undefined;
    const points = view.crlDistributionPoints.filter(({ kind }) => kind === "URI");
    if (points.length === 0 || !points.every(({ value }) => /^ldaps?:/i.test(value)))
      return undefined;
    if (view.authorityInfoAccess.some(({ method }) => method === "OCSP")) return undefined;
    return { facts: { subject: view.subject, points: points.map(({ value }) => value) } };
  },
  explain: ({ subject, points }) =>
    `The CRL of ${named(subject)} is at ${(points as readonly string[]).join(", ")}: browsers, OpenSSL and most Java programs do not ask LDAP servers.`,
  fix: () =>
    "Have the CA publish its CRL by HTTP as well, and name that address first in new certificates.",
});
