import type { Place } from "../../model/finding.ts";
import type { CertificateRecord } from "../inventory-view.ts";
import { rule } from "../rule.ts";
import { named, placesOf } from "../words.ts";

export const serialSequential = rule({
  id: "serial-sequential",
  on: "inventory",
  severity: "notice",
  title: "an issuer counts its serial numbers up",
  cites: ["CA/Browser Forum Baseline Requirements §7.1"],
  profiles: ["strict"],
  parameters: { count: 3 },
  *check({ certificates }, { parameters }) {
    const byIssuer = new Map<string, CertificateRecord[]>();
    for (const record of certificates.values()) {
      if (record.selfIssued || record.serial.startsWith("-")) continue;
      const group = byIssuer.get(record.issuer);
      if (group === undefined) byIssuer.set(record.issuer, [record]);
      else group.push(record);
    }
    for (const [issuer, group] of byIssuer) {
      if (group.length < parameters.count) continue;
      const run = longestRun(group);
      if (run.length < parameters.count) continue;
      const [first] = run as [CertificateRecord, ...CertificateRecord[]];
      yield {
        key: issuer,
        places: run.flatMap(placesOf) as [Place, ...Place[]],
        facts: {
          issuer,
          count: run.length,
          first: first.serial,
          last: (run.at(-1) ?? first).serial,
        },
      };
    }
  },
  explain: ({ issuer, count, first, last }) =>
    `${named(issuer)} gave ${count} certificates the serial numbers ${first} to ${last}, one after the other: the next one can be guessed.`,
  fix: () => "Have the CA use random serial numbers (openssl ca -rand_serial; pki issue does).",
});

/** The longest run of certificates whose numbers follow each other without a gap. */
function longestRun(group: readonly CertificateRecord[]): readonly CertificateRecord[] {
  const numbered = group
    .map((record) => ({ record, number: BigInt(`0x${record.serial}`) }))
    .sort((a, b) => (a.number < b.number ? -1 : a.number > b.number ? 1 : 0));
  let best: CertificateRecord[] = [];
  let run: CertificateRecord[] = [];
  let before: bigint | undefined;
  for (const { record, number } of numbered) {
    if (number === before) continue;
    if (before === undefined || number !== before + 1n) run = [];
    run.push(record);
    if (run.length > best.length) best = run;
    before = number;
  }
  return best;
}
