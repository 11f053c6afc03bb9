import type { Place } from "../../model/finding.ts";
import type { CertificateRecord } from "../inventory-view.ts";
import { rule } from "../rule.ts";
import { day, daysBetween, isoSecond } from "../time.ts";
import { bySpki, placesOf } from "../words.ts";

export const keyPastCryptoperiod = rule({
  id: "key-past-cryptoperiod",
  on: "inventory",
  severity: "warning",
  title: "a private key has been in use for too long",
  cites: ["NIST SP 800-57 part 1 §5.3.6", "PCI DSS 4.0.1 requirement 3.7.4"],
  profiles: ["pci", "strict"],
  parameters: { days: 1095 },
  *check({ certificates }, { now, parameters }) {
    for (const [spki, group] of bySpki(certificates.values())) {
      // A CA's key lives longer, and an expired certificate's key is out of use.
      if (group.some(({ ca }) => ca) || group.every(({ notAfter }) => notAfter < now)) continue;
      const personal = group.filter(isPersonal);
      const since = Math.min(...group.map(({ notBefore }) => notBefore.getTime()));
      const days = daysBetween(new Date(since), now);
      if (personal.length === 0 || days <= parameters.days) continue;
      yield {
        key: spki,
        places: personal.flatMap(placesOf) as [Place, ...Place[]],
        facts: {
          subject: personal[0]?.subject ?? "",
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

function isPersonal({ standings }: CertificateRecord): boolean {
  return standings.some(({ use }) => use === "personal");
}
