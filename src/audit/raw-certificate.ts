import { DerReader } from "../bytes/der-reader.ts";
import { contextConstructed, Tag } from "../bytes/der-tag.ts";
import { equalBytes } from "../bytes/octets.ts";
import type { Certificate } from "../model/certificate.ts";
import { readPssParameters, readSigned } from "../x509/signature.ts";

/** What a certificate's view does not keep: its fields as they are encoded (RFC 5280 §4.1). */
export interface RawFields {
  /** Whole AlgorithmIdentifiers: beside the signature, and in the signed part. */
  readonly outerAlgorithm: Uint8Array;
  readonly innerAlgorithm: Uint8Array;
  /** Both are encoded the same. */
  readonly sameAlgorithm: boolean;
  readonly notBefore: RawTime;
  readonly notAfter: RawTime;
}

/** A Time as it is written. */
export class RawTime {
  readonly general: boolean;
  readonly #octets: Uint8Array;

  constructor(general: boolean, octets: Uint8Array) {
    this.general = general;
    this.#octets = octets;
  }

  /** At most 64 characters of it. */
  get text(): string {
    return String.fromCharCode(...this.#octets.subarray(0, 64));
  }

  /** `YYMMDDHHMMSSZ`, as nearly all are. */
  get isUsual(): boolean {
    const octets = this.#octets;
    if (this.general || octets.length !== 13 || octets[12] !== 0x5a) return false;
    for (let i = 0; i < 12; i++) {
      const octet = octets[i] as number;
      if (octet < 0x30 || octet > 0x39) return false;
    }
    return true;
  }
}

/** Walks to the fields of a certificate that was parsed before. `CertificateView.raw` keeps them. */
export function rawFields({ der }: Certificate): RawFields {
  const { body, algorithm } = readSigned(der, "certificate");
  const tbs = new DerReader(body, "tbsCertificate").sequence("tbsCertificate");
  tbs.optional(contextConstructed(0));
  tbs.next(Tag.integer, "serialNumber");
  const innerAlgorithm = tbs.nextRaw(Tag.sequence, "signature");
  tbs.next(Tag.sequence, "issuer");
  const validity = tbs.sequence("validity");
  return {
    outerAlgorithm: algorithm,
    innerAlgorithm,
    sameAlgorithm: equalBytes(algorithm, innerAlgorithm),
    notBefore: rawTime(validity),
    notAfter: rawTime(validity),
  };
}

function rawTime(validity: DerReader): RawTime {
  const element = validity.next(undefined, "time");
  return new RawTime(element.tag === Tag.generalizedTime, validity.content(element));
}

/** An AlgorithmIdentifier taken apart: its OID and the TLV of its parameters, if any. */
export function algorithmParts(algorithm: Uint8Array): {
  readonly oid: string;
  readonly parameters: Uint8Array | undefined;
} {
  const inside = new DerReader(algorithm, "algorithm").sequence("algorithm");
  const oid = inside.oid();
  return { oid, parameters: inside.done ? undefined : inside.rest() };
}

/** OpenSSL's names of signature algorithms hold the hash: `sha1WithRSAEncryption`, `ecdsa-with-SHA224`. */
const HASH_IN_NAME = /(md2|md4|md5|ripemd160|sha3?-?(?:512-)?\d*)/i;

/**
 * The hash that a certificate is signed with: `md5`, `sha1`, `sha256` …; undefined for algorithms that bring
 * their own (Ed25519) or are not known. RSASSA-PSS tells it in its parameters, and means SHA-1 without.
 */
export function signatureHash(certificate: Certificate): string | undefined {
  const name = certificate.signatureAlgorithm;
  if (name === "rsassaPss") {
    const { outerAlgorithm } = rawFields(certificate);
    if (algorithmParts(outerAlgorithm).parameters === undefined) return "sha1";
    return readPssParameters(outerAlgorithm)?.hash;
  }
  if (/^(SLH|ML)-/.test(name)) return undefined;
  const hash = HASH_IN_NAME.exec(name)?.[1]?.toLowerCase();
  // `dsaWithSHA`, `shaWithRSAEncryption` are SHA-0.
  return hash === "sha" ? "sha0" : hash;
}
