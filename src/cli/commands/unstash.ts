import { type UnstashOptions, type UnstashResult, unstashPassword } from "../../app/stash.ts";
import { PkiError } from "../../model/error.ts";
import { safe } from "../../render/safe.ts";
import type { CommandDefinition } from "../command.ts";
import { addExamples } from "../password-options.ts";

interface Options extends UnstashOptions {
  readonly json?: boolean;
}

/** `pki unstash STORE` */
export const unstashCommand: CommandDefinition<Options, UnstashResult> = {
  writes: true,
  define(command) {
    command
      .argument("<store>", "a stash file (.sth), or the store beside it")
      .option("-o, --output <file>", "write the password to a file (mode 0600)")
      .option("--show", "print the password even where standard output is no terminal");
    addExamples(
      command,
      ["pki unstash key.kdb", "show the password on the terminal"],
      ["pki unstash key.sth -o pw.txt", "for use as --password file:pw.txt"],
    );
  },
  locks: (_args, { output }) => (output === undefined ? [] : [output]),
  plan: (host, [path = ""], options) => {
    if (options.json === true && options.output === undefined) {
      throw new PkiError("usage", "a password is never part of JSON", {
        where: "--json",
        hint: "give -o FILE, or leave --json away",
      });
    }
    return unstashPassword(host, path, options);
  },
  text: ({ output, stash }) => `${safe(output ?? "")}: password of ${safe(stash)}\n`,
  bytes: ({ password }) => password?.use((bytes) => Uint8Array.from([...bytes, 0x0a])),
  json: ({ stash, output }) => ({ stash, output: output ?? null }),
};
