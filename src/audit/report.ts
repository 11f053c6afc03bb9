import type { ErrorCode } from "../model/error.ts";
import type { Severity } from "../model/finding.ts";
import type { Integrity, ProtectionFact } from "../model/store.ts";
import type { Described } from "./describe.ts";
import type { InventoryView } from "./inventory-view.ts";
import type { ProfileId, Rule } from "./rule.ts";
import type { RuleFailure } from "./run.ts";

/** One store of the report: opened with what it is, or refused with why. */
export interface StoreSummary {
  readonly path: string;
  /** A FormatId, or the name of a format that is not read (`bks`); absent where unknown. */
  readonly format?: string;
  readonly opened: boolean;
  /** From here on for opened stores only. */
  readonly integrity?: Integrity;
  readonly entries?: number;
  readonly version?: string;
  readonly protection?: string;
  readonly iterations?: number;
  readonly protections?: readonly ProtectionFact[];
  /** How its password was found; absent where none was used. */
  readonly password?: "stash" | "given" | "well-known";
  /** From here on for refused files only. */
  readonly code?: ErrorCode;
  readonly message?: string;
}

/** A finding that is known and not told: why. */
export interface Suppressed {
  readonly described: Described;
  readonly by: "ignore" | "baseline";
  /** Of the ignore entry. */
  readonly reason?: string;
  /** Of the ignore entry: the day it ends, `2026-12-31`. */
  readonly until?: string;
}

export interface AuditSummary {
  /** Regular files looked at; members of archives count. */
  readonly files: number;
  /** Stores that were opened. */
  readonly stores: number;
  /** Distinct certificates. */
  readonly certificates: number;
  /** Files that look like a store and could not be opened. */
  readonly refused: number;
  readonly error: number;
  readonly warning: number;
  readonly notice: number;
}

/** What every renderer takes: one audit, whole, sorted, with its words. */
export interface AuditReport {
  readonly at: Date;
  /**
   * What paths are relative to, as the user named it (`.`, `conf`): paths of one audited directory leave
   * it away. `.` where several were named, or files.
   */
  readonly root: string;
  readonly profiles: readonly ProfileId[];
  readonly summary: AuditSummary;
  /** Opened and refused, by path. */
  readonly stores: readonly StoreSummary[];
  /** Worst first, then by place, then by rule. */
  readonly findings: readonly Described[];
  readonly suppressed: readonly Suppressed[];
  /** Rules that threw: faults of ours. */
  readonly failures: readonly RuleFailure[];
  /** Every rule that was on somewhere, by id, for formats that describe rules (SARIF). */
  readonly rules: readonly Rule[];
  /**
   * Distinct certificates with the places they stand in, stores with whom they trust, refused files:
   * for the formats that show more than findings (HTML, CycloneDX, Prometheus).
   */
  readonly inventory: InventoryView;
}

/** How many findings of each severity. */
export function countBySeverity(findings: readonly Described[]): Record<Severity, number> {
  const counts = { error: 0, warning: 0, notice: 0 };
  for (const { finding } of findings) counts[finding.severity]++;
  return counts;
}
