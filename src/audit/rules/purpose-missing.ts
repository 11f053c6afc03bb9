import { presentsExtensions } from "../role.ts";
import { rule } from "../rule.ts";
import { named } from "../words.ts";

export const purposeMissing = rule({
  id: "purpose-missing",
  on: "use",
  severity: "warning",
  title: "the certificate has no extended key usage",
  cites: ["CA/Browser Forum Baseline Requirements §7.1.2.7.10", "RFC 5280 §4.2.1.12"],
  profiles: ["public-tls", "strict"],
  check(subject) {
    const { view } = subject;
    if (!presentsExtensions(subject) || view.extension("2.5.29.37") !== undefined) return undefined;
    if (view.ca) return undefined;
    return { facts: { subject: view.subject, use: subject.use } };
  },
  explain: ({ subject }) =>
    `${named(subject)} does not say what it is for: it could be used for anything, code signing included, and browsers refuse it.`,
  fix: () =>
    "Issue a certificate with serverAuth, clientAuth or both: pki issue server STORE (or client, or peer).",
});
