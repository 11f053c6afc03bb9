import { rule } from "../rule.ts";
import { encryptsData } from "../sap.ts";
import { day, daysBetween, isBefore, isoSecond } from "../time.ts";
import { daysText, subjectOf } from "../words.ts";

export const certificateExpired = rule({
  id: "certificate-expired",
  on: "use",
  severity: "error",
  title: "the certificate has expired",
  cites: [
    "RFC 5280 §4.1.2.5",
    "measured: GSKit 8.0.60 sends no certificate when its own has expired",
  ],
  profiles: ["default"],
  check({ view, use }, { now }) {
    const { notBefore, notAfter } = view.certificate;
    if (isBefore(notAfter, notBefore)) return undefined; // told by validity-reversed
    if (!isBefore(notAfter, now)) return undefined;
    if (encryptsData(view)) return undefined; // told by sap-encryption-certificate-kept
    return {
      facts: {
        subject: view.subject,
        use,
        notAfter: isoSecond(notAfter),
        days: daysBetween(notAfter, now),
      },
      // An expired signer breaks only those who still use what it signed.
      severity: use === "personal" || use === "chain" ? "error" : "warning",
    };
  },
  explain: ({ subject, use, notAfter, days }) =>
    `${subjectOf(use)} ${subject} expired on ${day(notAfter)}, ${daysText(days)} ago.`,
  fix: ({ use }) =>
    use === "signer"
      ? "Get the signer's renewed certificate and add it with pki add; remove the old one when nobody uses it."
      : "Issue a new certificate with pki issue, or request one from the CA, before the next restart.",
});
