import { printName } from "../../x509/name.ts";
import { crlPlaces, newestLists } from "../revocation.ts";
import { rule } from "../rule.ts";
import { day, daysBetween, isoSecond } from "../time.ts";
import { daysText, named } from "../words.ts";

export const crlExpired = rule({
  id: "crl-expired",
  on: "inventory",
  severity: "warning",
  title: "a revocation list is out of date",
  cites: ["RFC 5280 §5.1.2.5", "RFC 5280 §6.3.3 (a)"],
  profiles: ["default"],
  parameters: { graceDays: 0 },
  *check(inventory, { now, parameters }) {
    for (const record of newestLists(inventory)) {
      const { issuer, nextUpdate, sha256 } = record.crl;
      if (nextUpdate === undefined || nextUpdate >= now) continue;
      const days = daysBetween(nextUpdate, now);
      if (days < parameters.graceDays) continue;
      const facts = { issuer: printName(issuer), nextUpdate: isoSecond(nextUpdate), days };
      yield { key: sha256, places: crlPlaces(record), facts };
    }
  },
  explain: ({ issuer, nextUpdate, days }) =>
    `The revocation list of ${named(issuer)} should have been replaced by ${day(nextUpdate)}, ${daysText(days)} ago: who checks it refuses the CA's certificates, or no longer notices revoked ones.`,
  fix: () =>
    "Fetch the CA's current list from its distribution point, or have the CA make one (openssl ca -gencrl), and put it in this one's place.",
});
