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
  return new Words(finding, rule);
}

/** Made when they are asked for: there may be a million findings, and a format shows them one by one. */
class Words implements Described {
  readonly finding: Finding;
  readonly #rule: Rule;

  constructor(finding: Finding, rule: Rule) {
    this.finding = finding;
    this.#rule = rule;
  }

  get title(): string {
    return this.#rule.title;
  }

  get message(): string {
    return this.#rule.explain(this.finding.facts);
  }

  get fix(): string {
    return this.#rule.fix(this.finding.facts);
  }

  get cites(): readonly string[] {
    return this.#rule.cites;
  }
}
