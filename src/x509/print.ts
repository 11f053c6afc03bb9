import type { Certificate } from "../model/certificate.ts";
import { describeCertificate, type ExtensionDescription } from "./describe.ts";

export { type CertificateDescription, describeCertificate } from "./describe.ts";

/**
 * A certificate as lines of text, under the words that `openssl x509 -text` and `keytool -printcert` have
 * taught people to look for. No line holds a line break; escaping for terminals is the renderer's.
 */
export function printCertificate(cert: Certificate): readonly string[] {
  const view = describeCertificate(cert);
  return [
    `Subject:             ${view.subject}`,
    `Issuer:              ${view.issuer}`,
    `Serial Number:       ${view.serial}`,
    `Not Before:          ${printTime(view.notBefore)}`,
    `Not After:           ${printTime(view.notAfter)}`,
    `Signature Algorithm: ${view.signatureAlgorithm}`,
    `Public Key:          ${view.publicKey}`,
    `Version:             ${view.version}`,
    ...(view.extensions.length === 0 ? [] : ["Extensions:"]),
    ...view.extensions.flatMap(printExtension),
    "Fingerprints:",
    `    SHA-1:   ${view.sha1}`,
    `    SHA-256: ${view.sha256}`,
  ];
}

/** `2026-01-02 03:04:05 UTC`. */
export function printTime(date: Date): string {
  return `${date
    .toISOString()
    .replace("T", " ")
    .replace(/\.\d+Z$/, "")} UTC`;
}

function printExtension({
  oid,
  name,
  critical,
  values,
  readable,
}: ExtensionDescription): readonly string[] {
  const marks = [
    ...(name === oid ? [] : [oid]),
    ...(critical ? ["critical"] : []),
    ...(readable ? [] : ["cannot be read"]),
  ];
  const title = marks.length === 0 ? name : `${name} (${marks.join(", ")})`;
  return [`    ${title}`, ...values.map((value) => `        ${value}`)];
}
