import type { Place } from "../model/finding.ts";
import type { CertificateRecord } from "./inventory-view.ts";

/** How a sentence about a certificate begins, by what it is in its store. */
export function subjectOf(use: unknown): string {
  switch (use) {
    case "personal":
      return "The personal certificate";
    case "chain":
      return "The CA certificate in the chain";
    default:
      return "The signer";
  }
}

/** Every place that a certificate stands in. */
export function placesOf(record: CertificateRecord): Place[] {
  return record.standings.map(({ store, label }) => ({
    path: store.path,
    label,
    sha256: record.sha256,
  }));
}

/** Certificates by the SHA-256 of their public key, in order of first sight. */
export function bySpki(
  records: Iterable<CertificateRecord>,
): ReadonlyMap<string, readonly CertificateRecord[]> {
  const groups = new Map<string, CertificateRecord[]>();
  for (const record of records) {
    const group = groups.get(record.spki);
    if (group === undefined) groups.set(record.spki, [record]);
    else group.push(record);
  }
  return groups;
}

/** A name in a sentence: an empty one would leave a hole. */
export function named(name: unknown): string {
  return name === "" ? "(no name)" : String(name);
}

/** `1 day`, `12 days`. */
export function daysText(days: unknown): string {
  return days === 1 ? "1 day" : `${days} days`;
}
