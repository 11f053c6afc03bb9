import { type AddedEntry, type AddResult, addToStore } from "../../app/add.ts";
import { certificateJson } from "../../render/certificate-json.ts";
import { safe } from "../../render/safe.ts";
import { printName } from "../../x509/name.ts";
import type { CommandDefinition } from "../command.ts";
import {
  addExamples,
  addKeyPasswordOption,
  addPasswordOption,
  type PasswordOptions,
} from "../password-options.ts";

interface Options extends PasswordOptions {
  readonly label?: string;
  readonly key?: boolean;
  readonly create?: boolean;
  readonly type?: string;
  readonly protection?: string;
  readonly fromPassword?: string;
}

/** `pki add STORE FILE…` */
export const addCommand: CommandDefinition<Options, AddResult> = {
  writes: true,
  define(command) {
    command
      .argument("<store>", "the keystore")
      .argument("<file...>", "PEM or DER certificates, bundles, or other keystores")
      .option("--label <label>", "default: the subject; of a keystore's entry, its label")
      .option("--key", "take private keys along, as personal entries")
      .option("--create", "make the store where there is none")
      .option("--type <type>", "format of a store to make: kdb, jks, p12 or pem")
      .option(
        "--protection <id>",
        "how a store to make protects its keys; PEM: none for plain keys",
      )
      .option("--from-password <source>", "password of the files");
    addPasswordOption(command);
    addKeyPasswordOption(command);
    addExamples(
      command,
      ["pki add key.kdb ca.arm --label ca", "one signer"],
      ["pki add trust.jks bundle.pem", "every certificate of the bundle, each under its subject"],
      ["pki add key.kdb server.p12 --key --from-password env:P12", "import a key with its chain"],
    );
  },
  locks: ([store]) => (store === undefined ? [] : [store]),
  plan: (host, [store = "", ...files], options) => addToStore(host, store, files, options),
  text: ({ store, added, present }, { dryRun }) => {
    const lines = [
      ...added.map((entry) => `${safe(store)}: ${addedText(entry, dryRun)}\n`),
      ...present.map((entry) => `${safe(store)}: ${presentText(entry)}\n`),
    ];
    return lines.join("") + (added.length === 0 ? "nothing to do\n" : "");
  },
  json: ({ store, added, present }) => ({
    path: store,
    added: added.map(entryJson),
    present: present.map(entryJson),
  }),
};

function addedText({ kind, label, certificate }: AddedEntry, dryRun: boolean): string {
  const what = kind === "key" ? "key" : "signer";
  return `${dryRun ? "would add" : "added"} ${what} "${safe(label)}"${ofSubject(label, certificate)}`;
}

function presentText({ label, certificate }: AddedEntry): string {
  return `has it already as "${safe(label)}"${ofSubject(label, certificate)}`;
}

/** The subject, where the label does not say it. */
function ofSubject(label: string, certificate: AddedEntry["certificate"]): string {
  const subject = printName(certificate.subject);
  return subject.toLowerCase() === label.toLowerCase() ? "" : ` (${safe(subject)})`;
}

function entryJson({ label, kind, certificate }: AddedEntry): Readonly<Record<string, unknown>> {
  return { label, kind, certificate: certificateJson(certificate) };
}
