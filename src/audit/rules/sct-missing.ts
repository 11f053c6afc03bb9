import { presentsExtensions } from "../role.ts";
import { rule } from "../rule.ts";
import { named } from "../words.ts";

const SCT_LIST = "1.3.6.1.4.1.11129.2.4.2";

export const sctMissing = rule({
  id: "sct-missing",
  on: "use",
  severity: "notice",
  title: "the certificate has no signed certificate timestamps",
  cites: ["RFC 6962 §3.3", "Chrome and Apple Certificate Transparency policies"],
  profiles: ["public-tls"],
  check(subject) {
    const { view } = subject;
    if (!presentsExtensions(subject) || view.ca || view.selfIssued) return undefined;
    return view.extension(SCT_LIST) === undefined
      ? { facts: { subject: view.subject, issuer: view.issuer } }
      : undefined;
  },
  explain: ({ subject }) =>
    `${named(subject)} proves no entry in a public log: Chrome and Safari refuse it unless the server sends timestamps another way.`,
  fix: () => "For a public site, get the certificate from a public CA, which puts them in.",
});
