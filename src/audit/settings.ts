import type { Severity } from "../model/finding.ts";
import { profiles } from "./profiles.ts";
import type { Parameters, ProfileId, Rule } from "./rule.ts";
import { NONE, type RuleSetting, type Settings } from "./run.ts";

/** What a policy says about one rule; absent parts stay as the rule has them. */
export interface RuleChange {
  readonly severity?: Severity | "off";
  readonly parameters?: Parameters;
}

/** Changes for the paths that `covers` takes. */
export interface PathChange {
  readonly covers: (path: string) => boolean;
  readonly rules: Readonly<Record<string, RuleChange>>;
}

export interface SettingsSource {
  readonly profiles: ReadonlySet<ProfileId>;
  readonly rules: Readonly<Record<string, RuleChange>>;
  /** Later ones win. */
  readonly paths: readonly PathChange[];
}

/**
 * Which rules apply where, and how: the rule's own defaults, then the chosen profiles in their order, then
 * the policy, then what the policy says of the path.
 *
 * A rule is on when one of its profiles is chosen; a policy that gives it a severity switches it on as well.
 */
export function settingsFrom(source: SettingsSource): { settings: Settings; everywhere: boolean } {
  const global = new Map<Rule, RuleSetting | undefined>();
  const inGeneral = (rule: Rule): RuleSetting | undefined => {
    if (!global.has(rule)) global.set(rule, generalSetting(rule, source));
    return global.get(rule);
  };
  if (source.paths.length === 0) return { settings: inGeneral, everywhere: true };
  const settings: Settings = (rule, path) => {
    let setting = inGeneral(rule);
    for (const { covers, rules } of source.paths) {
      const change = rules[rule.id];
      if (change !== undefined && covers(path)) setting = changed(rule, setting, change);
    }
    return setting;
  };
  return { settings, everywhere: false };
}

function generalSetting(rule: Rule, source: SettingsSource): RuleSetting | undefined {
  let setting: RuleSetting | undefined = rule.profiles.some((id) => source.profiles.has(id))
    ? { severity: rule.severity, parameters: rule.parameters ?? NONE }
    : undefined;
  for (const profile of profiles) {
    if (setting === undefined || !source.profiles.has(profile.id)) continue;
    const severity = profile.severities?.[rule.id];
    const parameters = profile.parameters?.[rule.id];
    setting = changed(rule, setting, {
      ...(severity === undefined ? {} : { severity }),
      ...(parameters === undefined ? {} : { parameters }),
    });
  }
  const change = source.rules[rule.id];
  return change === undefined ? setting : changed(rule, setting, change);
}

function changed(
  rule: Rule,
  setting: RuleSetting | undefined,
  change: RuleChange,
): RuleSetting | undefined {
  if (change.severity === "off") return undefined;
  if (setting === undefined && change.severity === undefined) return undefined;
  const { severity, parameters } = setting ?? {
    severity: rule.severity,
    parameters: rule.parameters ?? NONE,
  };
  return {
    severity: change.severity ?? severity,
    parameters:
      change.parameters === undefined ? parameters : { ...parameters, ...change.parameters },
  };
}
