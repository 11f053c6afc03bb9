import type { Described } from "../../audit/describe.ts";
import type { AuditReport } from "../../audit/report.ts";
import type { Severity } from "../../model/finding.ts";
import { SEVERITIES } from "../../model/finding.ts";
import { safe } from "../safe.ts";
import { clip, counted, morePlaces, placeText, repositoryPath } from "./words.ts";

/** Of one level, GitHub shows this many annotations a step and drops the others without a word. */
const SHOWN = 10;
const LONGEST = 4000;

/** `--format github`: workflow commands, the worst of each level, then one annotation that counts them all. */
export function* githubReport(report: AuditReport): Iterable<string> {
  for (const severity of SEVERITIES) {
    // The summary is a notice as well.
    const room = severity === "notice" ? SHOWN - 1 : SHOWN;
    const findings = report.findings.filter(({ finding }) => finding.severity === severity);
    for (const described of findings.slice(0, room)) yield annotation(severity, described, report);
  }
  const { error, warning, notice, refused } = report.summary;
  const counts = [
    counted(error, "error"),
    counted(warning, "warning"),
    counted(notice, "notice"),
    ...(refused === 0 ? [] : [`${counted(refused, "file")} not opened`]),
  ].join(", ");
  const cut = error > SHOWN || warning > SHOWN || notice >= SHOWN;
  const rest = cut ? `; only the first ${SHOWN} of each level are annotated` : "";
  yield `::notice title=pki audit::${data(`${counts}${rest}`)}\n`;
}

function annotation(severity: Severity, described: Described, { root }: AuditReport): string {
  const { finding, message, fix } = described;
  const [place] = finding.places;
  const file = property(clip(repositoryPath(root, place.path), LONGEST));
  const title = property(`${finding.rule}`);
  const where = `${placeText(place)}${morePlaces(finding)}`;
  const lines = [message, `Fix: ${fix}`, where].map((line) => clip(line, LONGEST));
  return `::${severity} file=${file},line=1,title=${title}::${lines.map(data).join("%0A")}\n`;
}

/** Escapes as the runner undoes it: per cent first, then what would end the line. */
function data(text: string): string {
  return safe(text).replaceAll("%", "%25").replaceAll("\r", "%0D").replaceAll("\n", "%0A");
}

function property(text: string): string {
  return data(text).replaceAll(":", "%3A").replaceAll(",", "%2C");
}
