import type { Command } from "commander";
import type { NewStoreOptions } from "../app/new-store.ts";
import { PkiError } from "../model/error.ts";

/** Options of a command that may make a store, as commander gives them. */
export interface NewStoreFlags {
  readonly type?: string;
  readonly kdbVersion?: string;
  readonly protection?: string;
  readonly expire?: string;
  readonly stash?: boolean;
  readonly stashVersion?: string;
}

const MAX_DAYS = 36_500;

/** @param types - what `--type` may say */
export function addNewStoreOptions(command: Command, types = "kdb, jks, p12 or pem"): void {
  command
    .option("--type <type>", `new store: ${types}, where the name does not say it`)
    .option(
      "--kdb-version <version>",
      "new key database: 3, 4 (default; every GSKit in support reads it) or 6",
    )
    .option("--expire <days>", "new key database: its password expires after so many days")
    .option("--stash", "new key database or PKCS#12: a stash of the password beside it")
    .option("--stash-version <version>", "1 or 2 (default)")
    .option("--protection <id>", "new store: how keys are encrypted; see docs/cli.md for the ids");
}

/** @throws PkiError `usage` */
export function newStoreOptions(flags: NewStoreFlags): NewStoreOptions {
  const { type, kdbVersion, protection, expire, stash } = flags;
  const version = stashVersion(flags.stashVersion);
  return {
    ...(type === undefined ? {} : { type }),
    ...(kdbVersion === undefined ? {} : { kdbVersion }),
    ...(protection === undefined ? {} : { protection }),
    ...(expire === undefined ? {} : { expireDays: expireDays(expire) }),
    ...(stash === true || version !== undefined ? { stash: true } : {}),
    ...(version === undefined ? {} : { stashVersion: version }),
  };
}

function expireDays(text: string): number {
  const value = /^\d{1,6}$/.test(text) ? Number(text) : 0;
  if (value >= 1 && value <= MAX_DAYS) return value;
  throw new PkiError("usage", `needs a number of days from 1 to ${MAX_DAYS}`, {
    where: "--expire",
  });
}

/** @throws PkiError `usage` */
export function stashVersion(text: string | undefined): 1 | 2 | undefined {
  if (text === undefined) return undefined;
  if (text === "1") return 1;
  if (text === "2") return 2;
  throw new PkiError("usage", "a stash has version 1 or 2", { where: "--stash-version" });
}
