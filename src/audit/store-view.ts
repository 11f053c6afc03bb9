import type { Certificate, DistinguishedName, PublicKeyView } from "../model/certificate.ts";
import type { OpenedStore } from "../model/inventory.ts";
import type { KeyEntry } from "../model/store.ts";
import { readSigned, signatureVerifies } from "../x509/signature.ts";
import type { CertificateView } from "./certificate-view.ts";
import { NameIndex } from "./name-index.ts";
import { Remembered } from "./shared-views.ts";

/** `unproved`: the signature is made in a way that is not, or not everywhere, verified. */
export type SignatureVerdict = "good" | "wrong" | "unproved";

/** What is known of pairs of certificates, by the SHA-256 of the one and of its issuer, 128 hex digits. */
export interface SignatureMemory {
  get(pair: string): SignatureVerdict | undefined;
  set(pair: string, verdict: SignatureVerdict): void;
}

/**
 * How far a certificate's chain goes among the certificates of its store.
 *
 * `root`: to a self-issued certificate; `missing`: the next issuer is not in the store; `wrong`: a
 * certificate that must be the issuer is there, and did not make the signature.
 */
export interface Path {
  /** Leaf first. */
  readonly chain: readonly [CertificateView, ...CertificateView[]];
  readonly end: "root" | "missing" | "wrong";
}

/** Longer chains are nobody's, and a loop ends here. */
const MAX_PATH = 16;
/** Most certificates of one name that are tried as issuer: hostile stores hold thousands. */
const MAX_CANDIDATES = 16;

/** A whole store as rules look at it: indexes are made when first asked for, and shared by all rules. */
export class StoreView {
  readonly #store: OpenedStore;
  readonly #viewOf: (certificate: Certificate) => CertificateView;
  #certificates: readonly CertificateView[] | undefined;
  #subjects: NameIndex | undefined;
  #issuers: NameIndex | undefined;
  #chained: ReadonlySet<string> | undefined;
  readonly #kept = new Map<string, unknown>();
  readonly #paths = new Map<string, Path>();
  readonly #verdicts: SignatureMemory;

  /** @param verdicts - of the whole audit: the same pair stands in many stores */
  constructor(
    store: OpenedStore,
    viewOf: (certificate: Certificate) => CertificateView,
    verdicts: SignatureMemory = new Remembered<SignatureVerdict>(),
  ) {
    this.#store = store;
    this.#viewOf = viewOf;
    this.#verdicts = verdicts;
  }

  /** Every distinct certificate, in file order: keys with their chains, and signers, also disabled ones. */
  get certificates(): readonly CertificateView[] {
    if (this.#certificates === undefined) {
      const found = new Map<string, CertificateView>();
      for (const entry of this.#store.store.entries) {
        const list =
          entry.kind === "key" ? entry.chain : entry.kind === "trusted" ? [entry.certificate] : [];
        for (const one of list)
          if (!found.has(one.sha256)) found.set(one.sha256, this.#viewOf(one));
      }
      this.#certificates = [...found.values()];
    }
    return this.#certificates;
  }

  /** Distinct trusted certificates, disabled ones left out. */
  get signers(): readonly CertificateView[] {
    return this.once("signers", () => {
      const found = new Map<string, CertificateView>();
      for (const entry of this.#store.store.entries) {
        if (entry.kind !== "trusted" || !entry.enabled) continue;
        const { certificate } = entry;
        if (!found.has(certificate.sha256)) {
          found.set(certificate.sha256, this.#viewOf(certificate));
        }
      }
      return [...found.values()];
    });
  }

  /** What a rule found out about the whole store, kept for the next entry. `name` tells such things apart. */
  once<T>(name: string, make: () => T): T {
    if (!this.#kept.has(name)) this.#kept.set(name, make());
    return this.#kept.get(name) as T;
  }

  viewOf(certificate: Certificate): CertificateView {
    return this.#viewOf(certificate);
  }

  get keys(): readonly KeyEntry[] {
    return this.#store.store.entries.filter((entry) => entry.kind === "key");
  }

  /** The certificates of this store with a subject. */
  named(name: DistinguishedName): readonly CertificateView[] {
    this.#subjects ??= new NameIndex(this.certificates, subjectOf);
    return this.#subjects.get(name);
  }

  /** The certificates of this store that have the name of this one's issuer. */
  issuersOf(view: CertificateView): readonly CertificateView[] {
    return this.named(view.certificate.issuer);
  }

  /** The certificates of this store that name this one as issuer and are not self-issued. By name only. */
  namedBy(view: CertificateView): readonly CertificateView[] {
    this.#issuers ??= new NameIndex(
      this.certificates.filter((one) => !one.selfIssued),
      issuerOf,
    );
    return this.#issuers.get(view.certificate.subject);
  }

  /** Whether it signed another certificate of this store. */
  issuesHere(view: CertificateView): boolean {
    const children = this.namedBy(view);
    if (children.length === 0) return false; // nearly all
    return children.slice(0, MAX_CANDIDATES).some((child) => this.verdict(child, view) === "good");
  }

  /** SHA-256 of the certificates that stand in the path of one of this store's keys. */
  get chained(): ReadonlySet<string> {
    this.#chained ??= new Set(
      this.keys.flatMap(({ chain }) =>
        this.pathOf(this.#viewOf(chain[0])).chain.map(({ certificate }) => certificate.sha256),
      ),
    );
    return this.#chained;
  }

  /** Whether `issuer` made the signature of `view`. Each pair is verified once. */
  verdict(view: CertificateView, issuer: CertificateView): SignatureVerdict {
    const key = `${view.certificate.sha256}${issuer.certificate.sha256}`;
    const known = this.#verdicts.get(key);
    if (known !== undefined) return known;
    const verdict = signatureVerdict(view.certificate, issuer.certificate);
    this.#verdicts.set(key, verdict);
    return verdict;
  }

  /** The path of a certificate of this store among all that the store holds. */
  pathOf(leaf: CertificateView): Path {
    const known = this.#paths.get(leaf.certificate.sha256);
    if (known !== undefined) return known;
    const path = this.#search([leaf]);
    this.#paths.set(leaf.certificate.sha256, path);
    return path;
  }

  #search(chain: [CertificateView, ...CertificateView[]]): Path {
    for (;;) {
      const last = chain[chain.length - 1] as CertificateView;
      if (last.selfIssued && this.verdict(last, last) !== "wrong") return { chain, end: "root" };
      if (chain.length >= MAX_PATH) return { chain, end: "missing" };
      const candidates = this.issuersOf(last)
        .filter((one) => !chain.includes(one))
        .slice(0, MAX_CANDIDATES);
      const issuer =
        best(candidates.filter((one) => this.verdict(last, one) === "good")) ??
        best(candidates.filter((one) => this.verdict(last, one) === "unproved"));
      if (issuer === undefined) {
        const forged = last.selfIssued
          ? last.authorityKeyId === undefined || last.authorityKeyId === last.subjectKeyId
          : candidates.some((one) => mustBeIssuer(last, one));
        return { chain, end: forged ? "wrong" : "missing" };
      }
      chain.push(issuer);
    }
  }
}

/** Among several that fit, a self-issued one ends the path; else the one that lives longest. */
function best(candidates: readonly CertificateView[]): CertificateView | undefined {
  return [...candidates].sort(
    (a, b) =>
      Number(b.selfIssued) - Number(a.selfIssued) ||
      b.certificate.notAfter.getTime() - a.certificate.notAfter.getTime(),
  )[0];
}

/** Key identifiers tell a certificate that failed to verify from another CA of the same name. */
function mustBeIssuer(view: CertificateView, issuer: CertificateView): boolean {
  const { authorityKeyId } = view;
  return (
    authorityKeyId === undefined ||
    issuer.subjectKeyId === undefined ||
    authorityKeyId === issuer.subjectKeyId
  );
}

/** Hashes that a machine's policy may switch off: there, a failure proves nothing. */
const OLD_HASH = /md[245]|sha1|ripemd|sha\b|withSHA$/i;
const KNOWN = /with|ecdsa|^ED\d+$|rsassaPss|^RSA-SHA3|-DSA-|^dsa_/i;

function signatureVerdict(certificate: Certificate, issuer: Certificate): SignatureVerdict {
  let verified = false;
  try {
    verified = signatureVerifies(certificate, issuer.publicKey);
    if (readSigned(certificate.der, "certificate").signature.length === 0) return "wrong";
  } catch {
    return "unproved";
  }
  if (verified) return "good";
  return failureProves(certificate.signatureAlgorithm, issuer.publicKey) ? "wrong" : "unproved";
}

/** Whether a signature that does not verify is wrong: with old hashes and strange keys none may verify. */
export function failureProves(
  signatureAlgorithm: string,
  { algorithm, bits, curve }: PublicKeyView,
): boolean {
  const judged = KNOWN.test(signatureAlgorithm) && !OLD_HASH.test(signatureAlgorithm);
  // Keys that are not used here: too large, of an unknown kind or on a curve that OpenSSL does not know.
  const usable =
    (algorithm === "RSA" && bits >= 1024 && bits <= 16_384) ||
    (algorithm === "EC" && /^P-(256|384|521)$/.test(curve ?? "")) ||
    /^Ed(25519|448)$/.test(algorithm);
  return judged && usable;
}

const subjectOf = ({ certificate }: CertificateView): DistinguishedName => certificate.subject;
const issuerOf = ({ certificate }: CertificateView): DistinguishedName => certificate.issuer;
