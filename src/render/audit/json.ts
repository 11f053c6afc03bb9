import type { Described } from "../../audit/describe.ts";
import type { AuditReport, StoreSummary } from "../../audit/report.ts";
import { isoTime, jsonText } from "../json.ts";

/** The members of the report beside `schemaVersion`: docs/schemas/audit.schema.json. */
export function auditJson(report: AuditReport): Readonly<Record<string, unknown>> {
  const { at, root, profiles, summary, stores, findings, suppressed, failures } = report;
  return {
    at: isoTime(at),
    root,
    profiles,
    summary,
    stores: stores.map(storeJson),
    findings: findings.map(findingJson),
    ...(suppressed.length === 0
      ? {}
      : {
          suppressed: suppressed.map(({ described, by, reason, until }) => ({
            rule: described.finding.rule,
            fingerprint: described.finding.fingerprint,
            by,
            ...(reason === undefined ? {} : { reason }),
            ...(until === undefined ? {} : { until }),
            places: described.finding.places,
          })),
        }),
    ...(failures.length === 0 ? {} : { failures }),
  };
}

export function storeJson(store: StoreSummary): Readonly<Record<string, unknown>> {
  return { ...store };
}

/** One finding, as `json` and `ndjson` write it. */
export function findingJson({ finding, ...words }: Described): Readonly<Record<string, unknown>> {
  const { rule, severity, fingerprint, places, facts } = finding;
  const { title, message, fix, cites } = words;
  return { rule, severity, title, message, fix, cites, fingerprint, places, facts };
}

/** `--format json` */
export function jsonReport(report: AuditReport): string {
  return jsonText({ schemaVersion: 1, ...auditJson(report) });
}
