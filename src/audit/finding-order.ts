import { sha256Hex } from "../crypto/digest.ts";
import type { Facts, Place, Severity } from "../model/finding.ts";
import { SEVERITIES } from "../model/finding.ts";

/** One verdict at one place. `key` tells the faults of a rule apart: it is part of the fingerprint. */
export interface Judgement {
  readonly rule: string;
  readonly severity: Severity;
  readonly facts: Facts;
  readonly key: string;
}

const text = new TextEncoder();
/** 0 is the worst. */
export const rank = (severity: Severity): number => SEVERITIES.indexOf(severity);
/** Places sort by it, and are the same where it is. */
export const placeKey = (place: Place): string =>
  `${place.path}\u0000${place.label ?? ""}\u0000${place.sha256 ?? ""}`;
/** By UTF-16 code units, as texts compare in JavaScript: the same everywhere. */
export const byText = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

/** What is wrong, as 64 hex digits: SHA-256 of the rule and the fault's key. */
export function fingerprintOf(rule: string, key: string): string {
  return sha256Hex(text.encode(`${rule}\u0000${key}`));
}

/** @param places - by key */
export function sortedPlaces(places: ReadonlyMap<string, Place>): readonly [Place, ...Place[]] {
  const sorted = [...places.entries()].sort(([a], [b]) => byText(a, b)).map(([, place]) => place);
  return sorted as [Place, ...Place[]];
}
