import { presentsExtensions } from "../role.ts";
import { rule } from "../rule.ts";
import { named } from "../words.ts";

const DAY = 86_400_000;

export const revocationSourceMissing = rule({
  id: "revocation-source-missing",
  on: "use",
  severity: "warning",
  title: "nobody can find out whether the certificate was revoked",
  cites: [
    "RFC 5280 §4.2.1.13 (SHOULD be supported)",
    "CA/Browser Forum Baseline Requirements §7.1.2.7.6, §7.1.2.11.2 and §1.6.1 (short-lived)",
  ],
  profiles: ["strict", "public-tls", "pci"],
  parameters: { shortLivedDays: 7 },
  check(subject, { parameters }) {
    const { view } = subject;
    if (!presentsExtensions(subject) || view.ca || view.selfIssued) return undefined;
    const { notBefore, notAfter } = view.certificate;
    if (notAfter.getTime() - notBefore.getTime() <= parameters.shortLivedDays * DAY)
      return undefined;
    const ocsp = view.authorityInfoAccess.some(({ method }) => method === "OCSP");
    if (ocsp || view.extension("2.5.29.31") !== undefined) return undefined;
    return { facts: { subject: view.subject, issuer: view.issuer } };
  },
  explain: ({ subject }) =>
    `${named(subject)} names neither a CRL nor an OCSP responder: if its key is stolen, it stays good until it expires.`,
  fix: () =>
    "Have the CA publish a CRL and issue the certificate anew with its address: pki issue server STORE --crl-url URL.",
});
