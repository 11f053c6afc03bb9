import type { Place } from "../model/finding.ts";
import type { RevocationList } from "../model/revocation-list.ts";
import { CRL_EXTENSION, crlAuthorityKeyId, crlSignedBy } from "../x509/crl.ts";
import { printName } from "../x509/name.ts";
import type { CertificateRecord, CrlRecord, InventoryView } from "./inventory-view.ts";
import { foldedSerial } from "./records.ts";
import { sameText } from "./same-text.ts";
import { failureProves } from "./store-view.ts";

/**
 * Who made a revocation list, as far as the inventory tells.
 *
 * `unknown`: no certificate of its issuer is there; `wrong`: one that must be its issuer is, and did not sign
 * it; `unproved`: the signature is made in a way that is not, or not everywhere, verified.
 */
export type CrlProof = "good" | "wrong" | "unproved" | "unknown";

/** Most certificates of one name that are tried. */
const MAX_CANDIDATES = 16;

export function proofOf(crl: RevocationList, { certificates }: InventoryView): CrlProof {
  const issuer = sameText(printName(crl.issuer));
  const keyId = crlAuthorityKeyId(crl);
  let proof: CrlProof = "unknown";
  let tried = 0;
  for (const { publicKey, subjectKeyId } of certificates.alike("subject", issuer)) {
    if (publicKey === undefined) continue;
    if (keyId !== undefined && subjectKeyId !== undefined && keyId !== subjectKeyId) continue;
    if (crlSignedBy(crl, publicKey)) return "good";
    if (++tried > MAX_CANDIDATES) return "unproved";
    const wrong = failureProves(crl.signatureAlgorithm, publicKey);
    if (!wrong) proof = "unproved";
    else if (proof === "unknown") proof = "wrong";
  }
  return proof;
}

/** Lists that follow one another have the same: issuer, its key, and what part of its certificates they are for. */
function lineOf(crl: RevocationList): string {
  const scope = [CRL_EXTENSION.distributionPoint, CRL_EXTENSION.delta].map((oid) => {
    const value = crl.extensions.find((one) => one.oid === oid)?.value;
    // The base that a delta builds on changes with time.
    return value === undefined ? "" : oid === CRL_EXTENSION.delta ? "delta" : value.join(".");
  });
  return [sameText(printName(crl.issuer)), crlAuthorityKeyId(crl) ?? "", ...scope].join("\u0000");
}

/** The newest list of each line: older ones were replaced and are kept for the record. */
export function newestLists({ crls }: InventoryView): ReadonlySet<CrlRecord> {
  const newest = new Map<string, CrlRecord>();
  for (const record of crls) {
    const line = lineOf(record.crl);
    const other = newest.get(line);
    if (other === undefined || other.crl.thisUpdate < record.crl.thisUpdate) {
      newest.set(line, record);
    }
  }
  return new Set(newest.values());
}

/** The certificates that a list may speak of, by serial number. */
export function coveredBy(
  crl: RevocationList,
  { certificates }: InventoryView,
): (serial: string) => readonly CertificateRecord[] {
  const issuer = sameText(printName(crl.issuer));
  const keyId = crlAuthorityKeyId(crl);
  return (serial) => {
    const covered: CertificateRecord[] = [];
    for (const record of certificates.alike("serial", foldedSerial(issuer, serial))) {
      const { authorityKeyId } = record;
      // Another CA of the same name has its own serial numbers.
      if (keyId === undefined || authorityKeyId === undefined || keyId === authorityKeyId) {
        covered.push(record);
      }
    }
    return covered;
  };
}

export function crlPlaces({ paths }: CrlRecord): readonly [Place, ...Place[]] {
  return paths.map((path) => ({ path })) as [Place, ...Place[]];
}
