import type { Described } from "../../audit/describe.ts";
import type { AuditReport, StoreSummary } from "../../audit/report.ts";
import { compactJson, isoTime } from "../json.ts";

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

/** `--format json`: the members of `auditJson`, one line for each store and finding, never one long string. */
export function* jsonReport(report: AuditReport): Iterable<string> {
  yield '{"schemaVersion":1';
  for (const [name, value] of Object.entries(auditJson(report))) {
    if (Array.isArray(value) && value.length > 0) {
      let separator = `,\n${compactJson(name)}:[\n`;
      for (const item of value) {
        yield separator + compactJson(item);
        separator = ",\n";
      }
      yield "\n]";
    } else yield `,\n${compactJson(name)}:${compactJson(value)}`;
  }
  yield "}\n";
}

/** `--format ndjson`: each line one object with its `type`: `store`, `finding`, `failure`, last the `summary`. */
export function* ndjsonReport(report: AuditReport): Iterable<string> {
  const line = (type: string, value: object) => `${compactJson({ type, ...value })}\n`;
  for (const store of report.stores) yield line("store", storeJson(store));
  for (const finding of report.findings) yield line("finding", findingJson(finding));
  for (const failure of report.failures) yield line("failure", failure);
  yield line("summary", { schemaVersion: 1, at: isoTime(report.at), ...report.summary });
}
