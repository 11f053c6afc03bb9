import { type ExtractResult, extractEntry } from "../../app/extract.ts";
import { certificateJson } from "../../render/certificate-json.ts";
import { safe } from "../../render/safe.ts";
import type { CommandDefinition } from "../command.ts";
import { addExamples, addPasswordOption, type PasswordOptions } from "../password-options.ts";

interface Options extends PasswordOptions {
  readonly output?: string;
  readonly der?: boolean;
  readonly chain?: boolean;
  readonly force?: boolean;
}

/** `pki extract STORE LABEL` */
export const extractCommand: CommandDefinition<Options, ExtractResult> = {
  writes: true,
  define(command) {
    command
      .argument("<store>", "the keystore")
      .argument("<label>", "the entry; see pki list")
      .option("-o, --output <file>", "write to a file instead of standard output")
      .option("--der", "DER instead of PEM (.arm)")
      .option("--chain", "the issuers after the certificate")
      .option("--force", "replace the file; write DER to a terminal");
    addPasswordOption(command);
    addExamples(
      command,
      ["pki extract key.kdb ibmwebspheremqqm1 -o qm1.arm", "what the other side has to trust"],
      ["pki extract key.p12 server --chain -o chain.pem", "with its issuers, leaf first"],
      ["pki extract key.jks ca --der | openssl x509 -inform der -text", "into another program"],
    );
  },
  locks: (_args, { output }) => (output === undefined ? [] : [output]),
  plan: (host, [store = "", label = ""], options) => extractEntry(host, store, label, options),
  text: ({ what, label, store, output }) =>
    `${safe(output ?? "")}: ${what} "${safe(label)}" of ${safe(store)}\n`,
  bytes: ({ output, bytes }) => (output === undefined ? bytes : undefined),
  json: ({ store, label, what, certificates, output, encoding, bytes }) => ({
    path: store,
    label,
    what,
    encoding,
    output: output ?? null,
    chain: certificates.map(certificateJson),
    ...(output === undefined && encoding === "pem" ? { pem: new TextDecoder().decode(bytes) } : {}),
  }),
};
