import { type CreateResult, createStore } from "../../app/create.ts";
import { isoTime } from "../../render/json.ts";
import { safe } from "../../render/safe.ts";
import type { CommandDefinition } from "../command.ts";
import { addNewStoreOptions, type NewStoreFlags, newStoreOptions } from "../new-store-options.ts";
import { addExamples, addPasswordOption, type PasswordOptions } from "../password-options.ts";

interface Options extends NewStoreFlags, PasswordOptions {}

/** `pki create STORE` */
export const createCommand: CommandDefinition<Options, CreateResult> = {
  writes: true,
  define(command) {
    command.argument("<store>", "the file to make; its extension says the format");
    addNewStoreOptions(command, "kdb, jks or p12");
    addPasswordOption(command);
    addExamples(
      command,
      ["pki create key.kdb --stash", "asks for the password twice; also makes .rdb, .crl and .sth"],
      ["pki create trust.p12 --password env:TRUST_PASSWORD", "for scripts"],
      ["pki create old.kdb --kdb-version 3 --expire 365", "for old products, with an expiry"],
    );
  },
  locks: ([store]) => (store === undefined ? [] : [store]),
  plan: (host, [store = ""], { password, ...flags }) =>
    createStore(host, store, {
      ...newStoreOptions(flags),
      ...(password === undefined ? {} : { password }),
    }),
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
