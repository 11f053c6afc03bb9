/**
 * How bad a finding is. It follows the wording of what the rule cites: MUST broken is an error, SHOULD a
 * warning, advice a notice.
 */
export type Severity = "error" | "warning" | "notice";

/** Worst first. */
export const SEVERITIES: readonly Severity[] = ["error", "warning", "notice"];

/** Where a finding was seen. */
export interface Place {
  /** As reported: relative to the audited directory, `/` between parts, `!/` before a member of an archive. */
  readonly path: string;
  readonly label?: string;
  /** SHA-256 of the certificate, where the finding is about one. */
  readonly sha256?: string;
}

/** What a rule saw, as data: it goes into JSON as it is, and `explain` makes words of it. */
export type Facts = Readonly<Record<string, string | number | boolean | readonly string[]>>;

/** One fault with all its places. */
export interface Finding {
  readonly rule: string;
  readonly severity: Severity;
  /** Sorted; never empty. */
  readonly places: readonly [Place, ...Place[]];
  readonly facts: Facts;
  /** 64 lower-case hex digits; depends on what is wrong and where, never on the time or on the order of files. */
  readonly fingerprint: string;
}
