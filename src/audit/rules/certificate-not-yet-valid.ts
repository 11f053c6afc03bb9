import { rule } from "../rule.ts";
import { day, isBefore, isoSecond } from "../time.ts";
import { subjectOf } from "../words.ts";

export const certificateNotYetValid = rule({
  id: "certificate-not-yet-valid",
  on: "use",
  severity: "error",
  title: "the certificate is not valid yet",
  cites: ["RFC 5280 §4.1.2.5"],
  profiles: ["default"],
  parameters: { skewMinutes: 5 },
  check({ view, use }, { now, parameters }) {
    const { notBefore, notAfter } = view.certificate;
    if (isBefore(notAfter, notBefore)) return undefined; // told by validity-reversed
    if (notBefore.getTime() - now.getTime() <= parameters.skewMinutes * 60_000) return undefined;
    return {
      facts: { subject: view.subject, use, notBefore: isoSecond(notBefore) },
      severity: use === "signer" ? "warning" : "error",
    };
  },
  explain: ({ subject, use, notBefore }) =>
    `${subjectOf(use)} ${subject} is valid from ${day(notBefore)} only.`,
  fix: () =>
    "Check this machine's clock; if it is right, wait for that day or issue another certificate.",
});
