import type { Command } from "commander";
import type { Outcome } from "../app/outcome.ts";
import type { Host } from "../io/host.ts";
import type { PlainOptions } from "./plain-arguments.ts";

/** What a text rendering may know of the place it is shown in. */
export interface View {
  /** Width to fit; undefined where the output is no terminal and lines are not cut. */
  readonly columns: number | undefined;
  readonly now: Date;
  /** True: nothing was written; the text says what would be. */
  readonly dryRun: boolean;
}

/**
 * One subcommand. A file of `commands/` exports one of these; `main.ts` loads the file when its name is
 * the verb. Planning asks and reads; it never writes: `run.ts` commits what the outcome intends.
 */
export interface CommandDefinition<Options, Result, Prepared = undefined> {
  /** Adds arguments, options and examples. `--json`, and for writers `--dry-run` and `--lock-timeout`, are there already. */
  define(command: Command): void;
  /** Options that are read without commander where the command line has no others. `--json` must be named. */
  readonly plain?: PlainOptions;
  /** True: gets `--dry-run` and `--lock-timeout`. */
  readonly writes: boolean;
  /** Stores whose locks are held from before the plan until after the commit. Only for commands that write. */
  locks?(
    args: readonly string[],
    options: Options,
    host: Host,
  ): readonly string[] | Promise<readonly string[]>;
  /** Slow work that needs no lock (making keys, deriving them), done before the locks are taken. */
  prepare?(host: Host, args: readonly string[], options: Options): Promise<Prepared>;
  plan(
    host: Host,
    args: readonly string[],
    options: Options,
    prepared: Prepared | undefined,
  ): Promise<Outcome<Result>>;
  /** What stands on stdout, with its last line feed; empty for nothing. In chunks where it may be long. */
  text(result: Result, view: View): string | Iterable<string>;
  /** The members of the JSON object beside `schemaVersion`. */
  json(
    result: Result,
  ): Readonly<Record<string, unknown>> | Promise<Readonly<Record<string, unknown>>>;
  /** Bytes for stdout instead of the text (an extracted certificate). */
  bytes?(result: Result): Uint8Array | undefined;
  /** After the commit, not in a dry run: to prove what was written. Gives the result to show. */
  afterCommit?(host: Host, result: Result, options: Options): Promise<Result>;
  /** Lines for stderr about inputs that failed while others did not. */
  errors?(result: Result): string;
  /** Exit code of a result that is no error; default 0. */
  exitCode?(result: Result): number;
}

/** Forgets the types of options and result, so that definitions can stand in one list. */
export type AnyCommand = CommandDefinition<never, unknown, unknown>;

/** How long a command waits for another writer where `--lock-timeout` does not say. */
export const LOCK_SECONDS = 30;

/** Options that every command gets from `run.ts`. */
export interface CommonOptions {
  readonly json?: boolean;
  readonly dryRun?: boolean;
  readonly lockTimeout?: string;
}
