import type { AuditReport } from "../../audit/report.ts";
import { safe } from "../safe.ts";

/** `--format human`: for reading. */
export function humanReport(report: AuditReport): string {
  const lines: string[] = [];
  for (const { finding, message, fix } of report.findings) {
    const [place] = finding.places;
    const more = finding.places.length - 1;
    const where = place.label === undefined ? place.path : `${place.path}: ${place.label}`;
    lines.push(
      `${finding.severity} ${finding.rule} ${safe(where)}${more === 0 ? "" : ` and ${more} more`}`,
      `  ${safe(message)}`,
      `  ${safe(fix)}`,
    );
  }
  for (const { path, opened, message } of report.stores) {
    if (!opened) lines.push(`not opened: ${safe(path)}: ${safe(message ?? "")}`);
  }
  const { summary } = report;
  lines.push(
    `${summary.files} files, ${summary.stores} stores, ${summary.certificates} certificates, ${summary.refused} not opened: ${summary.error} errors, ${summary.warning} warnings, ${summary.notice} notices`,
  );
  return `${lines.join("\n")}\n`;
}
