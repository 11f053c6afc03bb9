import { rule } from "../rule.ts";
import { day, daysBetween, isBefore, isoSecond } from "../time.ts";
import { daysText, subjectOf } from "../words.ts";

export const certificateExpiresSoon = rule({
  id: "certificate-expires-soon",
  on: "use",
  severity: "warning",
  title: "the certificate expires soon",
  cites: ["RFC 5280 §4.1.2.5", "PCI DSS 4.0.1 requirement 4.2.1.1"],
  profiles: ["default"],
  parameters: { days: 30, errorDays: 7 },
  check({ view, use }, { now, parameters }) {
    const { notBefore, notAfter } = view.certificate;
    if (isBefore(notAfter, notBefore)) return undefined; // told by validity-reversed
    if (isBefore(notAfter, now)) return undefined;
    const days = daysBetween(now, notAfter);
    if (days > parameters.days) return undefined;
    return {
      facts: { subject: view.subject, use, notAfter: isoSecond(notAfter), days },
      severity: use !== "signer" && days <= parameters.errorDays ? "error" : "warning",
    };
  },
  explain: ({ subject, use, notAfter, days }) =>
    `${subjectOf(use)} ${subject} expires on ${day(notAfter)}, in ${daysText(days)}.`,
  fix: ({ use }) =>
    use === "signer"
      ? "Get the signer's renewed certificate and add it beside the old one with pki add."
      : "Issue a new certificate with pki issue, or request one from the CA, and exchange it before that day.",
});
