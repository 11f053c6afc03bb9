import type { Certificate } from "../../model/certificate.ts";
import { extendedKeyUsage } from "../../x509/extensions.ts";

const ANY = "2.5.29.37.0";
const SERVER_AUTH = "1.3.6.1.5.5.7.3.1";
const CLIENT_AUTH = "1.3.6.1.5.5.7.3.2";

/** May the certificate be a TLS server's? Without an extended key usage it may be anybody's (RFC 5280 §4.2.1.12). */
export function mayServe(certificate: Certificate): boolean {
  return allows(certificate, SERVER_AUTH);
}

/** May the certificate be a TLS client's? */
export function mayTalk(certificate: Certificate): boolean {
  return allows(certificate, CLIENT_AUTH);
}

function allows(certificate: Certificate, purpose: string): boolean {
  const purposes = extendedKeyUsage(certificate);
  return purposes === undefined || purposes.includes(ANY) || purposes.includes(purpose);
}
