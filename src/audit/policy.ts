import { SEVERITIES, type Severity } from "../model/finding.ts";
import {
  choiceOf,
  failAt,
  itemsOf,
  type Located,
  membersOf,
  quoted,
  textOf,
  textsOf,
} from "./located.ts";
import { profiles as allProfiles } from "./profiles.ts";
import type { Parameters, ParameterValue, ProfileId, Rule } from "./rule.ts";
import type { PathChange, RuleChange } from "./settings.ts";

/** What a `pki-policy.yaml` says. docs/schemas/pki-policy.schema.json. */
export interface Policy {
  /** Beside `default`. */
  readonly profiles: readonly ProfileId[];
  readonly rules: Readonly<Record<string, RuleChange>>;
  readonly paths: readonly PathChange[];
  readonly failOn?: Severity | "never";
  readonly minSeverity?: Severity;
  /** Path of the file of passwords, relative to the policy. */
  readonly passwords?: string;
}

export const NO_POLICY: Policy = { profiles: [], rules: {}, paths: [] };

/** Compiles patterns to a question; from outside, since matching is a library's. */
export type MatcherOf = (patterns: readonly string[]) => (path: string) => boolean;

const FAIL_ON = [...SEVERITIES, "never"] as const;
const RULE_SEVERITIES = [...SEVERITIES, "off"] as const;

/**
 * Reads a policy. Everything in it must be known: a misspelt rule that did nothing would be worse than none.
 *
 * @throws PkiError `usage` with `where` naming line and column
 */
export function readPolicy(
  document: Located,
  rules: readonly Rule[],
  matcherOf: MatcherOf,
): Policy {
  const known = ["profiles", "rules", "paths", "fail-on", "min-severity", "passwords"];
  const members = membersOf(document, "the policy", known);
  const node = (name: string) => members.get(name)?.value;
  const failOn = node("fail-on");
  const minSeverity = node("min-severity");
  const passwords = node("passwords");
  const profiles = node("profiles");
  const changes = node("rules");
  const paths = node("paths");
  return {
    profiles: profiles === undefined ? [] : readProfiles(profiles),
    rules: changes === undefined ? {} : readChanges(changes, rules),
    paths:
      paths === undefined
        ? []
        : itemsOf(paths, "paths").map((item) => readPath(item, rules, matcherOf)),
    ...(failOn === undefined ? {} : { failOn: choiceOf(failOn, "fail-on", FAIL_ON) }),
    ...(minSeverity === undefined
      ? {}
      : { minSeverity: choiceOf(minSeverity, "min-severity", SEVERITIES) }),
    ...(passwords === undefined ? {} : { passwords: textOf(passwords, "passwords") }),
  };
}

function readProfiles(node: Located): readonly ProfileId[] {
  const ids = allProfiles.map(({ id }) => id);
  return itemsOf(node, "profiles").map((item) => choiceOf(item, "a profile", ids));
}

function readPath(node: Located, rules: readonly Rule[], matcherOf: MatcherOf): PathChange {
  const members = membersOf(node, "an item of paths", ["match", "rules"]);
  const match = members.get("match") ?? failAt(node.at, "an item of paths needs match");
  const changes = members.get("rules") ?? failAt(node.at, "an item of paths needs rules");
  return {
    covers: matcherOf(textsOf(match.value, "match")),
    rules: readChanges(changes.value, rules),
  };
}

function readChanges(node: Located, rules: readonly Rule[]): Record<string, RuleChange> {
  const changes: Record<string, RuleChange> = {};
  for (const { key, at, value } of membersOf(node, "rules").values()) {
    const rule = rules.find(({ id }) => id === key);
    if (rule === undefined) {
      return failAt(at, `there is no rule ${quoted(key)}`, nearestHint(key, rules));
    }
    changes[key] = readChange(value, rule);
  }
  return changes;
}

/** `off`, a severity, or a mapping of severity and parameters. */
function readChange(node: Located, rule: Rule): RuleChange {
  if (node.kind === "scalar") {
    return { severity: choiceOf(node, rule.id, RULE_SEVERITIES) };
  }
  const own = Object.keys(rule.parameters ?? {});
  const members = membersOf(node, `rule ${rule.id}`, ["severity", ...own]);
  const parameters: Record<string, ParameterValue> = {};
  for (const { key, value } of members.values()) {
    if (key !== "severity") parameters[key] = readParameter(value, rule, key);
  }
  const severity = members.get("severity")?.value;
  return {
    ...(severity === undefined
      ? {}
      : { severity: choiceOf(severity, "severity", RULE_SEVERITIES) }),
    ...(Object.keys(parameters).length === 0 ? {} : { parameters: parameters as Parameters }),
  };
}

/** The default tells the type. */
function readParameter(node: Located, rule: Rule, name: string): ParameterValue {
  const standard = rule.parameters?.[name];
  const what = `${rule.id}: ${name}`;
  if (Array.isArray(standard)) {
    return node.kind === "list"
      ? node.items.map((item) => textOf(item, what))
      : mistyped(node, what, "a list of texts");
  }
  const { value } = node.kind === "scalar" ? node : { value: undefined };
  switch (typeof standard) {
    case "number":
      if (typeof value === "number" && Number.isFinite(value) && value >= 0) return value;
      return mistyped(node, what, "a number, 0 or more");
    case "boolean":
      return typeof value === "boolean" ? value : mistyped(node, what, "true or false");
    default:
      return typeof value === "string" ? value : mistyped(node, what, "text");
  }
}

function mistyped(node: Located, what: string, type: string): never {
  return failAt(node.at, `${what} must be ${type}`);
}

/** The rule whose name begins like the one given. */
function nearestHint(key: string, rules: readonly Rule[]): string {
  const shared = ({ id }: Rule) => {
    let length = 0;
    while (length < key.length && id[length] === key[length]) length++;
    return length;
  };
  const best = [...rules].sort((a, b) => shared(b) - shared(a))[0];
  return best !== undefined && shared(best) > 3
    ? `did you mean ${best.id}?`
    : "docs/rules.md lists the rules";
}
