import { rule } from "../rule.ts";
import { day, isBefore, isoSecond } from "../time.ts";

export const validityReversed = rule({
  id: "validity-reversed",
  on: "certificate",
  severity: "error",
  title: "the certificate ends before it begins",
  cites: ["RFC 5280 §4.1.2.5", "RFC 5280 §4.1.2.5.1: two-digit years from 50 mean 19xx"],
  profiles: ["default"],
  check(view) {
    const { notBefore, notAfter } = view.certificate;
    if (!isBefore(notAfter, notBefore)) return undefined;
    return {
      facts: {
        subject: view.subject,
        notBefore: isoSecond(notBefore),
        notAfter: isoSecond(notAfter),
      },
    };
  },
  explain: ({ subject, notBefore, notAfter }) =>
    `The certificate ${subject} is valid from ${day(notBefore)} to ${day(notAfter)}: at no time at all.`,
  fix: () => "Issue the certificate anew with pki issue; check the clock and the dates of its CA.",
});
