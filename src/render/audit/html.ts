import type { AuditReport } from "../../audit/report.ts";
import { clip } from "./words.ts";

/** `--format html` */
export function* htmlReport(report: AuditReport): Iterable<string> {
  yield `<!doctype html><title>${clip(report.root, 100).replace(/[&<]/g, "_")}</title>\n`;
}
