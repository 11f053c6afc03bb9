import type { Place } from "../model/finding.ts";
import type { Described } from "./describe.ts";
import {
  dayOf,
  failAt,
  itemsOf,
  type Located,
  membersOf,
  quoted,
  textOf,
  textsOf,
} from "./located.ts";
import type { MatcherOf } from "./policy.ts";
import { type Rule, rule } from "./rule.ts";

/** One thing that is known and not to be told, until a day. docs/schemas/pki-ignore.schema.json. */
export interface IgnoreEntry {
  readonly rule: string;
  /** Of the entry in its file, for findings about it. */
  readonly line: number;
  readonly reason: string;
  /** Last day that it holds, `2026-12-31`; absent: for ever. */
  readonly until?: string;
  readonly fingerprint?: string;
  /** Whether it means this place. */
  readonly covers: (place: Place) => boolean;
}

/** An entry whose day is over. */
export const ignoreEntryExpired: Rule = rule({
  id: "ignore-entry-expired",
  on: "inventory",
  severity: "warning",
  title: "an ignore entry has expired",
  cites: ["docs/audit.md, ignoring findings"],
  profiles: ["default"],
  check: () => [],
  explain: ({ ignored, line, until }) =>
    `The entry for ${ignored} in line ${line} ended on ${until}; its findings are told again.`,
  fix: () => "Repair what it hid, or set a new day after looking at it again.",
});

/** An entry that hides nothing. */
export const ignoreEntryUnused: Rule = rule({
  id: "ignore-entry-unused",
  on: "inventory",
  severity: "notice",
  title: "an ignore entry hides nothing",
  cites: ["docs/audit.md, ignoring findings"],
  profiles: ["default"],
  check: () => [],
  explain: ({ ignored, line }) => `The entry for ${ignored} in line ${line} matches no finding.`,
  fix: () => "Take the entry out: the fault is repaired, or the entry is misspelt.",
});

/**
 * Reads a `.pki-ignore.yaml`.
 *
 * @throws PkiError `usage` with `where` naming line and column
 */
export function readIgnore(
  document: Located,
  rules: readonly Rule[],
  matcherOf: MatcherOf,
): readonly IgnoreEntry[] {
  const ignore = membersOf(document, "the file", ["ignore"]).get("ignore");
  if (ignore === undefined) return [];
  return itemsOf(ignore.value, "ignore").map((item) => readEntry(item, rules, matcherOf));
}

const KEYS = ["rule", "paths", "label", "certificate", "fingerprint", "reason", "until"];
const HEX_64 = /^[0-9a-f]{64}$/;

function readEntry(node: Located, rules: readonly Rule[], matcherOf: MatcherOf): IgnoreEntry {
  const members = membersOf(node, "an ignore entry", KEYS);
  const needed = (name: string) =>
    members.get(name)?.value ?? failAt(node.at, `an ignore entry needs ${name}`);
  const given = (name: string) => members.get(name)?.value;
  const ruleNode = needed("rule");
  const id = textOf(ruleNode, "rule");
  if (!rules.some((known) => known.id === id)) {
    failAt(ruleNode.at, `there is no rule ${quoted(id)}`, "docs/rules.md lists the rules");
  }
  const reason = textOf(needed("reason"), "reason");
  const paths = given("paths");
  const matches = paths === undefined ? () => true : matcherOf(textsOf(paths, "paths"));
  const labelNode = given("label");
  const label = labelNode === undefined ? undefined : textOf(labelNode, "label");
  const certificate = hexOf(given("certificate"), "certificate");
  const fingerprint = hexOf(given("fingerprint"), "fingerprint");
  const until = given("until");
  return {
    rule: id,
    line: node.at.line,
    reason,
    ...(until === undefined ? {} : { until: dayOf(until, "until") }),
    ...(fingerprint === undefined ? {} : { fingerprint }),
    covers: (place) =>
      (label === undefined || place.label === label) &&
      (certificate === undefined || place.sha256 === certificate) &&
      matches(place.path),
  };
}

function hexOf(node: Located | undefined, what: string): string | undefined {
  if (node === undefined) return undefined;
  const text = textOf(node, what).replaceAll(":", "").toLowerCase();
  return HEX_64.test(text) ? text : failAt(node.at, `${what} must be 64 hex digits`);
}

/** Does its last day lie before this moment? The day itself still counts, in UTC. */
export function isOver({ until }: IgnoreEntry, at: Date): boolean {
  return until !== undefined && at.getTime() >= Date.parse(`${until}T00:00:00Z`) + 86_400_000;
}

/** What of a finding an entry hides. */
export function hiddenPlaces(entry: IgnoreEntry, { finding }: Described): readonly Place[] {
  if (entry.rule !== finding.rule) return [];
  if (entry.fingerprint !== undefined && entry.fingerprint !== finding.fingerprint) return [];
  return finding.places.filter(entry.covers);
}
