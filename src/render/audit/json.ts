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
export function findingJson(described: Described): Readonly<Record<string, unknown>> {
  const { finding, title, message, fix, cites } = described;
  const { rule, severity, fingerprint, places, facts } = finding;
  return { rule, severity, title, message, fix, cites, fingerprint, places, facts };
}

/** `--format json`: the members of `auditJson`, one line for each store and finding, never one long string. */
export function* jsonReport(report: AuditReport): Iterable<string> {
  yield '{"schemaVersion":1';
  // Made one by one: there may be a million of each.
  const long = new Map<string, Iterable<object>>([
    ["stores", each(report.stores, storeJson)],
    ["findings", each(report.findings, findingJson)],
  ]);
  for (const [name, value] of Object.entries(auditJson({ ...report, stores: [], findings: [] }))) {
    const items = long.get(name) ?? value;
    if (typeof items === "object" && items !== null && Symbol.iterator in items) {
      let separator = `,\n${compactJson(name)}:[\n`;
      let end = `,\n${compactJson(name)}:[]`;
      for (const item of items as Iterable<unknown>) {
        yield separator + compactJson(item);
        separator = ",\n";
        end = "\n]";
      }
      yield end;
    } else yield `,\n${compactJson(name)}:${compactJson(value)}`;
  }
  yield "}\n";
}

function* each<T>(items: Iterable<T>, form: (item: T) => object): Iterable<object> {
  for (const item of items) yield form(item);
}

/** `--format ndjson`: each line one object with its `type`: `store`, `finding`, `failure`, last the `summary`. */
export function* ndjsonReport(report: AuditReport): Iterable<string> {
  const line = (type: string, value: object) => `${compactJson({ type, ...value })}\n`;
  for (const store of report.stores) yield line("store", storeJson(store));
  for (const finding of report.findings) yield line("finding", findingJson(finding));
  for (const failure of report.failures) yield line("failure", failure);
  yield line("summary", { schemaVersion: 1, at: isoTime(report.at), ...report.summary });
}
