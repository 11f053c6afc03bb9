import type { Certificate } from "../model/certificate.ts";
import type { Facts, Place, Severity } from "../model/finding.ts";
import type {
  Companion,
  FileFacts,
  OpenedStore,
  RefusedFile,
  StashFacts,
} from "../model/inventory.ts";
import type { RevocationList } from "../model/revocation-list.ts";
import type { Entry } from "../model/store.ts";
import type { CertificateView } from "./certificate-view.ts";
import type { InventoryView } from "./inventory-view.ts";
import type { StoreView } from "./store-view.ts";

/** Sets of rules and parameters for an audience; `audit/profiles.ts` says what each is. */
export type ProfileId =
  | "default"
  | "mq"
  | "java"
  | "was"
  | "um"
  | "sap"
  | "ihs"
  | "public-tls"
  | "pci"
  | "fips"
  | "strict";

/** What a certificate is in its store: a key entry's own, above it in its chain, or trusted. */
export type Use = "personal" | "chain" | "signer";

/** A certificate where it stands. `view` gives its extensions, parsed once and shared by all rules. */
export interface UseSubject {
  readonly certificate: Certificate;
  readonly view: CertificateView;
  readonly use: Use;
  readonly entry: Entry;
  readonly store: OpenedStore;
  /** Issuers and paths inside the store. */
  readonly whole: StoreView;
}

export interface EntrySubject {
  readonly entry: Entry;
  readonly store: OpenedStore;
  readonly whole: StoreView;
  /** The view of a certificate of this store, parsed once. */
  viewOf(certificate: Certificate): CertificateView;
}

export interface StoreSubject {
  readonly store: OpenedStore;
  readonly whole: StoreView;
  viewOf(certificate: Certificate): CertificateView;
}

/** A file that looks like a store, whether it could be opened or not: one of the two is there. */
export interface FileSubject {
  readonly path: string;
  readonly file: FileFacts;
  /** What it is, or looks like. */
  readonly format?: string;
  readonly stash?: StashFacts;
  readonly opened?: OpenedStore;
  readonly refused?: RefusedFile;
}

export type ParameterValue = number | string | boolean | readonly string[];
export type Parameters = Readonly<Record<string, ParameterValue>>;

/** What a rule may know beside its subject. */
export interface RuleContext<P extends Parameters = Parameters> {
  readonly now: Date;
  readonly parameters: P;
  readonly profiles: ReadonlySet<ProfileId>;
}

export interface InventoryContext<P extends Parameters = Parameters> extends RuleContext<P> {
  /** Says what the rule left undone, such as `1 of 2 keys were compared`: shown beside the result. */
  note(message: string): void;
}

/** A rule's judgement; `severity` only where this case differs from the rule's own. */
export interface Verdict {
  readonly facts: Facts;
  /** The file that is at fault where it is not the subject's own: a stash. */
  readonly path?: string;
  readonly severity?: Severity;
}

/**
 * An inventory rule names its places itself; `key` tells its faults apart (part of the fingerprint).
 *
 * There may be more places than memory holds: they are gone through once, before the next verdict is asked for.
 */
export interface InventoryVerdict extends Verdict {
  readonly key: string;
  readonly places: Iterable<Place>;
}

interface RuleBase<P extends Parameters> {
  /** What is wrong, in kebab case, such as `signature-md5`. Stable: policies and baselines name it. */
  readonly id: string;
  readonly severity: Severity;
  /** One line, no full stop. */
  readonly title: string;
  /** Where it is written: RFC and section, product page, CVE, measurement of ours. */
  readonly cites: readonly [string, ...string[]];
  /** The profiles that switch it on. A rule in `default` is on everywhere. */
  readonly profiles: readonly [ProfileId, ...ProfileId[]];
  /** Bits of `Trait`: it can speak only about certificates that have one of them. Absent: about any. */
  readonly traits?: number;
  /** Parameters with their defaults; a policy may change them. Names carry the unit: `days`, `bits`. */
  readonly parameters?: P;
  /** Words only: what was seen. One or two sentences. */
  explain(facts: Facts): string;
  /** Words only: what to do about it. */
  fix(facts: Facts): string;
}

/** Judged once for each distinct certificate: nothing but the certificate and the time matter. */
export interface CertificateRule<P extends Parameters = Parameters> extends RuleBase<P> {
  readonly on: "certificate";
  check(view: CertificateView, context: RuleContext<P>): Verdict | undefined;
}

/** Judged for each place that a certificate stands in. */
export interface UseRule<P extends Parameters = Parameters> extends RuleBase<P> {
  readonly on: "use";
  check(subject: UseSubject, context: RuleContext<P>): Verdict | undefined;
}

export interface EntryRule<P extends Parameters = Parameters> extends RuleBase<P> {
  readonly on: "entry";
  check(subject: EntrySubject, context: RuleContext<P>): Verdict | undefined;
}

export interface StoreRule<P extends Parameters = Parameters> extends RuleBase<P> {
  readonly on: "store";
  check(subject: StoreSubject, context: RuleContext<P>): Verdict | undefined;
}

/** Judged for each file that looks like a store, opened or not. */
export interface FileRule<P extends Parameters = Parameters> extends RuleBase<P> {
  readonly on: "file";
  check(subject: FileSubject, context: RuleContext<P>): Verdict | undefined;
}

/** Judged for each file that could not be opened as a store. */
export interface RefusedRule<P extends Parameters = Parameters> extends RuleBase<P> {
  readonly on: "refused";
  check(file: RefusedFile, context: RuleContext<P>): Verdict | undefined;
}

/** A revocation list where it stands. */
export interface CrlSubject {
  readonly path: string;
  readonly crl: RevocationList;
}

/** Judged for each revocation list; one that stands in several files is one fault. */
export interface CrlRule<P extends Parameters = Parameters> extends RuleBase<P> {
  readonly on: "crl";
  check(subject: CrlSubject, context: RuleContext<P>): Verdict | undefined;
}

/** Judged for each file that is no store. */
export interface CompanionRule<P extends Parameters = Parameters> extends RuleBase<P> {
  readonly on: "companion";
  check(companion: Companion, context: RuleContext<P>): Verdict | undefined;
}

/** Judged once, over everything that was found. */
export interface InventoryRule<P extends Parameters = Parameters> extends RuleBase<P> {
  readonly on: "inventory";
  /** The stores, by path, whose certificates it must see whole: `InventoryView.whole` has these. */
  keeps?(parameters: P): readonly string[];
  check(inventory: InventoryView, context: InventoryContext<P>): Iterable<InventoryVerdict>;
}

export type Rule =
  | CertificateRule
  | UseRule
  | EntryRule
  | StoreRule
  | FileRule
  | RefusedRule
  | CrlRule
  | CompanionRule
  | InventoryRule;

type AnyRule<P extends Parameters> =
  | CertificateRule<P>
  | UseRule<P>
  | EntryRule<P>
  | StoreRule<P>
  | FileRule<P>
  | RefusedRule<P>
  | CrlRule<P>
  | CompanionRule<P>
  | InventoryRule<P>;

/** Types a rule: its `check` sees the parameters that it declares. */
export function rule<P extends Parameters>(definition: AnyRule<P>): Rule {
  return definition as unknown as Rule;
}
