import { type ListOptions, type ListResult, listStores } from "../../app/list.ts";
import { errorText } from "../../render/error.ts";
import { listText } from "../../render/list.ts";
import type { CommandDefinition, CommonOptions } from "../command.ts";
import { Exit, exitCodeOf } from "../exit-code.ts";
import { addExamples, addPasswordOption, type PasswordOptions } from "../password-options.ts";

/** `pki list STORE…` */
export const listCommand: CommandDefinition<PasswordOptions & CommonOptions, ListResult> = {
  writes: false,
  plain: { flags: ["json"], values: ["password"] },
  define(command) {
    command.argument("<store...>", "KDB, JKS, PKCS#12, PEM or DER files");
    addPasswordOption(command);
    addExamples(
      command,
      ["pki list key.kdb", "labels, kinds, and until when each certificate is valid"],
      ["pki list key.p12 --password env:P12_PASSWORD", "check the store's integrity as well"],
      ["pki list *.kdb *.jks --json", "for scripts; docs/schemas/list.schema.json"],
    );
  },
  plan: (host, args, options) => {
    // The table shows leaves alone; JSON has the chains.
    const looks: ListOptions = { leavesOnly: options.json !== true };
    const { password } = options;
    return listStores(host, args, password === undefined ? looks : { ...looks, password });
  },
  text: (result, view) => listText(result, view.now, view.columns),
  json: async (result) => (await import("../../render/list-json.ts")).listJson(result),
  errors: (result) => result.failures.map(errorText).join(""),
  exitCode({ stores, failures }) {
    const codes = new Set(failures.map(({ code }) => exitCodeOf(code)));
    const [only] = codes;
    if (only === undefined) return Exit.fine;
    return stores.length === 0 && codes.size === 1 ? only : Exit.someFailed;
  },
};
