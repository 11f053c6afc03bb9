import { toHex } from "../../bytes/octets.ts";
import { digest } from "../../crypto/digest.ts";
import type { Place } from "../../model/finding.ts";
import { sharedFactors } from "../batch-gcd.ts";
import { integerOf, MAX_MODULUS_BITS } from "../integers.ts";
import type { CertificateRecord } from "../inventory-view.ts";
import { groupPrimes, primesUpTo, residues } from "../rsa-weakness.ts";
import { rule } from "../rule.ts";
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
    "NIST SP 800-133 rev. 2 §4: keys need full entropy",
  ],
  profiles: ["default"],
  *check({ certificates }) {
    // Certificates of one key are put together by its hash first: most moduli stand in many.
    const byKey = new Map<string, CertificateRecord[]>();
    for (const record of certificates.values()) {
      const { modulus, spki } = record;
      if (modulus === undefined || modulus.length * 8 > MAX_MODULUS_BITS) continue;
      const group = byKey.get(spki);
      if (group === undefined) byKey.set(spki, [record]);
      else group.push(record);
    }
    const byModulus = new Map<bigint, CertificateRecord[]>();
    const small = groupPrimes(primesUpTo(SMALL));
    for (const records of byKey.values()) {
      const n = integerOf(records[0]?.modulus ?? new Uint8Array(0));
      if (n < 4n || hasFactor(n, small)) continue;
      const group = byModulus.get(n);
      if (group === undefined) byModulus.set(n, records);
      else group.push(...records);
    }
    const moduli = [...byModulus.keys()];
    for (const { factor, members } of sharedFactors(moduli)) {
      const records = members.flatMap((i) => byModulus.get(moduli[i] as bigint) ?? []);
      // The factor is the private key: only its hash leaves this rule, as the finding's mark.
      const key = toHex(digest("sha256", new TextEncoder().encode(factor.toString(16))));
      yield {
        key,
        places: records.flatMap(placesOf) as [Place, ...Place[]],
        facts: {
          subjects: [...new Set(records.map(({ subject }) => subject))].sort(),
          keys: members.length,
        },
      };
    }
  },
  explain: ({ subjects, keys }) =>
    `${keys} RSA keys share one of their primes, so that anybody can compute their private keys: ${(subjects as readonly string[]).join("; ")}.`,
  fix: () =>
    "Make new keys for all of them with pki issue, on a machine with good randomness; revoke the old certificates.",
});

function hasFactor(n: bigint, groups: ReturnType<typeof groupPrimes>): boolean {
  let found = false;
  residues(n, groups, (residue) => {
    found = residue === 0;
    return found;
  });
  return found;
}
