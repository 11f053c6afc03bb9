import type { AuditReport } from "../../audit/report.ts";
import { compactJson } from "../json.ts";
import { clip, morePlaces, placeText, repositoryPath } from "./words.ts";

const SEVERITIES = { error: "critical", warning: "major", notice: "info" } as const;
const LONGEST = 4000;

/** `--format gitlab`: a Code Quality report, one issue for each finding at its first place. */
export function* gitlabReport(report: AuditReport): Iterable<string> {
  let separator = "[\n";
  for (const { finding, message, fix } of report.findings) {
    const [place] = finding.places;
    const where = `${placeText(place)}${morePlaces(finding)}`;
    yield separator +
      compactJson({
        description: clip(`${message} ${fix} In ${where}`, LONGEST),
        check_name: finding.rule,
        fingerprint: finding.fingerprint,
        severity: SEVERITIES[finding.severity],
        location: {
          path: clip(repositoryPath(report.root, place.path), LONGEST),
          lines: { begin: 1 },
        },
      });
    separator = ",\n";
  }
  yield report.findings.length === 0 ? "[]\n" : "\n]\n";
}
