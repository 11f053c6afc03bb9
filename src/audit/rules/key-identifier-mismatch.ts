import { rule } from "../rule.ts";
import { named } from "../words.ts";

export const keyIdentifierMismatch = rule({
  id: "key-identifier-mismatch",
  on: "use",
  severity: "warning",
  title: "the authority key identifier is not that of the issuer",
  cites: [
    "RFC 5280 §4.2.1.1",
    "measured with GSKit 8.0.60: accepted; OpenSSL finds no issuer (error 30)",
  ],
  profiles: ["default"],
  check({ view, use, whole }) {
    const { authorityKeyId, selfIssued } = view;
    if (authorityKeyId === undefined) return undefined;
    const named = whole.issuersOf(view);
    if (named.length === 0 || named.some((one) => one.subjectKeyId === authorityKeyId)) {
      return undefined;
    }
    // Another CA of that name, which is not here, may be meant: only a signature proves the issuer.
    const issuer = named
      .slice(0, 8)
      .find((one) => one.subjectKeyId !== undefined && whole.verdict(view, one) === "good");
    if (issuer?.subjectKeyId === undefined) return undefined;
    return {
      facts: {
        subject: view.subject,
        issuer: view.issuer,
        use,
        selfIssued,
        wanted: authorityKeyId,
        found: issuer.subjectKeyId,
      },
    };
  },
  explain: ({ subject, issuer, wanted, found }) =>
    `${named(subject)} says that its issuer's key is ${wanted}; the key of ${named(issuer)}, which made its signature, is ${found}. OpenSSL does not find the issuer then.`,
  fix: () =>
    "Issue the certificate anew from the CA's present certificate: pki issue, or openssl x509 -req with authorityKeyIdentifier=keyid.",
});
