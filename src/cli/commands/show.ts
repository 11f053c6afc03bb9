import { type ShowResult, showStore } from "../../app/show.ts";
import { showJson, showText } from "../../render/show.ts";
import type { CommandDefinition } from "../command.ts";
import { addExamples, addPasswordOption, type PasswordOptions } from "../password-options.ts";

/** `pki show STORE [LABEL]` */
export const showCommand: CommandDefinition<PasswordOptions, ShowResult> = {
  writes: false,
  define(command) {
    command
      .argument("<store>", "KDB, JKS, PKCS#12, PEM or DER file")
      .argument("[label]", "one entry; default: all");
    addPasswordOption(command);
    addExamples(
      command,
      ["pki show key.kdb ibmwebspheremqqm1", "one entry: its certificates and their extensions"],
      ["pki show server.pem", "every certificate of a file"],
    );
  },
  plan: (host, [store = "", label], options) =>
    showStore(
      host,
      store,
      label,
      options.password === undefined ? {} : { password: options.password },
    ),
  text: (result, { now }) => showText(result, now),
  json: showJson,
};
