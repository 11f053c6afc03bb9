import { toHex } from "../bytes/octets.ts";
import { digest } from "../crypto/digest.ts";
import type { Certificate, Extension } from "../model/certificate.ts";
import {
  authorityInfoAccess,
  authorityKeyIdentifier,
  basicConstraints,
  certificatePolicies,
  crlDistributionPoints,
  ExtensionOid,
  extendedKeyUsage,
  issuerAltNames,
  keyUsage,
  malformedExtensions,
  nameConstraints,
  printGeneralName,
  printPurpose,
  subjectAltNames,
  subjectKeyIdentifier,
} from "./extensions.ts";
import { printName } from "./name.ts";
import { readPssParameters, readSigned } from "./signature.ts";

export interface ExtensionDescription {
  readonly oid: string;
  /** OpenSSL's name without its `X509v3`, else the OID. */
  readonly name: string;
  readonly critical: boolean;
  /** One line each. Content that is not understood: its octets as colon hex, cut after 64. */
  readonly values: readonly string[];
  /** False where the content should be understood and cannot be read. */
  readonly readable: boolean;
}

/** A certificate as plain text values, one line each; nothing in them is escaped for a terminal yet. */
export interface CertificateDescription {
  readonly version: number;
  /** Colon hex, upper case; negative with `-`. */
  readonly serial: string;
  readonly subject: string;
  readonly issuer: string;
  readonly notBefore: Date;
  readonly notAfter: Date;
  /** OpenSSL's long name; with hash and salt length for `rsassaPss`. */
  readonly signatureAlgorithm: string;
  /** `RSA 2048 bits, exponent 65537`, `EC P-256`, `Ed25519`. */
  readonly publicKey: string;
  readonly extensions: readonly ExtensionDescription[];
  /** Colon hex, upper case. */
  readonly sha1: string;
  readonly sha256: string;
}

/** Names of extensions, OpenSSL's where it has one. */
const NAMES: Readonly<Record<string, string>> = {
  "2.5.29.9": "Subject Directory Attributes",
  "2.5.29.14": "Subject Key Identifier",
  "2.5.29.15": "Key Usage",
  "2.5.29.16": "Private Key Usage Period",
  "2.5.29.17": "Subject Alternative Name",
  "2.5.29.18": "Issuer Alternative Name",
  "2.5.29.19": "Basic Constraints",
  "2.5.29.30": "Name Constraints",
  "2.5.29.31": "CRL Distribution Points",
  "2.5.29.32": "Certificate Policies",
  "2.5.29.33": "Policy Mappings",
  "2.5.29.35": "Authority Key Identifier",
  "2.5.29.36": "Policy Constraints",
  "2.5.29.37": "Extended Key Usage",
  "2.5.29.46": "Freshest CRL",
  "2.5.29.54": "Inhibit Any Policy",
  "1.3.6.1.5.5.7.1.1": "Authority Information Access",
  "1.3.6.1.5.5.7.1.3": "qcStatements",
  "1.3.6.1.5.5.7.1.11": "Subject Information Access",
  "1.3.6.1.5.5.7.1.24": "TLS Feature",
  "1.3.6.1.5.5.7.48.1.5": "OCSP No Check",
  "1.3.6.1.4.1.311.20.2": "Microsoft Certificate Template Name",
  "1.3.6.1.4.1.311.21.1": "Microsoft CA Version",
  "1.3.6.1.4.1.311.21.7": "Microsoft Certificate Template",
  "1.3.6.1.4.1.311.21.10": "Microsoft Application Policies",
  "1.3.6.1.4.1.11129.2.4.2": "CT Precertificate SCTs",
  "1.3.6.1.4.1.11129.2.4.3": "CT Precertificate Poison",
  "2.16.840.1.113730.1.1": "Netscape Cert Type",
  "2.16.840.1.113730.1.13": "Netscape Comment",
};

const SHOWN_OCTETS = 64;

/** Everything a person wants to know of a certificate, as text. Nothing is verified here. */
export function describeCertificate(cert: Certificate): CertificateDescription {
  const malformed = new Set(malformedExtensions(cert));
  const negative = cert.serial.startsWith("-");
  return {
    version: cert.version,
    serial: `${negative ? "-" : ""}${colons(negative ? cert.serial.slice(1) : cert.serial)}`,
    subject: printName(cert.subject),
    issuer: printName(cert.issuer),
    notBefore: cert.notBefore,
    notAfter: cert.notAfter,
    signatureAlgorithm: describeSignature(cert),
    publicKey: describeKey(cert),
    extensions: cert.extensions.map((extension) =>
      describeExtension(cert, extension, !malformed.has(extension.oid)),
    ),
    sha1: colons(toHex(digest("sha1", cert.der))),
    sha256: colons(cert.sha256),
  };
}

/** `0a1b` → `0A:1B`. */
export function colons(hex: string): string {
  return hex.toUpperCase().replace(/..(?=.)/g, "$&:");
}

function describeSignature(cert: Certificate): string {
  if (cert.signatureAlgorithm !== "rsassaPss") return cert.signatureAlgorithm;
  const parameters = readPssParameters(readSigned(cert.der, "certificate").algorithm);
  if (parameters === undefined) return cert.signatureAlgorithm;
  const { hash, maskHash, saltLength } = parameters;
  return `rsassaPss, ${hash}, MGF1 with ${maskHash}, salt of ${saltLength} bytes`;
}

function describeKey({ publicKey: { algorithm, bits, curve, exponent } }: Certificate): string {
  if (curve !== undefined) {
    return bits === 0 ? `${algorithm} ${curve}` : `${algorithm} ${curve}, ${bits} bits`;
  }
  const size = bits === 0 || /^(Ed|X)\d/.test(algorithm) ? "" : ` ${bits} bits`;
  // Public exponents of more than 64 bits are shown as they are: nobody knows them by heart.
  const power =
    exponent === undefined
      ? ""
      : `, exponent ${exponent.length <= 16 ? BigInt(`0x${exponent}`) : `0x${exponent.slice(0, 64)}`}`;
  return `${algorithm}${size}${power}`;
}

function describeExtension(
  cert: Certificate,
  { oid, critical, value }: Extension,
  readable: boolean,
): ExtensionDescription {
  const values = readable ? understood(cert, oid) : undefined;
  return {
    oid,
    name: NAMES[oid] ?? oid,
    critical,
    values: values ?? [octets(value)],
    readable,
  };
}

function understood(cert: Certificate, oid: string): readonly string[] | undefined {
  switch (oid) {
    case ExtensionOid.subjectAltName:
      return subjectAltNames(cert).map(printGeneralName);
    case ExtensionOid.issuerAltName:
      return issuerAltNames(cert).map(printGeneralName);
    case ExtensionOid.basicConstraints: {
      const constraints = basicConstraints(cert);
      const length = constraints?.pathLength;
      return [
        `CA:${constraints?.ca === true ? "TRUE" : "FALSE"}${length === undefined ? "" : `, pathlen:${length}`}`,
      ];
    }
    case ExtensionOid.keyUsage:
      return [keyUsage(cert)?.join(", ") ?? ""];
    case ExtensionOid.extendedKeyUsage:
      return [extendedKeyUsage(cert)?.map(printPurpose).join(", ") ?? ""];
    case ExtensionOid.subjectKeyIdentifier:
      return [colons(subjectKeyIdentifier(cert) ?? "")];
    case ExtensionOid.authorityKeyIdentifier: {
      const { keyIdentifier, issuer, serial } = authorityKeyIdentifier(cert) ?? { issuer: [] };
      return [
        ...(keyIdentifier === undefined ? [] : [colons(keyIdentifier)]),
        ...issuer.map(printGeneralName),
        ...(serial === undefined ? [] : [`serial:${colons(serial)}`]),
      ];
    }
    case ExtensionOid.crlDistributionPoints:
      return crlDistributionPoints(cert).map(printGeneralName);
    case ExtensionOid.authorityInfoAccess:
      return authorityInfoAccess(cert).map(
        ({ method, location }) => `${method} - ${printGeneralName(location)}`,
      );
    case ExtensionOid.certificatePolicies:
      return certificatePolicies(cert).flatMap(({ oid: policy, cps }) => [
        policy,
        ...cps.map((text) => `CPS: ${oneLine(text)}`),
      ]);
    case ExtensionOid.nameConstraints: {
      const constraints = nameConstraints(cert);
      return [
        ...(constraints?.permitted ?? []).map((name) => `permitted ${printGeneralName(name)}`),
        ...(constraints?.excluded ?? []).map((name) => `excluded ${printGeneralName(name)}`),
      ];
    }
    default:
      return undefined;
  }
}

function octets(value: Uint8Array): string {
  const shown = colons(toHex(value.subarray(0, SHOWN_OCTETS)));
  return value.length > SHOWN_OCTETS ? `${shown}… (${value.length} bytes)` : shown;
}

function oneLine(text: string): string {
  return /[\x00-\x1f\x7f-\x9f]/.test(text) ? JSON.stringify(text) : text;
}
