import { basename, dirname } from "node:path";
import type { Notice, Outcome } from "../app/outcome.ts";
import type { Host } from "../io/host.ts";
import { PkiError } from "../model/error.ts";
import { errorJson, errorText } from "../render/error.ts";
import { jsonText } from "../render/json.ts";
import { noticeJson, noticeText } from "../render/notice.ts";
import { planText, writesJson } from "../render/plan.ts";
import {
  type AnyCommand,
  type CommandDefinition,
  type CommonOptions,
  LOCK_SECONDS,
  type View,
} from "./command.ts";
import { Exit, exitCodeOf } from "./exit-code.ts";
import { plainArguments } from "./plain-arguments.ts";

/**
 * Runs one command: arguments → locks → plan → commit → render → exit code.
 *
 * @param verb - its name and the line that the help begins with
 * @param argv - what stands after the verb
 */
export async function runCommand(
  host: Host,
  verb: { readonly name: string; readonly summary: string },
  anyDefinition: AnyCommand,
  argv: readonly string[],
): Promise<number> {
  const definition = anyDefinition as unknown as CommandDefinition<CommonOptions, unknown, unknown>;
  const json = argv.includes("--json");
  try {
    const { plain } = definition;
    let parsed = plain === undefined ? undefined : plainArguments(argv, plain);
    if (parsed === undefined) {
      const { parseArguments } = await import("./parse-arguments.ts");
      parsed = parseArguments(host, verb, definition, argv);
    }
    if (parsed === undefined) return Exit.fine;
    return await execute(host, definition, parsed.args, parsed.options as CommonOptions);
  } catch (error) {
    return reportError(host, asPkiError(error, host), json);
  }
}

async function execute(
  host: Host,
  definition: CommandDefinition<CommonOptions, unknown, unknown>,
  args: readonly string[],
  options: CommonOptions,
): Promise<number> {
  const dryRun = options.dryRun === true;
  const held: (() => Promise<void>)[] = [];
  const notices: Notice[] = [];
  try {
    const prepared = await definition.prepare?.(host, args, options);
    if (definition.writes && !dryRun) {
      const paths = (await definition.locks?.(args, options, host)) ?? [];
      notices.push(...(await takeLocks(host, paths, lockWait(options), held)));
    }
    const outcome = await definition.plan(host, args, options, prepared);
    let { result } = outcome;
    if (!dryRun && outcome.writes.length + outcome.appends.length > 0) {
      const { commit } = await import("../io/commit.ts");
      await commit(host, outcome.writes, outcome.appends);
    }
    while (held.length > 0) await held.pop()?.();
    if (!dryRun && definition.afterCommit !== undefined) {
      result = await definition.afterCommit(host, result, options);
    }
    await show(host, definition, options, {
      ...outcome,
      result,
      notices: [...notices, ...outcome.notices],
    });
    return definition.exitCode?.(result) ?? Exit.fine;
  } catch (error) {
    showNotices(host, notices);
    throw error;
  } finally {
    while (held.length > 0) await held.pop()?.();
  }
}

function lockWait(options: CommonOptions): number {
  const text = options.lockTimeout ?? String(LOCK_SECONDS);
  if (!/^\d{1,6}$/.test(text)) {
    throw new PkiError("usage", "needs a number of seconds", { where: "--lock-timeout" });
  }
  return Number(text) * 1000;
}

/** Takes the locks in the order of the real paths, so that two commands never wait for each other. */
async function takeLocks(
  host: Host,
  paths: readonly string[],
  waitMs: number,
  held: (() => Promise<void>)[],
): Promise<readonly Notice[]> {
  const named = new Map<string, string>();
  for (const path of paths) {
    const target = await host.files.realPath(path);
    // A directory that is still to be made holds no store that another writer could lose an entry of.
    if ((await host.files.stat(dirname(target))).kind === "directory") named.set(target, path);
  }
  const notices: Notice[] = [];
  for (const target of [...named.keys()].sort()) {
    const path = named.get(target) as string;
    held.push(await host.files.lock(path, waitMs));
    notices.push(...(await tidy(host, target, path)));
  }
  return notices;
}

/** Removes what a killed run left beside a store, and names old contents that it kept. */
async function tidy(host: Host, target: string, path: string): Promise<readonly Notice[]> {
  const { removeLeftovers } = await import("../io/commit.ts");
  const { lockedNames } = await import("../app/store-path.ts");
  const { removed, backups } = await removeLeftovers(host, dirname(target), lockedNames(target));
  const notices: Notice[] = [];
  if (removed.length > 0) {
    const message = "an earlier run was interrupted; its unfinished files were removed";
    notices.push({ level: "note", path, message });
  }
  for (const backup of backups) {
    const message = `an earlier run was interrupted; ${basename(backup)} holds the contents of before: remove it when all is well`;
    notices.push({ level: "warning", path, message });
  }
  return notices;
}

async function show(
  host: Host,
  definition: CommandDefinition<CommonOptions, unknown, unknown>,
  options: CommonOptions,
  outcome: Outcome<unknown>,
): Promise<void> {
  const { terminal } = host;
  const { result, notices, writes } = outcome;
  const dryRun = options.dryRun === true;
  const errors = definition.errors?.(result) ?? "";
  if (errors !== "") terminal.err(errors);
  if (options.json === true) {
    const body = {
      schemaVersion: 1,
      ...(dryRun ? { dryRun: true } : {}),
      ...(await definition.json(result)),
      ...(definition.writes ? { writes: writesJson(writes) } : {}),
      ...(notices.length === 0 ? {} : { notices: notices.map(noticeJson) }),
    };
    terminal.out(jsonText(body));
    return;
  }
  showNotices(host, notices);
  const bytes = definition.bytes?.(result);
  if (bytes !== undefined) terminal.outBytes(bytes);
  else {
    const view: View = {
      columns: terminal.stdoutIsTerminal ? terminal.columns : undefined,
      now: host.now(),
      dryRun,
    };
    printAll(terminal, definition.text(result, view));
  }
  if (dryRun) terminal.out(planText(writes, outcome.appends));
}

function showNotices(host: Host, notices: readonly Notice[]): void {
  for (const notice of notices) host.terminal.err(noticeText(notice));
}

/** Says what went wrong: for people on stderr, with `--json` on stdout as well. */
export function reportError(host: Host, error: PkiError, json: boolean): number {
  try {
    if (json) host.terminal.out(jsonText({ schemaVersion: 1, error: errorJson(error) }));
  } finally {
    host.terminal.err(errorText(error));
  }
  return exitCodeOf(error.code);
}

/** Characters that are printed at once: few calls, and never the whole of a long report. */
const PRINTED = 64 * 1024;

function printAll(terminal: Host["terminal"], text: string | Iterable<string>): void {
  if (typeof text === "string") {
    terminal.out(text);
    return;
  }
  let waiting = "";
  for (const chunk of text) {
    waiting += chunk;
    if (waiting.length < PRINTED) continue;
    terminal.out(waiting);
    waiting = "";
  }
  if (waiting !== "") terminal.out(waiting);
}

/** What is no PkiError is a fault of ours; its text may quote anything, so only its kind is shown. */
export function asPkiError(error: unknown, host: Host): PkiError {
  if (error instanceof PkiError) return error;
  if (host.env("PKI_DEBUG") !== undefined && error instanceof Error) {
    host.terminal.err(`${error.stack ?? error.message}\n`);
  }
  const kind = error instanceof Error ? error.name : typeof error;
  return new PkiError("internal", `a fault in pki itself (${kind})`, {
    hint: "nothing was written half; run it again with PKI_DEBUG=1 and report what it shows",
    cause: error,
  });
}
