import { toHex } from "../../bytes/octets.ts";
import { digest } from "../../crypto/digest.ts";
import type { Place } from "../../model/finding.ts";
import { integerOf, MAX_MODULUS_BITS } from "../integers.ts";
import { type CertificateRecords, firstOf, type RecordGroup } from "../records.ts";
import { groupPrimes, primesUpTo, residues } from "../rsa-weakness.ts";
import { rule } from "../rule.ts";
import { sharedInBlocks } from "../shared-in-blocks.ts";
import { placesOf } from "../words.ts";

/** Smaller factors are told by rsa-small-factor, for each key alone. */
const SMALL = 751;

export const keyFactorShared = rule({
  id: "key-factor-shared",
  on: "inventory",
  severity: "error",
  title: "two RSA keys share a prime: both private keys can be computed",
  cites: [
    "Heninger et al., Mining your Ps and Qs, USENIX Security 2012",
    "NIST SP 800-133 rev. 2 §4: keys come of an approved random bit generator",
  ],
  profiles: ["default"],
  // What more keys would take grows with their square; those that come first are compared.
  parameters: { keys: 65_536 },
  *check({ certificates }, { parameters, note }) {
    const { moduli, groups, left } = distinctModuli(certificates, parameters.keys);
    if (left > 0) {
      const all = moduli.length + left;
      note(`${moduli.length} of ${all} RSA keys were compared for shared factors`);
    }
    for (const { factor, members } of sharedInBlocks(moduli)) {
      const records = members.flatMap((i) => groups[i] as readonly RecordGroup[]);
      const subjects = new Set<string>();
      for (const group of records) for (const { subject } of group) subjects.add(subject);
      // The factor is the private key: only its hash leaves this rule, as the finding's mark.
      const key = toHex(digest("sha256", new TextEncoder().encode(factor.toString(16))));
      yield {
        key,
        places: placesOfAll(records),
        facts: { subjects: [...subjects].sort(), keys: members.length },
      };
    }
  },
  explain: ({ subjects, keys }) =>
    `${keys} RSA keys share one of their primes, so that anybody can compute their private keys: ${(subjects as readonly string[]).join("; ")}.`,
  fix: () =>
    "Make new keys for all of them with pki issue, on a machine with good randomness; revoke the old certificates.",
});

interface Moduli {
  readonly moduli: readonly bigint[];
  /** Of each modulus the certificates, put together by their key's hash: one group nearly always. */
  readonly groups: readonly (readonly RecordGroup[])[];
  /** Keys that were not taken. */
  readonly left: number;
}

/** The moduli of certificates, each once, without those that have small factors. */
function distinctModuli(certificates: CertificateRecords, most: number): Moduli {
  const numbers = new Map<bigint, number>();
  const groups: RecordGroup[][] = [];
  const small = groupPrimes(primesUpTo(SMALL));
  let left = 0;
  for (const group of certificates.groups("key", 1, "rsa")) {
    if (numbers.size >= most) {
      left++;
      continue;
    }
    const { modulus } = firstOf(group);
    if (modulus === undefined || modulus.length * 8 > MAX_MODULUS_BITS) continue;
    const n = integerOf(modulus);
    if (n < 4n || hasFactor(n, small)) continue;
    const known = numbers.get(n);
    if (known === undefined) numbers.set(n, groups.push([group]) - 1);
    else groups[known]?.push(group);
  }
  return { moduli: [...numbers.keys()], groups, left };
}

function* placesOfAll(groups: readonly RecordGroup[]): Iterable<Place> {
  for (const group of groups) yield* placesOf(group);
}

function hasFactor(n: bigint, groups: ReturnType<typeof groupPrimes>): boolean {
  let found = false;
  residues(n, groups, (residue) => {
    found = residue === 0;
    return found;
  });
  return found;
}
