import { caFiles, DEFAULT_CA } from "../../app/ca/ca.ts";
import { type InitCaOptions, type InitCaResult, initCa } from "../../app/ca/init-ca.ts";
import { initCaJson, initCaText } from "../../render/issued.ts";
import type { CommandDefinition } from "../command.ts";
import { addExamples, addPasswordOption } from "../password-options.ts";
import { addValidityOptions } from "./issue.ts";

/** `pki init-ca [DIR]` */
export const initCaCommand: CommandDefinition<InitCaOptions, InitCaResult> = {
  writes: true,
  define(command) {
    command
      .argument("[dir]", "the CA's own directory; default ./ca")
      .option("--subject <name>", "distinguished name, such as CN=Example Root,O=Example,C=GB")
      .option("--key <kind>", "rsa:3072 (default), rsa:4096, ec:P-256, ec:P-384 … or ed25519");
    addValidityOptions(command);
    command
      .option("--ca <dir>", "make a CA below the one in this directory, instead of a root")
      .option("--ca-password <source>", "password of that CA; else PKI_CA_PASSWORD or PKI_PASSWORD")
      .option("--path-length <number>", "how many CAs may stand below this one")
      .option("--force", "make a CA even with a key that is too short");
    addPasswordOption(command);
    addExamples(
      command,
      ["pki init-ca", "asks for a password; makes ca.key, ca.arm, ca.crl and index.ndjson in ./ca"],
      ["pki init-ca --subject 'CN=Example Root,O=Example,C=GB' --key ec:P-384", "another key"],
      ["pki init-ca issuing --ca ca --days 1825", "a CA below the root in ./ca"],
    );
  },
  locks: ([directory], { ca }) => [
    caFiles(directory ?? DEFAULT_CA).index,
    ...(ca === undefined ? [] : [caFiles(ca).index]),
  ],
  plan: (host, [directory = DEFAULT_CA], options) => initCa(host, directory, options),
  text: (result, { dryRun }) => initCaText(result, dryRun),
  json: initCaJson,
};
