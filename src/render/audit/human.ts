import type { Described } from "../../audit/describe.ts";
import type { AuditReport } from "../../audit/report.ts";
import type { Severity } from "../../model/finding.ts";
import { columnsOf, safe } from "../safe.ts";
import type { AuditView } from "./index.ts";
import { counted } from "./words.ts";

const NARROWEST = 40;
const WIDEST = 100;
const PLAIN = 80;
/** Of the places of one finding; the others are counted. JSON and CSV have them all. */
const SHOWN_PLACES = 10;
const INDENT = "           ";

const COLOURS: Readonly<Record<Severity, string>> = {
  error: "\x1b[1;31m",
  warning: "\x1b[1;33m",
  notice: "\x1b[36m",
};
const BOLD = "\x1b[1m";
const PLAIN_AGAIN = "\x1b[0m";

/** `--format human`: findings under the store they were seen in, the worst store first. */
export function* humanReport(report: AuditReport, view: AuditView): Iterable<string> {
  const width = Math.min(Math.max(view.columns ?? PLAIN, NARROWEST), WIDEST);
  const paint = (text: string, colour: string) =>
    view.colour ? colour + text + PLAIN_AGAIN : text;
  // Findings come worst first, so groups in the order of their first finding are worst first too.
  const groups = new Map<string, Described[]>();
  for (const described of report.findings) {
    const [{ path }] = described.finding.places;
    const group = groups.get(path);
    if (group === undefined) groups.set(path, [described]);
    else group.push(described);
  }
  for (const [path, findings] of groups) {
    yield `${wrapped(path, "", "  ", width)
      .map((line) => paint(line, BOLD))
      .join("\n")}\n`;
    for (const described of findings) yield* findingText(described, path, width, paint);
    yield "\n";
  }
  const refused = report.stores.filter(({ opened }) => !opened);
  if (refused.length > 0) {
    yield `${paint("Not opened", BOLD)}\n`;
    for (const { path, code, message } of refused) {
      yield block(`${path}: ${message ?? ""} (${code ?? "failed"})`, "  ", "    ", width);
    }
    yield "\n";
  }
  for (const { rule, path, message } of report.failures) {
    yield block(`rule ${rule} failed on ${path}: ${message}`, "pki: ", "  ", width);
  }
  yield* summaryText(report, width);
}

function* findingText(
  { finding, message, fix }: Described,
  group: string,
  width: number,
  paint: (text: string, colour: string) => string,
): Iterable<string> {
  const { severity, rule, places } = finding;
  const [first, ...others] = places;
  const about = first.label === undefined ? rule : `${rule}: ${first.label}`;
  const [line = "", ...rest] = wrapped(about, `  ${severity.padEnd(9)}`, INDENT, width);
  yield `  ${paint(severity, COLOURS[severity])}${line.slice(2 + severity.length)}\n`;
  for (const more of rest) yield `${more}\n`;
  yield block(message, INDENT, INDENT, width);
  yield block(fix, `${INDENT}Fix: `, INDENT, width);
  for (const { path, label } of others.slice(0, SHOWN_PLACES - 1)) {
    const where = path === group ? "" : `${path} `;
    yield block(`${where}${label ?? ""}`, `${INDENT}Also: `, `${INDENT}  `, width);
  }
  const untold = others.length - SHOWN_PLACES + 1;
  if (untold > 0) yield `${INDENT}Also in ${untold} more ${untold === 1 ? "place" : "places"}\n`;
}

function* summaryText(report: AuditReport, width: number): Iterable<string> {
  const { files, stores, certificates, refused, error, warning, notice } = report.summary;
  const seen = [
    counted(files, "file"),
    counted(stores, "store"),
    counted(certificates, "certificate"),
    ...(refused === 0 ? [] : [`${refused} not opened`]),
  ].join(", ");
  const found =
    error + warning + notice === 0
      ? "no findings"
      : [counted(error, "error"), counted(warning, "warning"), counted(notice, "notice")].join(
          ", ",
        );
  yield block(`${seen}: ${found}`, "", "  ", width);
  const ignored = report.suppressed.filter(({ by }) => by === "ignore").length;
  const known = report.suppressed.length - ignored;
  if (ignored > 0) yield block(`${counted(ignored, "finding")} ignored`, "", "  ", width);
  if (known > 0) yield block(`${counted(known, "finding")} in the baseline`, "", "  ", width);
}

function block(text: string, first: string, indent: string, width: number): string {
  return `${wrapped(text, first, indent, width).join("\n")}\n`;
}

/** Breaks harmless text at spaces; a word that is wider than the line is cut where the line ends. */
function wrapped(text: string, first: string, indent: string, width: number): string[] {
  const lines: string[] = [];
  let line = first;
  let used = columnsOf(first);
  let empty = true;
  const next = () => {
    lines.push(line);
    line = indent;
    used = indent.length;
    empty = true;
  };
  for (const word of safe(text).split(" ")) {
    const columns = columnsOf(word);
    const space = empty ? 0 : 1;
    if (!empty && used + space + columns > width) next();
    else if (!empty) {
      line += " ";
      used++;
    }
    if (used + columns <= width) {
      line += word;
      used += columns;
    } else {
      for (const character of word) {
        const wide = columnsOf(character);
        if (used + wide > width) next();
        line += character;
        used += wide;
        empty = false;
      }
    }
    empty = false;
  }
  lines.push(line);
  return lines;
}
