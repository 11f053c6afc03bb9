import { toHex } from "../../bytes/octets.ts";
import { digest } from "../../crypto/digest.ts";
import type { Place } from "../../model/finding.ts";
import type { CertificateRecord } from "../inventory-view.ts";
import { rule } from "../rule.ts";
import { placesOf } from "../words.ts";

/** Certificates of one issuer's name and serial, where there are several. */
function sameSerials(records: Iterable<CertificateRecord>): CertificateRecord[][] {
  const issuers = new Map<string, Map<string, CertificateRecord | CertificateRecord[]>>();
  const groups: CertificateRecord[][] = [];
  for (const record of records) {
    let serials = issuers.get(record.issuer);
    if (serials === undefined) {
      serials = new Map();
      issuers.set(record.issuer, serials);
    }
    const known = serials.get(record.serial);
    if (known === undefined) serials.set(record.serial, record);
    else if (Array.isArray(known)) known.push(record);
    else {
      const group = [known, record];
      serials.set(record.serial, group);
      groups.push(group);
    }
  }
  return groups;
}

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
    for (const group of sameSerials(certificates.values()).flatMap(byIssuerKey)) {
      const [first, second] = group;
      if (first === undefined || second === undefined) continue;
      // A CA that names itself issuer may renew its own certificate under its old number: same key, no clash.
      if (group.every((one) => one.selfIssued && one.spki === first.spki)) continue;
      const { issuer, serial } = first;
      const places = group.flatMap(placesOf) as [Place, ...Place[]];
      const issuerKey = group
        .map(({ authorityKeyId }) => authorityKeyId ?? "")
        .sort()
        .at(-1);
      const named = `${issuer}\u0000${serial}\u0000${issuerKey}`;
      const key = toHex(digest("sha256", new TextEncoder().encode(named)));
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

/**
 * Two CAs of one name with different keys are two issuers: their serials do not clash. A certificate that
 * does not say which key signed it counts with all of them.
 */
function byIssuerKey(group: CertificateRecord[]): CertificateRecord[][] {
  const keyOf = (record: CertificateRecord): string | undefined =>
    record.authorityKeyId ?? (record.selfIssued ? record.subjectKeyId : undefined);
  const keys = new Set(group.map(keyOf).filter((key) => key !== undefined));
  if (keys.size < 2) return [group];
  return [...keys].map((key) => group.filter((one) => (keyOf(one) ?? key) === key));
}
