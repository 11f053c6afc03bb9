import type { Certificate } from "../../model/certificate.ts";
import { completeChain } from "../../x509/chain.ts";
import { nameKey } from "../../x509/name.ts";

/** Longer chains are nobody's. */
const MAX_CHAIN = 32;
/** Ambiguous steps of one file that are settled by signatures: a hostile file must not cost minutes. */
const MAX_SETTLED = 200;

export type Chain = readonly [Certificate, ...Certificate[]];

/**
 * Chains as Java rebuilds them: from the leaf on, the certificate whose subject is the issuer's name.
 * Signatures are looked at only where several certificates of the file have that name.
 */
export function chainsOf(pool: readonly Certificate[]): (leaf: Certificate) => Chain {
  const bySubject = new Map<string, Certificate[]>();
  const seen = new Set<string>();
  for (const certificate of pool) {
    if (seen.has(certificate.sha256)) continue;
    seen.add(certificate.sha256);
    const key = nameKey(certificate.subject);
    const others = bySubject.get(key);
    if (others === undefined) bySubject.set(key, [certificate]);
    else others.push(certificate);
  }
  let settled = 0;
  const settle = (certificate: Certificate, candidates: readonly Certificate[]): Certificate => {
    const first = candidates[0] as Certificate;
    if (candidates.length === 1 || ++settled > MAX_SETTLED) return first;
    return completeChain(certificate, pool).chain[1] ?? first;
  };
  return (leaf) => {
    const chain: [Certificate, ...Certificate[]] = [leaf];
    for (let last = leaf; chain.length < MAX_CHAIN; ) {
      const issuer = nameKey(last.issuer);
      if (issuer === nameKey(last.subject)) break;
      const candidates = bySubject.get(issuer);
      if (candidates === undefined) break;
      last = settle(last, candidates);
      if (chain.includes(last)) break;
      chain.push(last);
    }
    return chain;
  };
}
