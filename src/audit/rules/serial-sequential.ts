import type { CertificateRecord } from "../inventory-view.ts";
import { firstOf, type RecordGroup } from "../records.ts";
import { rule } from "../rule.ts";
import { named, placesOf } from "../words.ts";

export const serialSequential = rule({
  id: "serial-sequential",
  on: "inventory",
  severity: "notice",
  title: "an issuer counts its serial numbers up",
  cites: ["CA/Browser Forum Baseline Requirements §7.1.2.7 (non-sequential)"],
  profiles: ["strict"],
  parameters: { count: 3 },
  *check({ certificates }, { parameters }) {
    for (const group of certificates.groups("issuer", parameters.count)) {
      const run = longestRun(group);
      if (run.length < parameters.count) continue;
      const [first, last] = [run[0] as Numbered, run[run.length - 1] as Numbered];
      const { issuer } = firstOf(group);
      yield {
        key: issuer,
        places: placesOf(membersOf(run, group)),
        facts: { issuer, count: run.length, first: first.serial, last: last.serial },
      };
    }
  },
  explain: ({ issuer, count, first, last }) =>
    `${named(issuer)} gave ${count} certificates the serial numbers ${first} to ${last}, one after the other: the next one can be guessed.`,
  fix: () => "Have the CA use random serial numbers (openssl ca -rand_serial; pki issue does).",
});

/** A serial number, and which of its group has it: there may be more certificates than memory holds. */
interface Numbered {
  readonly number: bigint;
  readonly position: number;
  readonly serial: string;
}

/** The longest run of numbers that follow each other without a gap. */
function longestRun(group: RecordGroup): readonly Numbered[] {
  const numbered: Numbered[] = [];
  let position = 0;
  for (const { serial, selfIssued } of group) {
    if (!selfIssued && !serial.startsWith("-")) {
      numbered.push({ number: BigInt(`0x${serial}`), position, serial });
    }
    position++;
  }
  numbered.sort((a, b) => (a.number < b.number ? -1 : a.number > b.number ? 1 : 0));
  let best: Numbered[] = [];
  let run: Numbered[] = [];
  let before: bigint | undefined;
  for (const one of numbered) {
    if (one.number === before) continue;
    if (before === undefined || one.number !== before + 1n) run = [];
    run.push(one);
    if (run.length > best.length) best = run;
    before = one.number;
  }
  return best;
}

function* membersOf(run: readonly Numbered[], group: RecordGroup): Iterable<CertificateRecord> {
  const positions = new Set(run.map(({ position }) => position));
  let position = 0;
  for (const record of group) if (positions.has(position++)) yield record;
}
