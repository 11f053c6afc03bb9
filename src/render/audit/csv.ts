import type { AuditReport } from "../../audit/report.ts";
import { safe } from "../safe.ts";

const COLUMNS = [
  "severity",
  "rule",
  "path",
  "label",
  "sha256",
  "message",
  "fix",
  "cites",
  "fingerprint",
] as const;

/**
 * `--format csv`: RFC 4180 with a heading, one line for each finding and place, every cell quoted.
 *
 * A cell that a spreadsheet would run as a formula gets an apostrophe before it: it shows, and does nothing.
 */
export function* csvReport(report: AuditReport): Iterable<string> {
  yield row(COLUMNS);
  for (const { finding, message, fix, cites } of report.findings) {
    const { severity, rule, fingerprint } = finding;
    for (const { path, label, sha256 } of finding.places) {
      yield row([
        severity,
        rule,
        path,
        label ?? "",
        sha256 ?? "",
        message,
        fix,
        cites.join("; "),
        fingerprint,
      ]);
    }
  }
}

function row(cells: readonly string[]): string {
  return `${cells.map(cell).join(",")}\r\n`;
}

/** What begins a formula in Excel, LibreOffice or Google Sheets, full-width forms and leading spaces included. */
const FORMULA = /^\s*[=+\-@\uff1d\uff0b\uff0d\uff20]/;

function cell(text: string): string {
  const clean = safe(text);
  return `"${(FORMULA.test(clean) ? `'${clean}` : clean).replaceAll('"', '""')}"`;
}
