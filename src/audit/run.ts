import { toHex } from "../bytes/octets.ts";
import { digest } from "../crypto/digest.ts";
import type { Certificate } from "../model/certificate.ts";
import type { Finding, Place, Severity } from "../model/finding.ts";
import { SEVERITIES } from "../model/finding.ts";
import type { OpenedStore, RefusedFile } from "../model/inventory.ts";
import { CertificateView } from "./certificate-view.ts";
import { InventoryBuilder } from "./inventory-view.ts";
import type { Parameters, ProfileId, Rule, RuleContext, Verdict } from "./rule.ts";

/** How a rule applies to one path: the policy's answer. */
export interface RuleSetting {
  readonly severity: Severity;
  readonly parameters: Parameters;
}

/** Undefined: the rule is off there. Inventory rules are asked with an empty path. */
export type Settings = (rule: Rule, path: string) => RuleSetting | undefined;

export interface RunOptions {
  readonly rules: readonly Rule[];
  readonly now: Date;
  readonly profiles: ReadonlySet<ProfileId>;
  readonly settings: Settings;
}

/** A rule that threw: a fault of ours, told and survived. */
export interface RuleFailure {
  readonly rule: string;
  readonly path: string;
  readonly message: string;
}

interface Draft {
  rule: string;
  severity: Severity;
  facts: Verdict["facts"];
  key: string;
  places: Map<string, Place>;
  /** The place that the facts were taken from: the worst one, then the first in order. */
  factsPlace: string;
}

const text = new TextEncoder();
const rank = (severity: Severity): number => SEVERITIES.indexOf(severity);
const placeKey = (place: Place): string =>
  `${place.path}\u0000${place.label ?? ""}\u0000${place.sha256 ?? ""}`;
const byText = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

/**
 * Judges stores as they pass by and keeps findings only: inventory × rules × now → findings.
 *
 * The same inputs give the same findings in the same order, whatever the order the stores came in.
 */
export class AuditRun {
  readonly #options: RunOptions;
  readonly #drafts = new Map<string, Draft>();
  readonly #inventory = new InventoryBuilder();
  readonly #verdicts = new Map<string, Map<Rule, Verdict | null>>();
  readonly failures: RuleFailure[] = [];

  constructor(options: RunOptions) {
    this.#options = options;
  }

  /** Judges one store. Nothing of it is kept but small records for the comparing rules. */
  store(store: OpenedStore): void {
    const views = new Map<string, CertificateView>();
    const viewOf = (certificate: Certificate): CertificateView => {
      let view = views.get(certificate.sha256);
      if (view === undefined) {
        view = new CertificateView(certificate);
        views.set(certificate.sha256, view);
      }
      return view;
    };
    this.#inventory.addStore(store, viewOf);
    for (const rule of this.#options.rules) {
      const setting = this.#options.settings(rule, store.path);
      if (setting === undefined) continue;
      const context = this.#context(setting);
      this.#guard(rule, store.path, () => this.#judge(rule, store, viewOf, setting, context));
    }
  }

  #judge(
    rule: Rule,
    store: OpenedStore,
    viewOf: (certificate: Certificate) => CertificateView,
    setting: RuleSetting,
    context: RuleContext,
  ): void {
    const { path } = store;
    if (rule.on === "store") {
      this.#take(rule, setting, path, { path }, rule.check({ store, viewOf }, context));
    } else if (rule.on === "entry") {
      for (const entry of store.store.entries) {
        const sha256 =
          entry.kind === "key"
            ? entry.chain[0].sha256
            : entry.kind === "trusted"
              ? entry.certificate.sha256
              : undefined;
        const place = { path, label: entry.label, ...(sha256 === undefined ? {} : { sha256 }) };
        const verdict = rule.check({ entry, store, viewOf }, context);
        this.#take(rule, setting, `${path}\u0000${entry.label}`, place, verdict);
      }
    } else if (rule.on === "certificate" || rule.on === "use") {
      for (const entry of store.store.entries) {
        if (entry.kind !== "key" && entry.kind !== "trusted") continue;
        const chain = entry.kind === "key" ? entry.chain : [entry.certificate];
        chain.forEach((certificate, i) => {
          const place = { path, label: entry.label, sha256: certificate.sha256 };
          const view = viewOf(certificate);
          const use = entry.kind === "trusted" ? "signer" : i === 0 ? "personal" : "chain";
          const verdict =
            rule.on === "certificate"
              ? this.#once(rule, certificate.sha256, setting, () => rule.check(view, context))
              : rule.check({ certificate, view, use, entry, store }, context);
          this.#take(rule, setting, certificate.sha256, place, verdict);
        });
      }
    }
  }

  /** A certificate rule's verdict is the same in every place, unless the policy gives paths other parameters. */
  #once(
    rule: Rule,
    sha256: string,
    setting: RuleSetting,
    check: () => Verdict | undefined,
  ): Verdict | undefined {
    if (setting.parameters !== (rule.parameters ?? NONE)) return check();
    let known = this.#verdicts.get(sha256);
    if (known === undefined) {
      known = new Map();
      this.#verdicts.set(sha256, known);
    }
    let verdict = known.get(rule);
    if (verdict === undefined) {
      verdict = check() ?? null;
      known.set(rule, verdict);
    }
    return verdict ?? undefined;
  }

  refused(file: RefusedFile): void {
    this.#inventory.addRefused(file);
    for (const rule of this.#options.rules) {
      if (rule.on !== "refused") continue;
      const setting = this.#options.settings(rule, file.path);
      if (setting === undefined) continue;
      this.#guard(rule, file.path, () => {
        const verdict = rule.check(file, this.#context(setting));
        this.#take(rule, setting, file.path, { path: file.path }, verdict);
      });
    }
  }

  /** Runs the comparing rules and gives every finding: worst first, then by place, then by rule. */
  finish(): readonly Finding[] {
    const view = this.#inventory.view();
    for (const rule of this.#options.rules) {
      if (rule.on !== "inventory") continue;
      const setting = this.#options.settings(rule, "");
      if (setting === undefined) continue;
      this.#guard(rule, "", () => {
        for (const verdict of rule.check(view, this.#context(setting))) {
          for (const place of verdict.places)
            this.#take(rule, setting, verdict.key, place, verdict);
        }
      });
    }
    return [...this.#drafts.values()].map(finished).sort(compareFindings);
  }

  #context(setting: RuleSetting): RuleContext {
    return {
      now: this.#options.now,
      parameters: setting.parameters,
      profiles: this.#options.profiles,
    };
  }

  #guard(rule: Rule, path: string, judge: () => void): void {
    try {
      judge();
    } catch (error) {
      const message = error instanceof Error ? error.message : String(error);
      this.failures.push({ rule: rule.id, path, message });
    }
  }

  #take(
    rule: Rule,
    setting: RuleSetting,
    key: string,
    place: Place,
    verdict: Verdict | undefined,
  ): void {
    if (verdict === undefined) return;
    // A severity set by the policy holds for every case; else the case may differ from the rule.
    const severity =
      setting.severity === rule.severity ? (verdict.severity ?? rule.severity) : setting.severity;
    const id = `${rule.id}\u0000${key}`;
    const at = placeKey(place);
    const draft = this.#drafts.get(id);
    if (draft === undefined) {
      this.#drafts.set(id, {
        rule: rule.id,
        severity,
        facts: verdict.facts,
        key,
        places: new Map([[at, place]]),
        factsPlace: at,
      });
      return;
    }
    draft.places.set(at, place);
    const worse = rank(severity) - rank(draft.severity);
    if (worse < 0 || (worse === 0 && byText(at, draft.factsPlace) < 0)) {
      draft.severity = severity;
      draft.facts = verdict.facts;
      draft.factsPlace = at;
    }
  }
}

/** The parameters of a rule that has none: one object, so that identity tells "not changed". */
export const NONE: Parameters = {};

function finished(draft: Draft): Finding {
  const places = [...draft.places.entries()].sort(([a], [b]) => byText(a, b)).map(([, p]) => p);
  return {
    rule: draft.rule,
    severity: draft.severity,
    places: places as [Place, ...Place[]],
    facts: draft.facts,
    fingerprint: toHex(digest("sha256", text.encode(`${draft.rule}\u0000${draft.key}`))),
  };
}

function compareFindings(a: Finding, b: Finding): number {
  return (
    rank(a.severity) - rank(b.severity) ||
    byText(placeKey(a.places[0]), placeKey(b.places[0])) ||
    byText(a.rule, b.rule) ||
    byText(a.fingerprint, b.fingerprint)
  );
}
