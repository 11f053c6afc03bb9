import { type StashResult, stashPassword } from "../../app/stash.ts";
import { safe } from "../../render/safe.ts";
import type { CommandDefinition } from "../command.ts";
import { stashVersion } from "../new-store-options.ts";
import { addExamples, addPasswordOption, type PasswordOptions } from "../password-options.ts";

interface Options extends PasswordOptions {
  readonly stashVersion?: string;
}

/** `pki stash STORE` */
export const stashCommand: CommandDefinition<Options, StashResult> = {
  writes: true,
  define(command) {
    command
      .argument("<store>", "a key database or PKCS#12 file")
      .option("--stash-version <version>", "1 or 2; default 2, or what the stash has");
    addPasswordOption(command);
    addExamples(
      command,
      ["pki stash key.kdb", "asks for the password, tries it, and writes key.sth (mode 0600)"],
      ["pki stash key.kdb --password file:pw.txt --stash-version 1", "for old products"],
    );
  },
  locks: ([store]) => (store === undefined ? [] : [store]),
  plan: (host, [store = ""], options) => {
    const version = stashVersion(options.stashVersion);
    const { password } = options;
    return stashPassword(host, store, {
      ...(password === undefined ? {} : { password }),
      ...(version === undefined ? {} : { stashVersion: version }),
    });
  },
  text: ({ stash, store, version, changed }) =>
    changed
      ? `${safe(stash)}: stash of ${safe(store)}, version ${version}\n`
      : `${safe(stash)}: holds the password already\nnothing to do\n`,
  json: ({ stash, store, version, changed }) => ({ path: store, stash, version, changed }),
};
