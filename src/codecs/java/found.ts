import type { Container, Entry } from "../../model/store.ts";

/** What the file had beyond the model: kept in `entry.rest.jks`, used again while the label is the same. */
export interface FoundEntry {
  readonly label: string;
  /** The label's octets: other programs than Java do not always write modified UTF-8. */
  readonly labelBytes: Uint8Array;
  readonly date: bigint;
  /** One for each certificate. */
  readonly types: readonly string[];
}

/**
 * An entry that the model cannot show, since it has a certificate that is not X.509. It is not listed,
 * and is written again at its place.
 */
export interface Carried {
  /** Among all entries of the file. */
  readonly position: number;
  readonly label: string;
  readonly raw: Uint8Array;
}

export function foundEntry(entry: Entry): FoundEntry | undefined {
  return entry.rest?.jks as FoundEntry | undefined;
}

export function carriedEntries(container: Container): readonly Carried[] {
  return (container.rest?.jksCarried as readonly Carried[] | undefined) ?? [];
}
