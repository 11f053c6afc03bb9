import type { Certificate } from "../../model/certificate.ts";
import { chainFinder, type KnownSignatures, SIGNATURE_BUDGET } from "../../x509/chain.ts";
import { nameKey } from "../../x509/name.ts";

/**
 * What completing the chains of one file may cost: one for each key, and one for each certificate
 * beyond the first of the same name that its chain could lead through.
 */
const FILE_BUDGET = 15_000;

export type ChainOf = (leaf: Certificate) => readonly [Certificate, ...Certificate[]];

/**
 * Completes chains from the certificates of a database: a personal record holds its leaf alone, and
 * its signers are records of their own (docs/formats/kdb.md, "Chains").
 *
 * A file that is built to be expensive (thousands of keys, thousands of signers of one name) gets the
 * chains that the budget allows; the other keys show their leaf alone.
 *
 * @param pool - signers and personal certificates: GSKit builds chains from both
 * @param keys - how many chains will be asked for
 */
export function chainsFrom(
  pool: readonly Certificate[],
  keys: number,
  known?: KnownSignatures,
): ChainOf {
  if (keys === 0) return (leaf) => [leaf];
  const find = chainFinder(pool, known);
  if (keys * SIGNATURE_BUDGET <= FILE_BUDGET) return (leaf) => find(leaf).chain;
  const issuersOf = new Map<string, Certificate[]>();
  for (const certificate of pool) {
    const key = nameKey(certificate.subject);
    const others = issuersOf.get(key);
    if (others === undefined) issuersOf.set(key, [certificate]);
    else others.push(certificate);
  }
  let left = FILE_BUDGET;
  return (leaf) => {
    left -= 1 + ambiguity(issuersOf, nameKey(leaf.issuer));
    return left < 0 ? [leaf] : find(leaf).chain;
  };
}

/** Certificates beyond the first of each name on the way up, at most what one search looks at. */
function ambiguity(issuersOf: ReadonlyMap<string, readonly Certificate[]>, issuer: string): number {
  let extra = 0;
  const names = new Set([issuer]);
  for (const name of names) {
    const found = issuersOf.get(name) ?? [];
    extra += Math.max(0, found.length - 1);
    if (extra >= SIGNATURE_BUDGET || names.size >= SIGNATURE_BUDGET) return SIGNATURE_BUDGET;
    // A Set's loop also visits what is added to it.
    for (const certificate of found) names.add(nameKey(certificate.issuer));
  }
  return extra;
}
