import { presentsExtensions } from "../role.ts";
import { rule } from "../rule.ts";
import { named } from "../words.ts";

export const policyMissing = rule({
  id: "policy-missing",
  on: "use",
  severity: "notice",
  title: "the certificate names no certificate policy",
  cites: ["CA/Browser Forum Baseline Requirements §7.1.2.7.9"],
  profiles: ["public-tls"],
  check(subject) {
    const { view } = subject;
    if (!presentsExtensions(subject) || view.ca || view.selfIssued || view.policies.length > 0) {
      return undefined;
    }
    return { facts: { subject: view.subject, issuer: view.issuer } };
  },
  explain: ({ subject }) =>
    `${named(subject)} names no certificate policy; certificates of public CAs have one of 2.23.140.1.2.1 to 2.23.140.1.2.3.`,
  fix: () => "For a public site, get the certificate from a public CA.",
});
