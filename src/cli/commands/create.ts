import { type CreateResult, createStore } from "../../app/create.ts";
import type { NewStoreOptions } from "../../app/new-store.ts";
import { PkiError } from "../../model/error.ts";
import { isoTime } from "../../render/json.ts";
import { safe } from "../../render/safe.ts";
import type { CommandDefinition } from "../command.ts";
import { addExamples, addPasswordOption, type PasswordOptions } from "../password-options.ts";

interface Options extends PasswordOptions {
  readonly type?: string;
  readonly kdbVersion?: string;
  readonly expire?: string;
  readonly stash?: boolean;
  readonly stashVersion?: string;
  readonly protection?: string;
}

const MAX_DAYS = 36_500;

/** `pki create STORE` */
export const createCommand: CommandDefinition<Options, CreateResult> = {
  writes: true,
  define(command) {
    command
      .argument("<store>", "the file to make; its extension says the format")
      .option("--type <type>", "kdb, jks or p12, where the name does not say it")
      .option("--kdb-version <version>", "3, 4 or 6; default 4, which every GSKit in support reads")
      .option("--expire <days>", "KDB: the password expires after so many days")
      .option("--stash", "write the password to a stash file (.sth) beside it")
      .option("--stash-version <version>", "1 or 2; default 2")
      .option("--protection <id>", "how keys are encrypted; see docs/cli.md for the ids");
    addPasswordOption(command);
    addExamples(
      command,
      ["pki create key.kdb --stash", "asks for the password twice; also makes .rdb, .crl and .sth"],
      ["pki create trust.p12 --password env:TRUST_PASSWORD", "for scripts"],
      ["pki create old.kdb --kdb-version 3 --expire 365", "for old products, with an expiry"],
    );
  },
  locks: ([store]) => (store === undefined ? [] : [store]),
  plan: (host, [store = ""], options) => createStore(host, store, newStoreOptions(options)),
  text: ({ made, files }, { dryRun }) => {
    const { container, codec } = made;
    const version = container.version === "" ? "" : ` ${container.version}`;
    const rest = files.slice(1).map((file) => `  with ${safe(file)}\n`);
    return `${dryRun ? "would make" : "made"} ${safe(made.path)}: ${codec.title}${version}, ${container.protection}\n${rest.join("")}`;
  },
  json: ({ made, files }) => ({
    path: made.path,
    format: made.container.format,
    version: made.container.version,
    protection: made.container.protection,
    ...(made.container.passwordExpires === undefined
      ? {}
      : { passwordExpires: isoTime(made.container.passwordExpires) }),
    files,
  }),
};

function newStoreOptions(options: Options): NewStoreOptions {
  const { type, kdbVersion, protection, password, stash } = options;
  const version = stashVersion(options.stashVersion);
  return {
    ...(type === undefined ? {} : { type }),
    ...(kdbVersion === undefined ? {} : { kdbVersion }),
    ...(protection === undefined ? {} : { protection }),
    ...(password === undefined ? {} : { password }),
    ...(options.expire === undefined ? {} : { expireDays: days(options.expire) }),
    ...(stash === true || version !== undefined ? { stash: true } : {}),
    ...(version === undefined ? {} : { stashVersion: version }),
  };
}

function days(text: string): number {
  const value = /^\d{1,6}$/.test(text) ? Number(text) : Number.NaN;
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
