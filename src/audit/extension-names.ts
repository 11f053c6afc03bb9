import { ExtensionOid } from "../x509/extensions.ts";

/** Extensions that are no secret to programs, beside those that are read here. */
const OTHERS: Readonly<Record<string, string>> = {
  "2.5.29.9": "subjectDirectoryAttributes",
  "2.5.29.16": "privateKeyUsagePeriod",
  "2.5.29.20": "cRLNumber",
  "2.5.29.33": "policyMappings",
  "2.5.29.36": "policyConstraints",
  "2.5.29.46": "freshestCRL",
  "2.5.29.54": "inhibitAnyPolicy",
  "1.3.6.1.5.5.7.1.3": "qcStatements",
  "1.3.6.1.5.5.7.1.11": "subjectInfoAccess",
  "1.3.6.1.5.5.7.1.24": "tlsFeature",
  "1.3.6.1.5.5.7.48.1.5": "ocspNoCheck",
  "1.3.6.1.4.1.11129.2.4.2": "signedCertificateTimestamps",
  "1.3.6.1.4.1.11129.2.4.3": "precertificatePoison",
  "2.16.840.1.113730.1.1": "netscapeCertType",
};

const NAMES: Readonly<Record<string, string>> = {
  ...OTHERS,
  ...Object.fromEntries(Object.entries(ExtensionOid).map(([name, oid]) => [oid, name])),
};

/** RFC 5280's name of an extension, else its OID. */
export function extensionName(oid: string): string {
  return NAMES[oid] ?? oid;
}
