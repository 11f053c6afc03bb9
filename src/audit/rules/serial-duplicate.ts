import { toHex } from "../../bytes/octets.ts";
import { digest } from "../../crypto/digest.ts";
import type { Place } from "../../model/finding.ts";
import type { CertificateRecord } from "../inventory-view.ts";
import { rule } from "../rule.ts";
import { placesOf } from "../words.ts";

export const serialDuplicate = rule({
  id: "serial-duplicate",
  on: "inventory",
  severity: "error",
  title: "one issuer gave one serial number to two certificates",
  cites: [
    "RFC 5280 §4.1.2.2",
    "GSKit code 26: a second certificate of one issuer and serial is refused",
  ],
  profiles: ["default"],
  *check({ certificates }) {
    const groups = new Map<string, CertificateRecord[]>();
    for (const record of certificates.values()) {
      // Two CAs of one name with different keys are two issuers: their serials do not clash.
      const issuer = `${record.issuer}\u0000${record.authorityKeyId ?? ""}\u0000${record.serial}`;
      const group = groups.get(issuer);
      if (group === undefined) groups.set(issuer, [record]);
      else group.push(record);
    }
    for (const group of groups.values()) {
      const [first, second] = group;
      if (first === undefined || second === undefined) continue;
      // A CA that names itself issuer may renew its own certificate under its old number: same key, no clash.
      if (group.every((one) => one.selfIssued && one.spki === first.spki)) continue;
      const { issuer, serial } = first;
      const places = group.flatMap(placesOf) as [Place, ...Place[]];
      const key = toHex(digest("sha256", new TextEncoder().encode(`${issuer}\u0000${serial}`)));
      yield {
        key,
        places,
        facts: {
          issuer,
          serial,
          subjects: group.map(({ subject }) => subject).sort(),
          count: group.length,
        },
      };
    }
  },
  explain: ({ issuer, serial, count }) =>
    `${count} different certificates of ${issuer} have the serial number ${serial}. A key database takes only one of them, and a revocation of one revokes all.`,
  fix: () => "Have the issuer give out all but one of them anew, with serial numbers of their own.",
});
