import { publicCa } from "../public-cas.ts";
import { isPresented } from "../role.ts";
import { rule } from "../rule.ts";
import { isoSecond } from "../time.ts";
import { named } from "../words.ts";

/** Chrome trusts no certificate for both after this day; public CAs end clientAuth before it. */
const LAST_DAY = "2027-03-15T00:00:00Z";

export const purposeDualPublicCa = rule({
  id: "purpose-dual-public-ca",
  on: "use",
  severity: "warning",
  title: "a public CA's certificate is relied on for clientAuth",
  cites: [
    "Chrome Root Program Policy: no clientAuth from public TLS hierarchies (2026-06-15, 2027-03-15)",
    "IBM, MQ and extended key usage (2025-09-23)",
  ],
  profiles: ["mq", "um", "sap", "public-tls", "strict"],
  parameters: { lastDay: LAST_DAY },
  check(subject, { parameters }) {
    const { view } = subject;
    if (!isPresented(subject)) return undefined;
    const purposes = view.extendedKeyUsage ?? [];
    if (!purposes.includes("clientAuth") || !purposes.includes("serverAuth")) return undefined;
    const ca = publicCa(view.certificate.issuer);
    if (ca === undefined) return undefined;
    const { notAfter } = view.certificate;
    return {
      facts: {
        subject: view.subject,
        ca,
        notAfter: isoSecond(notAfter),
        past: notAfter > new Date(parameters.lastDay),
      },
    };
  },
  explain: ({ subject, ca, past }) =>
    `${named(subject)} is from the public CA ${ca} and for servers and clients. ${past === true ? "It outlives the day (2027-03-15) after which browsers trust no such certificate." : "Its renewal will no longer be for clients."}`,
  fix: () =>
    "Use a private CA for connections between your own systems: pki init-ca, then pki issue peer STORE.",
});
