import type { CertificateView } from "./certificate-view.ts";

/**
 * What sets a certificate apart from the ordinary one, a bit each. A rule that names traits (`RuleBase.traits`)
 * can speak only about certificates that have one of them, and is not asked about others: most rules are
 * about few certificates, and an audit has hundreds of thousands.
 *
 * Each trait is wider than what the rules that name it look for, whatever their parameters and the profiles.
 */
export const Trait = {
  /** How it is used: one of the three. */
  personal: 1 << 0,
  chain: 1 << 1,
  signer: 1 << 2,
  /** May sign certificates, or says so. */
  ca: 1 << 3,
  /** An RSA key, one of elliptic curves, any other. */
  rsa: 1 << 4,
  ec: 1 << 5,
  otherKey: 1 << 6,
  /** Its signature is not SHA-256, SHA-384 or SHA-512 with RSA or ECDSA, encoded as it should be. */
  signature: 1 << 7,
  /** Not version 3. */
  version: 1 << 8,
  /** Extensions that cannot be read, or stand twice. */
  malformed: 1 << 9,
  /** A critical extension other than those that CAs commonly mark so. */
  critical: 1 << 10,
  /** Subject or issuer is empty. */
  nameless: 1 << 11,
  /** A serial number that is zero or negative. */
  serial: 1 << 12,
  /** Key usage has no digitalSignature. */
  unsigning: 1 << 13,
  /** Key usage has keyCertSign or cRLSign. */
  signs: 1 << 14,
  /** Key usage has dataEncipherment. */
  enciphers: 1 << 15,
  /** An alternative name that is a mail address, a URI, or a host name of more than letters, digits and hyphens. */
  oddName: 1 << 16,
  /** The two algorithms differ, or a time is not written as nearly all are. */
  encoding: 1 << 17,
} as const;

/** Meets every rule. */
export const ANY_TRAIT = -1;

const USUALLY_CRITICAL: ReadonlySet<string> = new Set([
  "2.5.29.15", // key usage
  "2.5.29.17", // subject alternative name
  "2.5.29.19", // basic constraints
  "2.5.29.30", // name constraints
  "2.5.29.37", // extended key usage
]);

/** Host names as nearly all are. */
export const ORDINARY_HOST = /^(?:[a-z0-9-]{1,63}\.)+[a-z][a-z0-9-]{0,62}$/i;

/** The traits of a certificate, without those of its use. `CertificateView.traits` keeps them. */
export function traitsOf(view: CertificateView): number {
  const { certificate } = view;
  const { algorithm } = certificate.publicKey;
  let traits =
    algorithm === "RSA" || algorithm === "RSASSA-PSS"
      ? Trait.rsa
      : algorithm === "EC"
        ? Trait.ec
        : Trait.otherKey;
  if (view.ca || view.basicConstraints?.ca === true) traits |= Trait.ca;
  if (!view.ofAlgorithm("usual", isUsual)) traits |= Trait.signature;
  if (certificate.version !== 3) traits |= Trait.version;
  if (view.malformed.length > 0) traits |= Trait.malformed;
  for (const { critical, oid } of certificate.extensions) {
    if (critical && !USUALLY_CRITICAL.has(oid)) traits |= Trait.critical;
  }
  if (certificate.subject.rdns.length === 0 || certificate.issuer.rdns.length === 0) {
    traits |= Trait.nameless;
  }
  const { serial } = certificate;
  if (serial.length < 4 || serial.startsWith("-")) traits |= Trait.serial;
  return traits | usageTraits(view) | nameTraits(view) | encodingTraits(view);
}

function usageTraits({ keyUsage }: CertificateView): number {
  if (keyUsage === undefined) return 0;
  let traits: number = Trait.unsigning;
  for (const usage of keyUsage) {
    if (usage === "digitalSignature") traits &= ~Trait.unsigning;
    else if (usage === "keyCertSign" || usage === "cRLSign") traits |= Trait.signs;
    else if (usage === "dataEncipherment") traits |= Trait.enciphers;
  }
  return traits;
}

function nameTraits({ subjectAltNames }: CertificateView): number {
  for (const { kind, value } of subjectAltNames) {
    const odd = kind === "DNS" ? !ORDINARY_HOST.test(value) : kind === "email" || kind === "URI";
    if (odd) return Trait.oddName;
  }
  return 0;
}

function encodingTraits({ raw }: CertificateView): number {
  return raw.sameAlgorithm && raw.notBefore.isUsual && raw.notAfter.isUsual ? 0 : Trait.encoding;
}

/** Contents of AlgorithmIdentifiers: sha256, sha384 and sha512WithRSAEncryption with NULL, ecdsa-with-SHA256 to SHA512. */
const USUAL = [
  ...[11, 12, 13].map((n) => [0x06, 9, 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 1, 1, n, 5, 0]),
  ...[2, 3, 4].map((n) => [0x06, 8, 0x2a, 0x86, 0x48, 0xce, 0x3d, 4, 3, n]),
];

function isUsual(algorithm: Uint8Array): boolean {
  return USUAL.some(
    (content) =>
      algorithm.length === 2 + content.length &&
      content.every((octet, i) => algorithm[i + 2] === octet),
  );
}
