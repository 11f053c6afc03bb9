import type { Certificate } from "../model/certificate.ts";
import { authorityKeyIdentifier, subjectKeyIdentifier } from "./extensions.ts";
import { nameKey, sameName } from "./name.ts";
import { signatureVerifies } from "./signature.ts";

/** Most signatures that are checked for one chain, whatever the pool holds. */
export const SIGNATURE_BUDGET = 100;
/** Most steps of the search, checked signatures or remembered ones. */
const STEP_BUDGET = 2000;
/** Longer chains are nobody's. */
const MAX_CHAIN = 32;

export interface Chain {
  /** Leaf first. */
  readonly chain: [Certificate, ...Certificate[]];
  /** True when it ends in a self-signed certificate. */
  readonly complete: boolean;
}

/** Verdicts on signatures by the SHA-256 of the certificate and of its issuer, one after the other. */
export interface KnownSignatures {
  get(pair: string): boolean | undefined;
  set(pair: string, good: boolean): void;
}

/** Same name as subject and issuer, and the certificate's own key made its signature. */
export function isSelfSigned(cert: Certificate): boolean {
  return sameName(cert.subject, cert.issuer) && signatureVerifies(cert, cert.publicKey);
}

/** The issuer's name is the other's subject, and the other's key made the signature. Rights and dates are not judged. */
export function issuedBy(cert: Certificate, issuer: Certificate): boolean {
  return sameName(cert.issuer, issuer.subject) && signatureVerifies(cert, issuer.publicKey);
}

/**
 * Finds the chain of `leaf` among `pool`, by names and signatures only.
 *
 * Where several certificates fit, one whose key identifier matches is tried before others, then the one
 * that ends latest; a way to a self-signed certificate wins over a longer way to nowhere. Loops end the
 * search, and at most `SIGNATURE_BUDGET` signatures are checked.
 */
export function completeChain(leaf: Certificate, pool: readonly Certificate[]): Chain {
  return chainFinder(pool)(leaf);
}

/**
 * `completeChain` for many leaves of one pool: the pool is indexed once and no signature checked twice.
 * The budget counts anew for each leaf.
 *
 * @param known - from other pools: saves the checks, and takes from the budget as if they were made, so
 *   that what was looked at before does not matter
 */
export function chainFinder(
  pool: readonly Certificate[],
  known?: KnownSignatures,
): (leaf: Certificate) => Chain {
  const bySubject = new Map<string, Certificate[]>();
  const seen = new Set<string>();
  for (const cert of pool) {
    if (seen.has(cert.sha256)) continue;
    seen.add(cert.sha256);
    const key = nameKey(cert.subject);
    const others = bySubject.get(key);
    if (others === undefined) bySubject.set(key, [cert]);
    else others.push(cert);
  }
  const verdicts = new Map<string, boolean>();
  return (leaf) => new Search(bySubject, verdicts, known).from(leaf);
}

class Search {
  readonly #bySubject: ReadonlyMap<string, readonly Certificate[]>;
  readonly #verdicts: Map<string, boolean>;
  readonly #known: KnownSignatures | undefined;
  #signatures = SIGNATURE_BUDGET;
  #steps = STEP_BUDGET;

  constructor(
    bySubject: ReadonlyMap<string, readonly Certificate[]>,
    verdicts: Map<string, boolean>,
    known: KnownSignatures | undefined,
  ) {
    this.#bySubject = bySubject;
    this.#verdicts = verdicts;
    this.#known = known;
  }

  from(leaf: Certificate): Chain {
    return this.#extend([leaf], new Set([leaf.sha256]));
  }

  /** The best chain that begins with `chain`: the first complete one, else the longest. */
  #extend(chain: [Certificate, ...Certificate[]], used: Set<string>): Chain {
    const last = chain[chain.length - 1] as Certificate;
    if (sameName(last.subject, last.issuer) && this.#verified(last, last)) {
      return { chain: [...chain], complete: true };
    }
    let best: Chain = { chain: [...chain], complete: false };
    if (chain.length >= MAX_CHAIN) return best;
    for (const issuer of this.#candidates(last)) {
      if (--this.#steps < 0) break;
      if (used.has(issuer.sha256) || !this.#verified(last, issuer)) continue;
      chain.push(issuer);
      used.add(issuer.sha256);
      const found = this.#extend(chain, used);
      used.delete(issuer.sha256);
      chain.pop();
      if (found.complete) return found;
      if (found.chain.length > best.chain.length) best = found;
    }
    return best;
  }

  #candidates(cert: Certificate): readonly Certificate[] {
    const found = this.#bySubject.get(nameKey(cert.issuer)) ?? [];
    if (found.length < 2) return found;
    const wanted = authorityKeyIdentifier(cert)?.keyIdentifier;
    const rank = (issuer: Certificate): number =>
      wanted !== undefined && subjectKeyIdentifier(issuer) === wanted ? 0 : 1;
    return found
      .map((issuer) => ({ issuer, rank: rank(issuer) }))
      .sort((a, b) => a.rank - b.rank || b.issuer.notAfter.getTime() - a.issuer.notAfter.getTime())
      .map(({ issuer }) => issuer);
  }

  #verified(cert: Certificate, issuer: Certificate): boolean {
    const key = `${cert.sha256}${issuer.sha256}`;
    const before = this.#verdicts.get(key);
    if (before !== undefined) return before;
    if (--this.#signatures < 0) return false;
    const verdict = this.#known?.get(key) ?? signatureVerifies(cert, issuer.publicKey);
    this.#known?.set(key, verdict);
    this.#verdicts.set(key, verdict);
    return verdict;
  }
}
