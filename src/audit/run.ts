import { Recent } from "../bytes/recent.ts";
import type { Certificate } from "../model/certificate.ts";
import type { Finding, Place, Severity } from "../model/finding.ts";
import type { Companion, OpenedStore, RefusedFile } from "../model/inventory.ts";
import type { RevocationList } from "../model/revocation-list.ts";
import type { CertificateView } from "./certificate-view.ts";
import { compared } from "./comparison.ts";
import { type DraftPart, Drafts } from "./drafts.ts";
import { InventoryBuilder, type InventoryPart, type InventoryView } from "./inventory-view.ts";
import type {
  CertificateRule,
  FileRule,
  FileSubject,
  InventoryContext,
  InventoryRule,
  Parameters,
  ProfileId,
  Rule,
  RuleContext,
  UseSubject,
  Verdict,
} from "./rule.ts";
import { Remembered, SharedViews } from "./shared-views.ts";
import { type SpillSetting, SpillSpace } from "./spill.ts";
import { type SignatureMemory, type SignatureVerdict, StoreView } from "./store-view.ts";
import { ANY_TRAIT, Trait } from "./traits.ts";
import { placeOf, usesOf } from "./uses.ts";

/** How a rule applies to one path: the policy's answer. */
export interface RuleSetting {
  readonly severity: Severity;
  readonly parameters: Parameters;
}

/** Undefined: the rule is off there. With `everywhere`, rules that compare are asked with an empty path. */
export type Settings = (rule: Rule, path: string) => RuleSetting | undefined;

export interface RunOptions {
  readonly rules: readonly Rule[];
  readonly now: Date;
  readonly profiles: ReadonlySet<ProfileId>;
  readonly settings: Settings;
  /** True when `settings` does not look at the path: then a certificate seen twice is judged once. */
  readonly everywhere: boolean;
  /** Absent: nothing is known yet. */
  readonly signatures?: SignatureMemory;
  /** Where goes what outgrows memory. Absent: all stays there. */
  readonly spill?: SpillSetting;
}

/** What one run judged, for another to take in: plain data that may pass between threads. */
export interface JudgedPart {
  readonly drafts: DraftPart;
  readonly inventory: InventoryPart;
  readonly failures: readonly RuleFailure[];
}

/** A rule that threw: a fault of ours, told and survived. */
export interface RuleFailure {
  readonly rule: string;
  readonly path: string;
  readonly message: string;
}

interface Judged {
  readonly setting: RuleSetting;
  readonly verdict: Verdict;
}

/** A rule as it applies at a path. */
interface Active<R extends Rule = Rule> {
  readonly rule: R;
  readonly setting: RuleSetting;
  readonly context: RuleContext;
  /** The certificates that it can speak about. */
  readonly traits: number;
}

/** The rules that are on at a path, by what they judge. */
interface ActiveRules {
  readonly ofStores: readonly Active[];
  readonly ofCertificates: readonly Active<CertificateRule>[];
  readonly ofFiles: readonly Active<FileRule>[];
}

/**
 * Judges stores as they pass by and keeps findings only: inventory × rules × now → findings.
 *
 * The same inputs give the same findings in the same order, whatever the order the stores came in.
 */
export class AuditRun {
  readonly #options: RunOptions;
  #everywhere: ActiveRules | undefined;
  readonly #space: SpillSpace | undefined;
  readonly #drafts: Drafts;
  readonly #inventory: InventoryBuilder;
  readonly #verdicts = new Recent<ReadonlyMap<Rule, Judged>>(MOST_VERDICTS);
  readonly #shared = new SharedViews();
  readonly #signatures: SignatureMemory;
  readonly #keepers: readonly InventoryRule[];
  readonly failures: RuleFailure[] = [];
  /** What rules left undone. */
  readonly notes: string[] = [];

  constructor(options: RunOptions) {
    this.#options = options;
    this.#space = options.spill === undefined ? undefined : new SpillSpace(options.spill);
    this.#drafts = new Drafts(this.#space);
    this.#inventory = new InventoryBuilder(this.#space);
    this.#keepers = options.rules
      .filter((rule) => rule.on === "inventory")
      .filter((rule) => rule.keeps !== undefined);
    this.#signatures = options.signatures ?? new Remembered<SignatureVerdict>();
  }

  /** What is on at a path; asked once where the policy does not look at paths. */
  #activeAt(path: string): ActiveRules {
    if (this.#everywhere !== undefined) return this.#everywhere;
    const { rules, settings, everywhere } = this.#options;
    const active: Active[] = [];
    for (const rule of rules) {
      const setting = settings(rule, path);
      if (setting !== undefined) {
        const { traits = ANY_TRAIT } = rule;
        active.push({ rule, setting, context: this.#context(setting), traits });
      }
    }
    const on = <K extends Rule["on"]>(...kinds: readonly K[]): Active<Extract<Rule, { on: K }>>[] =>
      active.filter((one): one is Active<Extract<Rule, { on: K }>> =>
        (kinds as readonly string[]).includes(one.rule.on),
      );
    const found: ActiveRules = {
      ofStores: on("store", "entry", "use"),
      ofCertificates: on("certificate"),
      ofFiles: on("file"),
    };
    if (everywhere) this.#everywhere = found;
    return found;
  }

  /** Judges one store. Nothing of it is kept but small records for the comparing rules. */
  store(store: OpenedStore): void {
    const views = new Map<string, CertificateView>();
    const viewOf = (certificate: Certificate): CertificateView => {
      let view = views.get(certificate.sha256);
      if (view === undefined) {
        view = this.#shared.get(certificate);
        views.set(certificate.sha256, view);
      }
      return view;
    };
    this.#inventory.addStore(store, viewOf);
    if (this.#isKept(store.path)) this.#inventory.keepWhole(store);
    const { path } = store;
    const whole = new StoreView(store, viewOf, this.#signatures);
    const uses = usesOf(store, whole, viewOf);
    const traits = uses.map(({ view, use }) => view.traits | Trait[use]);
    const found = traits.reduce((all, one) => all | one, 0);
    const active = this.#activeAt(path);
    const all = { store, whole, viewOf };
    const entries = store.store.entries.map((entry) => ({ entry, store, whole, viewOf }));
    for (const { rule, setting, context, traits: wanted } of active.ofStores) {
      // One guard for a rule and a store: a rule that throws is not asked about the rest of it.
      try {
        if (rule.on === "store") {
          const verdict = rule.check(all, context);
          if (verdict !== undefined) this.#take(rule, setting, path, { path }, verdict);
        } else if (rule.on === "entry") {
          for (const subject of entries) {
            const verdict = rule.check(subject, context);
            if (verdict === undefined) continue; // nearly always: no place is made for it
            const { entry } = subject;
            this.#take(rule, setting, `${path}\u0000${entry.label}`, placeOf(path, entry), verdict);
          }
        } else if (rule.on === "use" && (wanted & found) !== 0) {
          for (let i = 0; i < uses.length; i++) {
            if ((wanted & (traits[i] as number)) === 0) continue;
            const subject = uses[i] as UseSubject;
            const verdict = rule.check(subject, context);
            if (verdict === undefined) continue;
            const { sha256 } = subject.certificate;
            const place = { path, label: subject.entry.label, sha256 };
            this.#take(rule, setting, sha256, place, verdict);
          }
        }
      } catch (error) {
        this.#failed(rule, path, error);
      }
    }
    for (const { view, entry } of uses) this.#certificate(view, path, entry.label, active);
    for (const crl of store.lists ?? []) this.#crl(path, crl);
    const { file, stash, container } = store;
    this.#file({
      path,
      file,
      format: container.format,
      opened: store,
      ...(stash === undefined ? {} : { stash }),
    });
  }

  /** Whether a comparing rule wants the certificates of this store whole. */
  #isKept(path: string): boolean {
    const { settings, everywhere } = this.#options;
    return this.#keepers.some((rule) => {
      const setting = settings(rule, everywhere ? "" : path);
      return setting !== undefined && rule.keeps?.(setting.parameters).includes(path) === true;
    });
  }

  /** Certificate rules: judged once for each certificate, unless the policy gives this path other parameters. */
  #certificate(view: CertificateView, path: string, label: string, active: ActiveRules): void {
    const { sha256 } = view.certificate;
    const known = this.#verdicts.get(sha256);
    if (known === CLEAN) return;
    if (known !== undefined) {
      for (const [rule, { setting, verdict }] of known) {
        this.#take(rule, setting, sha256, { path, label, sha256 }, verdict);
      }
      return;
    }
    let seen: Map<Rule, Judged> | undefined;
    const { traits } = view;
    for (const { rule, setting, context, traits: wanted } of active.ofCertificates) {
      if ((wanted & traits) === 0) continue;
      try {
        const verdict = rule.check(view, context);
        if (verdict === undefined) continue;
        seen ??= new Map();
        seen.set(rule, { setting, verdict });
        this.#take(rule, setting, sha256, { path, label, sha256 }, verdict);
      } catch (error) {
        this.#failed(rule, path, error);
      }
    }
    // A rule may be off, or have other parameters, for the next path: then nothing is remembered.
    if (this.#options.everywhere) this.#verdicts.set(sha256, seen ?? CLEAN);
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
    const { format, stash } = file;
    this.#file({
      path: file.path,
      file: file.file,
      refused: file,
      ...(format === undefined ? {} : { format }),
      ...(stash === undefined ? {} : { stash }),
    });
  }

  /** Judges a file that is no store. */
  companion(companion: Companion): void {
    const { path } = companion;
    if (companion.kind === "settings") this.#inventory.addSettings(companion);
    if (companion.kind === "crl") for (const crl of companion.lists) this.#crl(path, crl);
    for (const rule of this.#options.rules) {
      if (rule.on !== "companion") continue;
      const setting = this.#options.settings(rule, path);
      if (setting === undefined) continue;
      this.#guard(rule, path, () => {
        this.#take(rule, setting, path, { path }, rule.check(companion, this.#context(setting)));
      });
    }
  }

  #crl(path: string, crl: RevocationList): void {
    this.#inventory.addCrl(path, crl);
    for (const rule of this.#options.rules) {
      if (rule.on !== "crl") continue;
      const setting = this.#options.settings(rule, path);
      if (setting === undefined) continue;
      this.#guard(rule, path, () => {
        const verdict = rule.check({ path, crl }, this.#context(setting));
        this.#take(rule, setting, crl.sha256, { path }, verdict);
      });
    }
  }

  #file(subject: FileSubject): void {
    const { path } = subject;
    for (const { rule, setting, context } of this.#activeAt(path).ofFiles) {
      this.#guard(rule, path, () => {
        const verdict = rule.check(subject, context);
        const at = verdict?.path ?? path;
        this.#take(rule, setting, at, { path: at }, verdict);
      });
    }
  }

  /** Takes out what was judged since the last call. What is known of certificates stays. */
  drain(): JudgedPart {
    return {
      drafts: this.#drafts.drain(),
      inventory: this.#inventory.drain(),
      failures: this.failures.splice(0),
    };
  }

  /** Takes in what another run with the same options judged, as if it had been judged here. */
  absorb({ drafts, inventory, failures }: JudgedPart): void {
    this.#drafts.absorb(drafts);
    this.#inventory.absorb(inventory);
    this.failures.push(...failures);
  }

  /** Runs the comparing rules and gives every finding: worst first, then by place, then by rule. */
  finish(): readonly Finding[] {
    const view = this.#inventory.view();
    for (const rule of this.#options.rules) {
      if (rule.on !== "inventory") continue;
      this.#guard(rule, "", () => {
        const contextOf = (setting: RuleSetting) => this.#comparing(setting);
        for (const { setting, place, verdict } of compared(rule, view, this.#options, contextOf)) {
          this.#take(rule, setting, verdict.key, place, verdict);
        }
      });
    }
    return this.#drafts.findings();
  }

  /** What was seen so far: whole after `finish`. */
  get inventory(): InventoryView {
    return this.#inventory.view();
  }

  #context(setting: RuleSetting): RuleContext {
    return {
      now: this.#options.now,
      parameters: setting.parameters,
      profiles: this.#options.profiles,
    };
  }

  #comparing(setting: RuleSetting): InventoryContext {
    const note = (message: string) => {
      this.notes.push(message);
    };
    return { ...this.#context(setting), note };
  }

  #guard(rule: Rule, path: string, judge: () => void): void {
    try {
      judge();
    } catch (error) {
      this.#failed(rule, path, error);
    }
  }

  #failed(rule: Rule, path: string, error: unknown): void {
    // The disk's fault, not the rule's: nothing that follows could be trusted.
    if (this.#space?.failure !== undefined) throw this.#space.failure;
    const message = error instanceof Error ? error.message : String(error);
    this.failures.push({ rule: rule.id, path, message });
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
    const judged = { rule: rule.id, severity, facts: verdict.facts, key };
    this.#drafts.add(judged, place);
  }
}

/** Certificates whose verdicts are remembered: one that is met again later is judged again, with the same verdict. */
const MOST_VERDICTS = 2 ** 16;

/** Most certificates: one object for all of them, since there may be hundreds of thousands. */
const CLEAN: ReadonlyMap<Rule, Judged> = new Map();

/** The parameters of a rule that has none: one object, so that identity tells "not changed". */
export const NONE: Parameters = {};
