import type { Described } from "../../audit/describe.ts";
import type { AuditReport } from "../../audit/report.ts";
import type { Rule } from "../../audit/rule.ts";
import { compactJson, isoTime } from "../json.ts";
import {
  clip,
  counted,
  morePlaces,
  placeText,
  repositoryPath,
  securitySeverity,
  toolName,
  toolVersion,
} from "./words.ts";

/** GitHub takes 25,000 results of a run and keeps the first 5,000. */
const SHOWN = 5000;
/** GitHub takes 1,000 locations of a result and shows the first. */
const SHOWN_PLACES = 100;
const LONGEST = 1000;
const LEVELS = { error: "error", warning: "warning", notice: "note" } as const;
const SCHEMA = "https://json.schemastore.org/sarif-2.1.0.json";

/**
 * `--format sarif`: SARIF 2.1.0 (OASIS), as GitHub code scanning takes it.
 *
 * Stores have no lines: the region is the file's first character, for GitHub shows nothing without one, and a
 * logical location names archive member and label. Findings that are ignored or in the baseline are left
 * out, because GitHub opens an alert for a suppressed result as well.
 */
export function* sarifReport(report: AuditReport): Iterable<string> {
  const { rules, findings } = report;
  const index = new Map(rules.map(({ id }, i) => [id, i]));
  yield `{"$schema":${compactJson(SCHEMA)},"version":"2.1.0","runs":[{\n`;
  yield `"tool":{"driver":{"name":${compactJson(toolName)},"semanticVersion":${compactJson(semantic(toolVersion))},"rules":[`;
  let separator = "\n";
  for (const rule of rules) {
    yield separator + compactJson(descriptor(rule));
    separator = ",\n";
  }
  yield `]}},\n"automationDetails":{"id":"pki-audit/"},\n"columnKind":"utf16CodeUnits",\n`;
  yield `"invocations":${compactJson([invocation(report)])},\n"results":[`;
  separator = "\n";
  for (const described of findings.slice(0, SHOWN)) {
    const ruleIndex = index.get(described.finding.rule);
    yield separator + compactJson(result(described, ruleIndex, report.root));
    separator = ",\n";
  }
  yield "]}]}\n";
}

function descriptor(rule: Rule): object {
  const { id, title, severity, cites, profiles } = rule;
  const sources = cites.map((cite) => clip(cite, LONGEST));
  return {
    id,
    shortDescription: { text: title },
    fullDescription: { text: clip(`${title}. See ${cites.join("; ")}.`, LONGEST) },
    help: {
      text: `${title}.\nSources: ${sources.join("; ")}.`,
      markdown: `${title}.\n\n${sources.map((cite) => `* ${cite}`).join("\n")}\n`,
    },
    defaultConfiguration: { level: LEVELS[severity] },
    properties: {
      tags: ["security", "certificate", ...profiles.map((id) => `profile/${id}`)].slice(0, 10),
      precision: "very-high",
      "problem.severity": severity === "notice" ? "recommendation" : severity,
      "security-severity": securitySeverity[severity],
    },
  };
}

function invocation({ at, findings, failures, suppressed, stores }: AuditReport): object {
  const notes: object[] = [];
  const note = (level: "note" | "warning" | "error", text: string) =>
    notes.push({ level, message: { text: message(text) } });
  if (findings.length > SHOWN) {
    note(
      "warning",
      `the worst ${SHOWN} of ${findings.length} findings stand here; JSON and CSV have all`,
    );
  }
  if (suppressed.length > 0)
    note("note", `${counted(suppressed.length, "finding")} ignored or in the baseline`);
  for (const { path, opened, code, message: why } of stores.slice(0, SHOWN)) {
    if (!opened)
      note("warning", clip(`not opened: ${path}: ${why ?? ""} (${code ?? ""})`, LONGEST));
  }
  for (const { rule, path, message: why } of failures.slice(0, SHOWN)) {
    note("error", clip(`rule ${rule} failed on ${path}: ${why}`, LONGEST));
  }
  return {
    executionSuccessful: failures.length === 0,
    toolExecutionNotifications: notes,
    properties: { at: isoTime(at) },
  };
}

function result(
  { finding, message: what, fix }: Described,
  ruleIndex: number | undefined,
  root: string,
): object {
  const { rule, severity, places, fingerprint } = finding;
  const where = `${placeText(places[0])}${morePlaces(finding)}`;
  const text = `${clip(what, LONGEST)} ${clip(fix, LONGEST)} In ${clip(where, LONGEST)}.`;
  return {
    ruleId: rule,
    ...(ruleIndex === undefined ? {} : { ruleIndex }),
    level: LEVELS[severity],
    message: { text: message(text) },
    locations: places.slice(0, SHOWN_PLACES).map(({ path, label }) => ({
      physicalLocation: {
        artifactLocation: { uri: uriOf(repositoryPath(root, path)) },
        region: { startLine: 1, startColumn: 1, endLine: 1, endColumn: 1 },
      },
      logicalLocations: [
        {
          name: clip(label ?? path, LONGEST),
          fullyQualifiedName: clip(label === undefined ? path : `${path}!/${label}`, LONGEST),
          kind: "resource",
        },
      ],
    })),
    partialFingerprints: { primaryLocationLineHash: fingerprint },
  };
}

/** Plain text of a message: brackets would begin a link (§3.11.6), braces a placeholder (§3.11.5). */
function message(text: string): string {
  return text.replace(/[\\[\]]/g, "\\$&").replace(/[{}]/g, "$&$&");
}

/** A relative reference, or `file:` for an absolute path (RFC 3986): every octet that is not plain is escaped. */
function uriOf(path: string): string {
  const escaped = path
    .split("/")
    .map((part) => encodeURIComponent(part.replace(/\p{Cs}/gu, "\ufffd")))
    .join("/");
  return path.startsWith("/") ? `file://${escaped}` : escaped;
}

function semantic(version: string): string {
  return /^\d+\.\d+\.\d+/.test(version) ? version : "0.0.0";
}
