import type { Certificate, DistinguishedName } from "../../model/certificate.ts";
import { completeChain } from "../../x509/chain.ts";

/** Candidates that are tried in one file, all chains together: it keeps a hostile file from costing minutes. */
const MAX_CANDIDATES = 20_000;

export type ChainOf = (leaf: Certificate) => readonly [Certificate, ...Certificate[]];

/**
 * Completes chains from the certificates of a database: a personal record holds its leaf alone, and
 * its signers are records of their own (docs/formats/kdb.md, "Chains").
 *
 * Signers are looked up by name first, so the time grows with the chains and not with the store. A
 * file that is built to need more than 20,000 candidates gets the chains that were found until then.
 */
export function chainsFrom(pool: readonly Certificate[]): ChainOf {
  const bySubject = new Map<string, Certificate[]>();
  for (const certificate of pool) {
    const key = nameKey(certificate.subject);
    const known = bySubject.get(key);
    if (known === undefined) bySubject.set(key, [certificate]);
    else known.push(certificate);
  }
  const ancestors = new Map<string, readonly Certificate[]>();
  let left = MAX_CANDIDATES;
  return (leaf) => {
    const key = nameKey(leaf.issuer);
    let candidates = ancestors.get(key);
    if (candidates === undefined) {
      candidates = reachable(bySubject, key);
      ancestors.set(key, candidates);
    }
    left -= candidates.length;
    if (candidates.length === 0 || left < 0) return [leaf];
    return completeChain(leaf, candidates).chain;
  };
}

/** Every certificate that a chain from this issuer could lead through. */
function reachable(bySubject: ReadonlyMap<string, readonly Certificate[]>, issuer: string) {
  const found: Certificate[] = [];
  const seen = new Set([issuer]);
  for (const key of seen) {
    for (const certificate of bySubject.get(key) ?? []) {
      found.push(certificate);
      seen.add(nameKey(certificate.issuer)); // a Set's loop also visits what is added to it
    }
  }
  return found;
}

/** Equal for names that RFC 5280 §7.1 takes for the same; coarser, since `completeChain` decides. */
function nameKey(name: DistinguishedName): string {
  const parts = name.rdns.map((rdn) =>
    rdn
      .map(({ type, value }) => {
        const text = value.normalize("NFKC").toLowerCase();
        return JSON.stringify([type, text.replace(/\s+/g, " ").trim()]);
      })
      .sort()
      .join("+"),
  );
  return parts.join(",");
}
