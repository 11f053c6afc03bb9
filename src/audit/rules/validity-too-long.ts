import { rule } from "../rule.ts";
import { day, isoSecond } from "../time.ts";

/** Days by the day of issue: CA/Browser Forum baseline requirements §6.3.2 with ballot SC-081v3. */
const PUBLIC_SCHEDULE: readonly (readonly [from: string, days: number])[] = [
  ["2029-03-15", 47],
  ["2027-03-15", 100],
  ["2026-03-15", 200],
  ["2020-09-01", 398],
  ["2018-03-01", 825],
];

export const validityTooLong = rule({
  id: "validity-too-long",
  on: "certificate",
  severity: "warning",
  title: "the certificate is valid for longer than is wise",
  cites: [
    "CA/Browser Forum baseline requirements §6.3.2, ballot SC-081v3",
    "NIST SP 800-57 part 1 §5.3.6",
  ],
  profiles: ["public-tls", "strict"],
  parameters: { days: 825, caDays: 7300 },
  check(view, { parameters, profiles }) {
    const { notBefore, notAfter } = view.certificate;
    if (notAfter < notBefore) return undefined;
    // The last second counts: a certificate of one day ends at 23:59:59.
    const days = Math.ceil((notAfter.getTime() - notBefore.getTime() + 1000) / 86_400_000);
    const own = view.ca ? parameters.caDays : parameters.days;
    const limit =
      profiles.has("public-tls") && !view.ca ? Math.min(own, publicLimit(notBefore)) : own;
    if (days <= limit) return undefined;
    return {
      facts: {
        subject: view.subject,
        ca: view.ca,
        days,
        limit,
        notBefore: isoSecond(notBefore),
        notAfter: isoSecond(notAfter),
      },
    };
  },
  explain: ({ subject, days, limit, notBefore }) =>
    `The certificate ${subject}, issued on ${day(notBefore)}, is valid for ${days} days; ${limit} are the limit.`,
  fix: ({ limit }) =>
    `Issue it anew with pki issue server STORE --days ${limit} or less, and renew it by schedule.`,
});

function publicLimit(issued: Date): number {
  const date = issued.toISOString();
  return PUBLIC_SCHEDULE.find(([from]) => date >= from)?.[1] ?? Number.POSITIVE_INFINITY;
}
