import { DerReader } from "../bytes/der-reader.ts";
import { contextConstructed, contextTag, Tag } from "../bytes/der-tag.ts";
import { toHex } from "../bytes/octets.ts";
import type { Certificate, Extension } from "../model/certificate.ts";
import { PkiError } from "../model/error.ts";
import { type GeneralName, readGeneralName, readGeneralNames } from "./general-name.ts";

export { type GeneralName, printGeneralName } from "./general-name.ts";

/** OIDs of the extensions that are understood here (RFC 5280 §4.2). */
export const ExtensionOid = {
  subjectKeyIdentifier: "2.5.29.14",
  keyUsage: "2.5.29.15",
  subjectAltName: "2.5.29.17",
  issuerAltName: "2.5.29.18",
  basicConstraints: "2.5.29.19",
  nameConstraints: "2.5.29.30",
  crlDistributionPoints: "2.5.29.31",
  certificatePolicies: "2.5.29.32",
  authorityKeyIdentifier: "2.5.29.35",
  extendedKeyUsage: "2.5.29.37",
  authorityInfoAccess: "1.3.6.1.5.5.7.1.1",
} as const;

/** The bits of KeyUsage by number, under OpenSSL's and RFC 5280's names. */
const KEY_USAGES = [
  "digitalSignature",
  "nonRepudiation",
  "keyEncipherment",
  "dataEncipherment",
  "keyAgreement",
  "keyCertSign",
  "cRLSign",
  "encipherOnly",
  "decipherOnly",
] as const;
export type KeyUsage = (typeof KEY_USAGES)[number];

/** Short names of key purposes; `printPurpose` gives the OID of any other. */
const PURPOSES: Readonly<Record<string, string>> = {
  "1.3.6.1.5.5.7.3.1": "serverAuth",
  "1.3.6.1.5.5.7.3.2": "clientAuth",
  "1.3.6.1.5.5.7.3.3": "codeSigning",
  "1.3.6.1.5.5.7.3.4": "emailProtection",
  "1.3.6.1.5.5.7.3.8": "timeStamping",
  "1.3.6.1.5.5.7.3.9": "OCSPSigning",
  "1.3.6.1.4.1.311.20.2.2": "msSmartcardLogin",
  "1.3.6.1.4.1.311.10.3.3": "msSGC",
  "2.16.840.1.113730.4.1": "nsSGC",
  "2.5.29.37.0": "anyExtendedKeyUsage",
};

export interface BasicConstraints {
  readonly ca: boolean;
  /** Absent: any number of CAs may follow. */
  readonly pathLength?: number;
}

export interface AuthorityKeyIdentifier {
  /** Lower-case hex. */
  readonly keyIdentifier?: string;
  readonly issuer: readonly GeneralName[];
  /** Lower-case hex of the INTEGER's octets. */
  readonly serial?: string;
}

export interface AccessDescription {
  /** `OCSP`, `caIssuers`, else the dotted OID. */
  readonly method: string;
  readonly location: GeneralName;
}

export interface CertificatePolicy {
  readonly oid: string;
  /** Addresses of certification practice statements. */
  readonly cps: readonly string[];
}

export interface NameConstraints {
  readonly permitted: readonly GeneralName[];
  readonly excluded: readonly GeneralName[];
}

/**
 * Subject alternative names in file order; empty where there are none.
 *
 * Like every getter of this file it never throws: an extension that cannot be read counts as absent,
 * which is the careful answer for each of them, and `malformedExtensions` names it.
 */
export function subjectAltNames(cert: Certificate): readonly GeneralName[] {
  return read(cert, ExtensionOid.subjectAltName, generalNames) ?? [];
}

export function issuerAltNames(cert: Certificate): readonly GeneralName[] {
  return read(cert, ExtensionOid.issuerAltName, generalNames) ?? [];
}

export function basicConstraints(cert: Certificate): BasicConstraints | undefined {
  return read(cert, ExtensionOid.basicConstraints, readBasicConstraints);
}

/** Undefined where the extension is absent: then the key may be used for anything (RFC 5280 §4.2.1.3). */
export function keyUsage(cert: Certificate): readonly KeyUsage[] | undefined {
  return read(cert, ExtensionOid.keyUsage, readKeyUsage);
}

/** Dotted OIDs; undefined where the extension is absent. */
export function extendedKeyUsage(cert: Certificate): readonly string[] | undefined {
  return read(cert, ExtensionOid.extendedKeyUsage, readPurposes);
}

/** `serverAuth` for 1.3.6.1.5.5.7.3.1 and so on; an OID without a name as it is. */
export function printPurpose(oid: string): string {
  return PURPOSES[oid] ?? oid;
}

/** Lower-case hex. */
export function subjectKeyIdentifier(cert: Certificate): string | undefined {
  return read(cert, ExtensionOid.subjectKeyIdentifier, readSubjectKeyIdentifier);
}

export function authorityKeyIdentifier(cert: Certificate): AuthorityKeyIdentifier | undefined {
  return read(cert, ExtensionOid.authorityKeyIdentifier, readAuthorityKeyIdentifier);
}

/** The names of every distribution point's full name; points named relative to the issuer are left out. */
export function crlDistributionPoints(cert: Certificate): readonly GeneralName[] {
  return read(cert, ExtensionOid.crlDistributionPoints, readDistributionPoints) ?? [];
}

export function authorityInfoAccess(cert: Certificate): readonly AccessDescription[] {
  return read(cert, ExtensionOid.authorityInfoAccess, readAccess) ?? [];
}

export function certificatePolicies(cert: Certificate): readonly CertificatePolicy[] {
  return read(cert, ExtensionOid.certificatePolicies, readPolicies) ?? [];
}

export function nameConstraints(cert: Certificate): NameConstraints | undefined {
  return read(cert, ExtensionOid.nameConstraints, readNameConstraints);
}

/** OIDs of understood extensions whose content cannot be read, and of extensions that are there twice. */
export function malformedExtensions(cert: Certificate): readonly string[] {
  const bad: string[] = [];
  const seen = new Set<string>();
  for (const extension of cert.extensions) {
    const reader = READERS[extension.oid];
    const broken = reader !== undefined && !isReadable(extension, reader);
    if (broken || seen.has(extension.oid)) bad.push(extension.oid);
    seen.add(extension.oid);
  }
  return [...new Set(bad)];
}

export function findExtension(cert: Certificate, oid: string): Extension | undefined {
  for (const extension of cert.extensions) if (extension.oid === oid) return extension;
  return undefined;
}

/** What stands instead of the content of an extension that cannot be read. */
export const MALFORMED: unique symbol = Symbol("malformed");

/**
 * The content of an understood extension as the getters of this file give it, or `MALFORMED`; undefined
 * for extensions that are not understood here. For those who want all of a certificate's in one pass.
 */
export function extensionContent(extension: Extension): unknown {
  const reader = READERS[extension.oid];
  return reader === undefined ? undefined : (readContent(extension, reader) ?? MALFORMED);
}

type ContentReader<T> = (reader: DerReader) => T;

/** Everything but the subject key identifier is one SEQUENCE. */
const READERS: Readonly<Record<string, ContentReader<unknown>>> = {
  [ExtensionOid.subjectKeyIdentifier]: readSubjectKeyIdentifier,
  [ExtensionOid.keyUsage]: readKeyUsage,
  [ExtensionOid.subjectAltName]: generalNames,
  [ExtensionOid.issuerAltName]: generalNames,
  [ExtensionOid.basicConstraints]: readBasicConstraints,
  [ExtensionOid.nameConstraints]: readNameConstraints,
  [ExtensionOid.crlDistributionPoints]: readDistributionPoints,
  [ExtensionOid.certificatePolicies]: readPolicies,
  [ExtensionOid.authorityKeyIdentifier]: readAuthorityKeyIdentifier,
  [ExtensionOid.extendedKeyUsage]: readPurposes,
  [ExtensionOid.authorityInfoAccess]: readAccess,
};

function read<T>(cert: Certificate, oid: string, reader: ContentReader<T>): T | undefined {
  const extension = findExtension(cert, oid);
  return extension === undefined ? undefined : readContent(extension, reader);
}

function readContent<T>(extension: Extension, content: ContentReader<T>): T | undefined {
  try {
    const reader = new DerReader(extension.value, extension.oid);
    const value = content(reader);
    reader.finish("the extension");
    return value;
  } catch (error) {
    if (error instanceof PkiError) return undefined;
    throw error;
  }
}

function isReadable(extension: Extension, reader: ContentReader<unknown>): boolean {
  return readContent(extension, (inside) => ({ value: reader(inside) })) !== undefined;
}

function readSubjectKeyIdentifier(reader: DerReader): string {
  return toHex(reader.octetString("keyIdentifier"));
}

function generalNames(reader: DerReader): GeneralName[] {
  return readGeneralNames(reader.sequence("names"));
}

function readBasicConstraints(reader: DerReader): BasicConstraints {
  const inside = reader.sequence("basicConstraints");
  const ca = inside.peek() === Tag.boolean ? inside.boolean("cA") : false;
  const pathLength = inside.done
    ? undefined
    : inside.unsigned("pathLenConstraint", Number.MAX_SAFE_INTEGER);
  inside.finish("basicConstraints");
  return pathLength === undefined ? { ca } : { ca, pathLength };
}

function readKeyUsage(reader: DerReader): KeyUsage[] {
  const { bytes } = reader.bitString("keyUsage");
  return KEY_USAGES.filter((_, bit) => ((bytes[bit >> 3] ?? 0) & (0x80 >> (bit & 7))) !== 0);
}

function readPurposes(reader: DerReader): string[] {
  const inside = reader.sequence("purposes");
  const purposes: string[] = [];
  while (!inside.done) purposes.push(inside.oid("purpose"));
  return purposes;
}

function readAuthorityKeyIdentifier(reader: DerReader): AuthorityKeyIdentifier {
  const inside = reader.sequence("authorityKeyIdentifier");
  const key = inside.optional(contextTag(0));
  const issuer = inside.optional(contextConstructed(1));
  const serial = inside.optional(contextTag(2));
  const value: AuthorityKeyIdentifier = {
    issuer: issuer === undefined ? [] : readGeneralNames(inside.inside(issuer, "issuer")),
    ...(key === undefined ? {} : { keyIdentifier: toHex(inside.content(key)) }),
    ...(serial === undefined ? {} : { serial: toHex(inside.content(serial)) }),
  };
  inside.finish("authorityKeyIdentifier");
  return value;
}

function readDistributionPoints(reader: DerReader): GeneralName[] {
  const points = reader.sequence("distributionPoints");
  const names: GeneralName[] = [];
  while (!points.done) {
    const point = points.sequence("point");
    const choice = point.optional(contextConstructed(0));
    if (choice !== undefined) {
      const name = point.inside(choice, "name");
      const full = name.optional(contextConstructed(0));
      if (full !== undefined) {
        const inside = name.inside(full, "fullName");
        while (!inside.done) names.push(readGeneralName(inside));
      } else name.next(contextConstructed(1), "nameRelativeToCRLIssuer");
      name.finish("name");
    }
    if (point.optional(contextTag(1)) === undefined) point.optional(contextConstructed(1));
    point.optional(contextConstructed(2));
    point.finish("point");
  }
  return names;
}

function readAccess(reader: DerReader): AccessDescription[] {
  const inside = reader.sequence("access");
  const list: AccessDescription[] = [];
  while (!inside.done) {
    const item = inside.sequence("description");
    const oid = item.oid("accessMethod");
    const location = readGeneralName(item);
    item.finish("description");
    const names: Readonly<Record<string, string>> = {
      "1.3.6.1.5.5.7.48.1": "OCSP",
      "1.3.6.1.5.5.7.48.2": "caIssuers",
    };
    list.push({ method: names[oid] ?? oid, location });
  }
  return list;
}

function readPolicies(reader: DerReader): CertificatePolicy[] {
  const inside = reader.sequence("policies");
  const list: CertificatePolicy[] = [];
  while (!inside.done) {
    const item = inside.sequence("policy");
    const oid = item.oid("policyIdentifier");
    const cps: string[] = [];
    if (!item.done) {
      const qualifiers = item.sequence("qualifiers");
      while (!qualifiers.done) {
        const qualifier = qualifiers.sequence("qualifier");
        const id = qualifier.oid("policyQualifierId");
        const value = qualifier.next();
        if (id === "1.3.6.1.5.5.7.2.1" && value.tag === Tag.ia5String) {
          cps.push(String.fromCharCode(...qualifier.content(value).subarray(0, 4096)));
        }
        qualifier.finish("qualifier");
      }
    }
    item.finish("policy");
    list.push({ oid, cps });
  }
  return list;
}

function readNameConstraints(reader: DerReader): NameConstraints {
  const inside = reader.sequence("nameConstraints");
  const subtrees = (n: number): GeneralName[] => {
    const element = inside.optional(contextConstructed(n));
    if (element === undefined) return [];
    const list = inside.inside(element, "subtrees");
    const names: GeneralName[] = [];
    while (!list.done) {
      const subtree = list.sequence("subtree");
      names.push(readGeneralName(subtree));
      subtree.optional(contextTag(0));
      subtree.optional(contextTag(1));
      subtree.finish("subtree");
    }
    return names;
  };
  const value = { permitted: subtrees(0), excluded: subtrees(1) };
  inside.finish("nameConstraints");
  return value;
}
