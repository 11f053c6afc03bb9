import { toHex } from "../../bytes/octets.ts";
import { digest } from "../../crypto/digest.ts";
import type { CertificateRecord } from "../inventory-view.ts";
import type { CertificateRecords } from "../records.ts";
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
    for (const group of sameSerials(certificates)) {
      const [first, second] = group;
      if (first === undefined || second === undefined) continue;
      // A CA that names itself issuer may renew its own certificate under its old number: same key, no clash.
      if (group.every((one) => one.selfIssued && one.spki === first.spki)) continue;
      const { issuer, serial } = first;
      const issuerKey = group
        .map(({ authorityKeyId }) => authorityKeyId ?? "")
        .sort()
        .at(-1);
      const named = `${issuer}\u0000${serial}\u0000${issuerKey}`;
      const key = toHex(digest("sha256", new TextEncoder().encode(named)));
      yield {
        key,
        places: placesOf(group),
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

function* sameSerials(certificates: CertificateRecords): Iterable<readonly CertificateRecord[]> {
  for (const group of certificates.groups("serial", 2)) yield* byIssuerKey([...group]);
}

/**
 * Two CAs of one name with different keys are two issuers: their serials do not clash. A certificate that
 * does not say which key signed it counts with all of them.
 */
function byIssuerKey(group: readonly CertificateRecord[]) {
  const keyOf = (record: CertificateRecord): string | undefined =>
    record.authorityKeyId ?? (record.selfIssued ? record.subjectKeyId : undefined);
  const keys = new Set(group.map(keyOf).filter((key) => key !== undefined));
  if (keys.size < 2) return [group];
  return [...keys].map((key) => group.filter((one) => (keyOf(one) ?? key) === key));
}
