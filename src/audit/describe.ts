import type { Finding } from "../model/finding.ts";
import type { Rule } from "./rule.ts";

/** A finding with its words: what every renderer shows. */
export interface Described {
  readonly finding: Finding;
  readonly title: string;
  readonly message: string;
  readonly fix: string;
  readonly cites: readonly string[];
}

/** Puts a finding into words by the rule that made it. @throws Error for a finding of no known rule: a fault of ours */
export function describe(finding: Finding, rules: ReadonlyMap<string, Rule>): Described {
  const rule = rules.get(finding.rule);
  if (rule === undefined) throw new Error(`no rule ${finding.rule}`);
  const { title, cites } = rule;
  const message = rule.explain(finding.facts);
  return { finding, title, message, fix: rule.fix(finding.facts), cites };
}
