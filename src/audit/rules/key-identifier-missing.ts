import { rule } from "../rule.ts";
import { named } from "../words.ts";

export const keyIdentifierMissing = rule({
  id: "key-identifier-missing",
  on: "use",
  severity: "warning",
  title: "a key identifier is missing",
  cites: ["RFC 5280 §4.2.1.1 and §4.2.1.2"],
  profiles: ["strict", "public-tls"],
  check({ view, use }) {
    if (view.certificate.version !== 3) return undefined;
    const missing: string[] = [];
    if (view.ca && view.extension("2.5.29.14") === undefined) missing.push("subjectKeyIdentifier");
    if (!view.selfIssued && view.extension("2.5.29.35") === undefined) {
      missing.push("authorityKeyIdentifier");
    }
    return missing.length === 0 ? undefined : { facts: { subject: view.subject, use, missing } };
  },
  explain: ({ subject, missing }) =>
    `${named(subject)} has no ${(missing as readonly string[]).join(" and no ")}: where two CAs have one name, programs must guess which key is meant.`,
  fix: () => "Issue the certificate anew with pki issue, or pki init-ca for a CA: both set them.",
});
