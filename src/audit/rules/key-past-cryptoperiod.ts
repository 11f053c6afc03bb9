import type { CertificateRecord } from "../inventory-view.ts";
import { firstOf, isKind, type RecordGroup } from "../records.ts";
import { rule } from "../rule.ts";
import { day, daysBetween, isoSecond } from "../time.ts";
import { placesOf } from "../words.ts";

export const keyPastCryptoperiod = rule({
  id: "key-past-cryptoperiod",
  on: "inventory",
  severity: "warning",
  title: "a private key has been in use for too long",
  cites: ["NIST SP 800-57 part 1 §5.3.6", "PCI DSS 4.0.1 requirement 3.7.4"],
  profiles: ["pci", "strict"],
  parameters: { days: 1095 },
  *check({ certificates }, { now, parameters }) {
    for (const group of certificates.groups("key", 1, "personal")) {
      let since = Number.POSITIVE_INFINITY;
      let isCa = false;
      let inUse = false;
      for (const { ca, notBefore, notAfter } of group) {
        since = Math.min(since, notBefore.getTime());
        isCa ||= ca;
        inUse ||= !(notAfter < now);
      }
      // A CA's key lives longer, and an expired certificate's key is out of use.
      if (isCa || !inUse) continue;
      const days = daysBetween(new Date(since), now);
      if (days <= parameters.days) continue;
      const { spki, subject } = firstOf(personalOf(group));
      yield {
        key: spki,
        places: placesOf(personalOf(group)),
        facts: {
          subject,
          since: isoSecond(new Date(since)),
          days,
          limit: parameters.days,
          certificates: group.length,
        },
      };
    }
  },
  explain: ({ subject, since, days, limit }) =>
    `The key of ${subject} has been in use since ${day(since)}, ${days} days; ${limit} are its cryptoperiod, however often its certificate was renewed.`,
  fix: () =>
    "Issue the next certificate with a new key: pki issue makes one, and pki exchange brings it to the peers.",
});

function* personalOf(group: RecordGroup): Iterable<CertificateRecord> {
  for (const record of group) if (isKind("personal", record)) yield record;
}
