import { equalBytes } from "../bytes/octets.ts";
import { sha256Hex } from "../crypto/digest.ts";
import type { Certificate } from "../model/certificate.ts";
import {
  type AccessDescription,
  authorityInfoAccess,
  authorityKeyIdentifier,
  type BasicConstraints,
  basicConstraints,
  type CertificatePolicy,
  certificatePolicies,
  crlDistributionPoints,
  extendedKeyUsage,
  type GeneralName,
  type KeyUsage,
  keyUsage,
  malformedExtensions,
  type NameConstraints,
  nameConstraints,
  printPurpose,
  subjectAltNames,
  subjectKeyIdentifier,
} from "../x509/extensions.ts";
import { commonName, nameKey, printName } from "../x509/name.ts";
import { rsaModulus } from "../x509/public-key.ts";

/**
 * A certificate as rules look at it: each part is read when first asked for and kept.
 *
 * A part that cannot be read counts as absent; `malformed` names such extensions, for the rule about them.
 */
export class CertificateView {
  readonly certificate: Certificate;
  readonly #parts = new Map<string, unknown>();

  constructor(certificate: Certificate) {
    this.certificate = certificate;
  }

  #part<T>(name: string, read: () => T): T {
    if (!this.#parts.has(name)) this.#parts.set(name, read());
    return this.#parts.get(name) as T;
  }

  #extension<T>(name: string, absent: T, read: (certificate: Certificate) => T): T {
    return this.#part(name, () => {
      if (this.certificate.extensions.length === 0) return absent;
      try {
        return read(this.certificate);
      } catch {
        return absent; // told by `malformed`
      }
    });
  }

  /** RFC 4514 text. */
  get subject(): string {
    return this.#part("subject", () => printName(this.certificate.subject));
  }

  get issuer(): string {
    return this.#part("issuer", () => printName(this.certificate.issuer));
  }

  get commonName(): string | undefined {
    return this.#part("commonName", () => commonName(this.certificate.subject));
  }

  /** Subject and issuer are the same name; its signature is not checked here. */
  get selfIssued(): boolean {
    return this.#part("selfIssued", () =>
      sameParts(this.certificate) ? this.subjectKey === this.issuerKey : false,
    );
  }

  /** Equal for names that are the same (RFC 5280 §7.1): for looking up, not for showing. */
  get subjectKey(): string {
    return this.#part("subjectKey", () => nameKey(this.certificate.subject));
  }

  get issuerKey(): string {
    return this.#part("issuerKey", () =>
      equalBytes(this.certificate.subject.der, this.certificate.issuer.der)
        ? this.subjectKey
        : nameKey(this.certificate.issuer),
    );
  }

  /** May sign certificates: CA:TRUE, or a self-issued version 1 certificate as CAs of the 1990s are. */
  get ca(): boolean {
    return this.basicConstraints?.ca ?? (this.certificate.version === 1 && this.selfIssued);
  }

  get basicConstraints(): BasicConstraints | undefined {
    return this.#extension("basicConstraints", undefined, basicConstraints);
  }

  get keyUsage(): readonly KeyUsage[] | undefined {
    return this.#extension("keyUsage", undefined, keyUsage);
  }

  /** Names where they have one (`serverAuth`), else dotted OIDs; undefined where the extension is absent. */
  get extendedKeyUsage(): readonly string[] | undefined {
    return this.#extension("extendedKeyUsage", undefined, (certificate) =>
      extendedKeyUsage(certificate)?.map(printPurpose),
    );
  }

  get subjectAltNames(): readonly GeneralName[] {
    return this.#extension("subjectAltNames", [], subjectAltNames);
  }

  /** Lower-case hex. */
  get subjectKeyId(): string | undefined {
    return this.#extension("subjectKeyId", undefined, subjectKeyIdentifier);
  }

  get authorityKeyId(): string | undefined {
    return this.#extension(
      "authorityKeyId",
      undefined,
      (certificate) => authorityKeyIdentifier(certificate)?.keyIdentifier,
    );
  }

  get crlDistributionPoints(): readonly GeneralName[] {
    return this.#extension("crlDistributionPoints", [], crlDistributionPoints);
  }

  get authorityInfoAccess(): readonly AccessDescription[] {
    return this.#extension("authorityInfoAccess", [], authorityInfoAccess);
  }

  get policies(): readonly CertificatePolicy[] {
    return this.#extension("policies", [], certificatePolicies);
  }

  get nameConstraints(): NameConstraints | undefined {
    return this.#extension("nameConstraints", undefined, nameConstraints);
  }

  /** OIDs of extensions that cannot be read or stand twice. */
  get malformed(): readonly string[] {
    return this.#part("malformed", () =>
      this.certificate.extensions.length === 0 ? [] : malformedExtensions(this.certificate),
    );
  }

  /** SHA-256 of the SubjectPublicKeyInfo, lower-case hex: the same for every certificate of a key. */
  get keyHash(): string {
    return this.#part("keyHash", () => sha256Hex(this.certificate.publicKey.spki));
  }

  /** RSA modulus, unsigned big-endian without leading zeros; undefined for other keys. */
  get modulus(): Uint8Array | undefined {
    return this.#part("modulus", () => rsaModulus(this.certificate.publicKey));
  }

  extension(oid: string): { critical: boolean; value: Uint8Array } | undefined {
    return this.certificate.extensions.find((extension) => extension.oid === oid);
  }
}

/** Cheap: names of different lengths are never the same. */
function sameParts({ subject, issuer }: Certificate): boolean {
  return subject.rdns.length === issuer.rdns.length;
}
