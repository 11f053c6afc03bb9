import type { AuditReport } from "../../audit/report.ts";
import { clip, counted, morePlaces } from "./words.ts";

/** A job's summary holds 1 MiB at GitHub; a row is at most about 2 KB. */
const SHOWN = 300;
const LONGEST = 600;

/** `--format markdown`: a heading and a table, to append to `$GITHUB_STEP_SUMMARY` or a merge request. */
export function* markdownReport(report: AuditReport): Iterable<string> {
  const { files, stores, certificates, refused, error, warning, notice } = report.summary;
  yield "## pki audit\n\n";
  yield `${counted(error, "error")}, ${counted(warning, "warning")}, ${counted(notice, "notice")} in ${counted(stores, "store")} with ${counted(certificates, "certificate")} (${counted(files, "file")} looked at).\n`;
  if (report.findings.length > 0) {
    yield "\n| Severity | Rule | Where | What and how to fix it |\n|---|---|---|---|\n";
    for (const { finding, message, fix } of report.findings.slice(0, SHOWN)) {
      const [{ path, label }] = finding.places;
      const where = label === undefined ? text(path) : `${text(path)}<br>${text(label)}`;
      yield `| ${finding.severity} | ${finding.rule} | ${where}${morePlaces(finding)} | ${text(message)}<br>${text(fix)} |\n`;
    }
    const rest = report.findings.length - SHOWN;
    if (rest > 0) yield `\n${counted(rest, "finding")} more: see the other outputs.\n`;
  }
  if (refused > 0) {
    yield "\n| Not opened | Why |\n|---|---|\n";
    for (const { path, code, message } of report.stores
      .filter(({ opened }) => !opened)
      .slice(0, SHOWN)) {
      yield `| ${text(path)} | ${text(message ?? "")} (${text(code ?? "")}) |\n`;
    }
    if (refused > SHOWN) yield `\n${counted(refused - SHOWN, "file")} more could not be opened.\n`;
  }
}

/** As Markdown that shows exactly this text: every character that means something becomes an entity. */
function text(value: string): string {
  return clip(value, LONGEST)
    .replace(/[^\p{L}\p{N}\p{M} .,;/]/gu, (character) => `&#${character.codePointAt(0)};`)
    .replace(/(www\.|https?)/gi, (word) => `&#${word.charCodeAt(0)};${word.slice(1)}`);
}
