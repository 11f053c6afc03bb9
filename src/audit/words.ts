import type { Place } from "../model/finding.ts";
import type { CertificateRecord } from "./inventory-view.ts";
import type { Use } from "./rule.ts";

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

/** Every place that certificates stand in, or only those that they stand in as `use`. */
export function* placesOf(records: Iterable<CertificateRecord>, use?: Use): Iterable<Place> {
  for (const { sha256, standings } of records) {
    for (const standing of standings) {
      if (use !== undefined && standing.use !== use) continue;
      yield { path: standing.store.path, label: standing.label, sha256 };
    }
  }
}

/** A name in a sentence: an empty one would leave a hole. */
export function named(name: unknown): string {
  return name === "" ? "(no name)" : String(name);
}

/** `1 day`, `12 days`. */
export function daysText(days: unknown): string {
  return days === 1 ? "1 day" : `${days} days`;
}
