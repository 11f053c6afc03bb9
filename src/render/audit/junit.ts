import type { Described } from "../../audit/describe.ts";
import type { AuditReport, StoreSummary } from "../../audit/report.ts";
import { isoTime } from "../json.ts";
import { clip, placeText } from "./words.ts";

const LONGEST = 4000;

interface Suite {
  readonly path: string;
  readonly store: StoreSummary | undefined;
  readonly findings: { readonly described: Described; readonly label: string }[];
  readonly suppressed: { readonly described: Described; readonly reason: string }[];
}

/**
 * `--format junit`: a suite for each store, a case for each finding in it.
 *
 * Errors and warnings are failures, a notice is a case that passed, its text in the suite's `system-out`; what is
 * ignored or in the baseline is skipped, a store that could not be opened is an error, one without findings is a
 * case that passed. Elements and attributes are those that both schemas in use demand or allow: Ant's, as
 * Windy Road published it (JUnit.xsd), and Jenkins' (xunit-plugin, junit-10.xsd).
 */
export function* junitReport(report: AuditReport): Iterable<string> {
  const suites = suitesOf(report);
  yield '<?xml version="1.0" encoding="UTF-8"?>\n<testsuites>\n';
  let id = 0;
  for (const suite of suites.values()) yield* suiteXml(suite, id++, isoTime(report.at));
  yield "</testsuites>\n";
}

function suitesOf(report: AuditReport): ReadonlyMap<string, Suite> {
  const suites = new Map<string, Suite>();
  const of = (path: string, store?: StoreSummary): Suite => {
    const known = suites.get(path);
    if (known !== undefined) return known;
    const suite: Suite = { path, store, findings: [], suppressed: [] };
    suites.set(path, suite);
    return suite;
  };
  for (const store of report.stores) of(store.path, store);
  for (const described of report.findings) {
    for (const { path, label } of described.finding.places) {
      of(path).findings.push({ described, label: label ?? "" });
    }
  }
  for (const { described, by, reason } of report.suppressed) {
    const [{ path }] = described.finding.places;
    of(path).suppressed.push({ described, reason: reason ?? by });
  }
  return suites;
}

function* suiteXml(
  { path, store, findings, suppressed }: Suite,
  id: number,
  at: string,
): Iterable<string> {
  const refused = store?.opened === false;
  const clean = findings.length + suppressed.length === 0 && !refused;
  const tests = findings.length + suppressed.length + (refused || clean ? 1 : 0);
  const failures = findings.filter(({ described }) => fails(described)).length;
  yield `<testsuite name="${xml(path)}" package="pki audit" id="${id}" hostname="localhost" timestamp="${at.slice(0, 19)}" time="0" tests="${tests}" failures="${failures}" errors="${refused ? 1 : 0}" skipped="${suppressed.length}">\n<properties/>\n`;
  const open = (name: string) => `<testcase classname="${xml(path)}" name="${xml(name)}" time="0"`;
  const notices: string[] = [];
  if (clean) yield `${open("no findings")}/>\n`;
  if (refused) {
    yield `${open("opens")}><error type="${xml(store.code ?? "failed")}" message="${xml(store.message ?? "")}"/></testcase>\n`;
  }
  for (const { described, label } of findings) {
    const { finding, message, fix } = described;
    const text = `${xml(message)}\n${xml(fix)}\n${finding.places
      .slice(0, 20)
      .map((place) => xml(placeText(place)))
      .join("\n")}`;
    const name = label === "" ? finding.rule : `${finding.rule}: ${label}`;
    yield open(name);
    if (fails(described)) {
      yield `><failure type="${xml(finding.rule)}" message="${xml(`${finding.severity}: ${message}`)}">${text}</failure></testcase>\n`;
    } else {
      notices.push(`${xml(name)}\n${text}\n`);
      yield "/>\n";
    }
  }
  for (const { described, reason } of suppressed) {
    yield `${open(described.finding.rule)}><skipped message="${xml(reason)}"/></testcase>\n`;
  }
  yield `<system-out>${notices.join("\n")}</system-out>\n<system-err/>\n</testsuite>\n`;
}

function fails({ finding }: Described): boolean {
  return finding.severity !== "notice";
}

const ENTITIES: Readonly<Record<string, string>> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "'": "&apos;",
};

/** Text and attribute values of XML 1.0; controls are gone already, U+FFFE and U+FFFF are not XML characters. */
function xml(text: string): string {
  return clip(text, LONGEST)
    .replace(/[&<>"']/g, (character) => ENTITIES[character] ?? "")
    .replace(/[\ufffe\uffff]/g, "\ufffd");
}
