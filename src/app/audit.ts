import { basename, dirname, join } from "node:path";
import { type Described, describe } from "../audit/describe.ts";
import { type AuditReport, countBySeverity } from "../audit/report.ts";
import type { ProfileId, Rule } from "../audit/rule.ts";
import { rules as everyRule } from "../audit/rules/index.ts";
import type { SpillSetting } from "../audit/spill.ts";
import type { FileWrite, Host, HostThreads } from "../io/host.ts";
import { PkiError } from "../model/error.ts";
import { SEVERITIES, type Severity } from "../model/finding.ts";
import type { RefusedFile } from "../model/inventory.ts";
import { StoreCache } from "./audit/cache.ts";
import { changedFiles } from "./audit/changed.ts";
import { type Globs, loadGlobs } from "./audit/globs.ts";
import { judged, runOf } from "./audit/judging.ts";
import { LaneThreads } from "./audit/lane-threads.ts";
import { type PasswordChoices, passwordChoices } from "./audit/password-choices.ts";
import { passwordRules } from "./audit/password-file.ts";
import { loadPolicy } from "./audit/policy-file.ts";
import { roomOf } from "./audit/room.ts";
import { Seen } from "./audit/seen.ts";
import { Sieve, type Sifted } from "./audit/sieve.ts";
import { extensionOf } from "./audit/store-file.ts";
import type { ThreadSetup } from "./audit/thread-task.ts";
import {
  FilesAhead,
  inThreads,
  laneThreadsWorth,
  THREADS_FROM_MS,
  threadsWorth,
} from "./audit/threads.ts";
import { trackedUnder } from "./audit/tracked.ts";
import { reported, Walk, type WalkedFile } from "./audit/walk.ts";
import { nearest } from "./nearest.ts";
import type { Notice, Outcome } from "./outcome.ts";

export interface AuditOptions {
  /** Default: every rule. */
  readonly rules?: readonly Rule[];
  /** Looks ahead, or back; default now. */
  readonly at?: Date;
  /** Beside `default`; from `--profile`. Absent: the policy's. */
  readonly profiles?: readonly ProfileId[];
  /** Sources of the password grammar. */
  readonly password?: string;
  /** Path of a file: pattern → source. */
  readonly passwords?: string;
  /** Path of the policy; absent: `pki-policy.yaml` here, where there is one. */
  readonly policy?: string;
  readonly baseline?: string;
  /** True: `baseline` is written with what was found. */
  readonly updateBaseline?: boolean;
  /** Findings below are left out. */
  readonly minSeverity?: Severity;
  readonly failOn?: FailOn;
  /** Only files that differ from this revision of git. */
  readonly changedSince?: string;
  readonly cache?: string;
  /** Version of the program, for the cache. */
  readonly program?: string;
  /** What may be kept in memory, and where the rest goes. Default: by how much memory there is. */
  readonly spill?: SpillSetting;
}

export type FailOn = Severity | "never";

export interface AuditResult {
  readonly report: AuditReport;
  /** There are findings at or above `failOn`. */
  readonly failed: boolean;
  /** Directories, files or named paths that could not be read at all. */
  readonly unseen: readonly {
    readonly path: string;
    readonly code: string;
    readonly message: string;
  }[];
}

/**
 * Judges every store under `paths`: walk → recognise → open what can be opened → rules → findings.
 *
 * Never asks and never writes; `outcome.writes` holds the baseline and the cache, where they are wanted.
 *
 * @throws PkiError `usage` for options, policy and ignore files; `file-not-found` where no path exists
 */
export async function auditPaths(
  host: Host,
  paths: readonly string[],
  options: AuditOptions,
): Promise<Outcome<AuditResult>> {
  const globs = await loadGlobs();
  const allRules = options.rules ?? everyRule;
  const policy = await loadPolicy(host, globs, allRules, options.policy);
  const profiles = new Set<ProfileId>(["default", ...(options.profiles ?? policy.profiles)]);
  const sieve = await Sieve.load(host, globs, options, allRules);
  const rules: readonly Rule[] = [...allRules, ...sieve.rules];
  const at = options.at ?? host.now();
  const choices = await choicesOf(host, globs, options, policy.passwords);
  const cache =
    options.cache === undefined
      ? undefined
      : await StoreCache.load(host, options.cache, choices, options.program ?? "");
  const spill = options.spill ?? roomOf(host);
  const judging = runOf(rules, policy, profiles, at, choices, cache, spill);
  const { run, settings, everywhere } = judging;

  const walk = new Walk(host);
  const seen = new Seen(run);
  const files = await FilesAhead.of(found(host, walk, paths, options, seen));
  const threads = await threadsFor(host, files, allRules, cache?.isFilled === true);
  if (threads === undefined || "lanes" in threads) {
    const tracked = await trackedUnder(host, paths);
    if (threads !== undefined) choices.deriveIn(threads.lanes.chains);
    try {
      const marks = judged({ host, choices, cache, tracked }, files, seen, undefined);
      for await (const _ of marks);
    } finally {
      await threads?.lanes.stop();
    }
  } else {
    const setup = (): ThreadSetup => ({
      paths,
      at,
      profiles: [...profiles],
      policy: options.policy,
      rules: allRules.map((rule) => ({ id: rule.id, profiles: rule.profiles })),
      choices: choices.copied(),
      cache: share,
    });
    const share = cache?.share();
    await inThreads(threads.threads, threads.count, setup, files, {
      part: (part) => seen.absorb(part),
      other: (other) => seen.take(other),
      cache: (use) => use !== undefined && cache?.absorb(use),
    });
  }
  for (const { path, error } of walk.problems) seen.take({ refused: refusal(path, error) });
  if (walk.missing.length === paths.length) {
    throw await notThere(host, walk.missing[0] as string);
  }
  const findings = run.finish();
  host.terminal.progress(undefined);
  const byId = new Map(rules.map((rule) => [rule.id, rule]));
  const partial = options.changedSince !== undefined;
  const sifted = sieve.sift(
    findings.map((finding) => describe(finding, byId)),
    { at, partial, settings, byId },
  );
  const kept = atLeast(sifted.findings, options.minSeverity ?? policy.minSeverity);
  // What is shown is one thing, what fails another: a finding that is left out counts all the same.
  const failOn = options.failOn ?? policy.failOn ?? "error";
  const failed = fails(sifted.findings, failOn);
  const inventory = run.inventory;
  const report: AuditReport = {
    at,
    root: await rootOf(host, paths),
    profiles: [...profiles],
    summary: {
      files: seen.files,
      stores: inventory.stores.length,
      certificates: inventory.certificates.size,
      refused: inventory.refused.length,
      ...countBySeverity(kept),
    },
    stores: seen.summaries(),
    findings: kept,
    suppressed: sifted.suppressed,
    failures: run.failures,
    rules: rules.filter((rule) => settings(rule, "") !== undefined || !everywhere),
    inventory,
  };
  const unseen = [
    ...walk.missing.map((path) => ({ path, code: "file-not-found", message: "no such file" })),
    ...walk.problems.map(({ path, error }) => ({ path, code: error.code, message: error.message })),
  ];
  return {
    result: { report, failed, unseen },
    notices: [
      ...noticesOf(report, run.notes, unseen),
      ...(failed && !fails(kept, failOn) ? [{ level: "note" as const, message: LEFT_OUT }] : []),
    ],
    appends: [],
    writes: await writesOf(host, options, sifted, cache),
  };
}

const LEFT_OUT = "--min-severity leaves out the findings for which --fail-on fails";

/** What was named and is not there, with what is there of nearly that name. */
async function notThere(host: Host, path: string): Promise<PkiError> {
  let near: string | undefined;
  try {
    const names = await host.files.list(dirname(path));
    near = path === "" ? undefined : nearest(basename(path), names);
  } catch (error) {
    if (!(error instanceof PkiError)) throw error;
  }
  const hint =
    near === undefined
      ? "name a directory or a file; pki audit . looks at the directory you are in"
      : `did you mean ${join(dirname(path), near)}?`;
  return new PkiError("file-not-found", "no such file or directory", { path, hint });
}

async function choicesOf(
  host: Host,
  globs: Globs,
  options: AuditOptions,
  ofPolicy: string | undefined,
): Promise<PasswordChoices> {
  const file = options.passwords ?? ofPolicy;
  const rules = file === undefined ? [] : await passwordRules(host, globs, file);
  return passwordChoices(host, rules, options.password);
}

/** Every file to look at, in the order of the walk. */
async function* found(
  host: Host,
  walk: Walk,
  paths: readonly string[],
  options: AuditOptions,
  seen: Seen,
): AsyncGenerator<WalkedFile> {
  const wanted =
    options.changedSince === undefined
      ? undefined
      : await changedFiles(host, paths, options.changedSince);
  for await (const walked of walk.files(paths)) {
    if (wanted !== undefined && !(await wanted(walked.disk))) continue;
    seen.files++;
    host.terminal.progress(`pki: ${seen.files} files, ${seen.opened} stores`);
    yield walked;
  }
}

/** Those that derive keys, or those that judge: by rules of the list only, since a function does not pass between them. */
async function threadsFor(
  host: Host,
  files: FilesAhead,
  rules: readonly Rule[],
  cached: boolean,
): Promise<
  | { readonly threads: HostThreads; readonly count: number }
  | { readonly lanes: LaneThreads }
  | undefined
> {
  if (files.work < THREADS_FROM_MS) return undefined;
  const threads = await host.threads();
  if (threads === undefined) return undefined;
  const deriving = laneThreadsWorth(files, threads.cores, cached);
  if (deriving > 0) return { lanes: new LaneThreads(threads, deriving) };
  if (!rules.every((rule) => everyRule.some(({ check }) => check === rule.check))) return undefined;
  const count = threadsWorth(files, threads.cores, cached);
  return count > 1 ? { threads, count } : undefined;
}

function refusal(path: string, { code, message }: PkiError): RefusedFile {
  return { path, file: { size: 0, extension: extensionOf(path) }, code, message };
}

function atLeast(
  findings: readonly Described[],
  least: Severity | undefined,
): readonly Described[] {
  if (least === undefined) return findings;
  const limit = SEVERITIES.indexOf(least);
  return findings.filter(({ finding }) => SEVERITIES.indexOf(finding.severity) <= limit);
}

function fails(findings: readonly Described[], failOn: FailOn): boolean {
  return failOn !== "never" && atLeast(findings, failOn).length > 0;
}

async function rootOf(host: Host, paths: readonly string[]): Promise<string> {
  const [only] = paths;
  if (paths.length !== 1 || only === undefined) return ".";
  if ((await host.files.stat(only)).kind !== "directory") return ".";
  return reported(only, await host.files.realPath("."));
}

function noticesOf(
  report: AuditReport,
  notes: readonly string[],
  unseen: AuditResult["unseen"],
): readonly Notice[] {
  return [
    ...notes.map((message) => ({ level: "note" as const, message })),
    ...report.failures.map(({ rule, path, message }) => ({
      level: "warning" as const,
      message: `a fault in pki itself: rule ${rule} failed: ${message}`,
      ...(path === "" ? {} : { path }),
    })),
    ...unseen.map(({ path, message }) => ({ level: "warning" as const, path, message })),
  ];
}

async function writesOf(
  host: Host,
  options: AuditOptions,
  sifted: Sifted,
  cache: StoreCache | undefined,
): Promise<readonly FileWrite[]> {
  const writes: FileWrite[] = [];
  if (options.updateBaseline === true && options.baseline !== undefined) {
    const { baselineWrite } = await import("./audit/sieve.ts");
    writes.push(await baselineWrite(host, options.baseline, sifted.all));
  }
  const cached = cache?.write(options.changedSince !== undefined);
  if (cached !== undefined) writes.push(cached);
  return writes;
}
