import { nearest } from "../app/nearest.ts";
import type { Host } from "../io/host.ts";
import { PkiError } from "../model/error.ts";
import type { AnyCommand } from "./command.ts";
import { Exit } from "./exit-code.ts";
import { asPkiError, reportError, runCommand } from "./run.ts";

interface Verb {
  readonly name: string;
  /** One line for the list of commands. */
  readonly summary: string;
  /** Loads the command's own file: a command pays for nothing but itself. */
  load(): Promise<AnyCommand>;
}

/** Every command, in the order the help shows them. */
export const verbs: readonly Verb[] = [
  {
    name: "list",
    summary: "show what stores hold",
    load: async () => (await import("./commands/list.ts")).listCommand,
  },
  {
    name: "init-ca",
    summary: "make a certificate authority",
    load: async () => (await import("./commands/init-ca.ts")).initCaCommand,
  },
  {
    name: "issue",
    summary: "make a key and its certificate in a store",
    load: async () => (await import("./commands/issue.ts")).issueCommand,
  },
  {
    name: "exchange",
    summary: "make two or more parties trust each other, and prove it",
    load: async () => (await import("./commands/exchange.ts")).exchangeCommand,
  },
  {
    name: "show",
    summary: "show certificates in full",
    load: async () => (await import("./commands/show.ts")).showCommand,
  },
  {
    name: "audit",
    summary: "find what will break in all the stores of a directory",
    load: async () => (await import("./commands/audit.ts")).auditCommand,
  },
  {
    name: "create",
    summary: "make an empty store",
    load: async () => (await import("./commands/create.ts")).createCommand,
  },
  {
    name: "extract",
    summary: "take a certificate out of a store",
    load: async () => (await import("./commands/extract.ts")).extractCommand,
  },
  {
    name: "add",
    summary: "add certificates, or keys, to a store",
    load: async () => (await import("./commands/add.ts")).addCommand,
  },
  {
    name: "stash",
    summary: "write a store's password to a stash file",
    load: async () => (await import("./commands/stash.ts")).stashCommand,
  },
  {
    name: "unstash",
    summary: "get the password back out of a stash file",
    load: async () => (await import("./commands/unstash.ts")).unstashCommand,
  },
];

/**
 * The program: arguments in, exit code out. All output goes through `host.terminal`.
 *
 * @param argv - without node and the script
 */
export async function main(host: Host, argv: readonly string[]): Promise<number> {
  const json = argv.includes("--json");
  try {
    return await dispatch(host, argv);
  } catch (error) {
    return reportError(host, asPkiError(error, host), json);
  }
}

async function dispatch(host: Host, argv: readonly string[]): Promise<number> {
  const [first, ...rest] = argv;
  if (first === undefined || first === "--help" || first === "-h") {
    host.terminal.out(overview());
    return first === undefined ? Exit.usage : Exit.fine;
  }
  if (first === "help") return help(host, rest);
  if (first === "--version" || first === "-V" || first === "version") return version(host, rest);
  return run(host, first, rest);
}

async function run(host: Host, name: string, argv: readonly string[]): Promise<number> {
  const verb = verbs.find((known) => known.name === name);
  if (verb === undefined) throw unknownVerb(name);
  return runCommand(host, verb, await verb.load(), argv);
}

function unknownVerb(name: string): PkiError {
  const known = verbs.map((verb) => verb.name);
  const close = name.startsWith("-") ? undefined : nearest(name, known);
  return new PkiError("usage", `there is no command ${JSON.stringify(name.slice(0, 40))}`, {
    hint: close === undefined ? "see pki help" : `did you mean pki ${close}?`,
  });
}

async function help(host: Host, [name]: readonly string[]): Promise<number> {
  if (name !== undefined) return run(host, name, ["--help"]);
  host.terminal.out(overview());
  return Exit.fine;
}

function version(host: Host, rest: readonly string[]): number {
  if (rest.includes("--json")) {
    const { version: node } = process;
    host.terminal.out(`${JSON.stringify({ schemaVersion: 1, version: PKI_VERSION, node })}\n`);
  } else host.terminal.out(`pki ${PKI_VERSION}\n`);
  return Exit.fine;
}

function overview(): string {
  const width = Math.max(...verbs.map(({ name }) => name.length));
  const lines = verbs.map(({ name, summary }) => `  ${name.padEnd(width)}  ${summary}`);
  return `pki: keystores and certificates (KDB, JKS, PKCS#12, PEM)

usage: pki COMMAND …        pki help COMMAND for its options and examples

${lines.join("\n")}

examples:
  pki list key.kdb                        what is in it, and until when
  pki exchange client.kdb server.jks      make two parties trust each other
  pki extract key.kdb ca -o ca.arm        take a certificate out
`;
}

/** Put in by the build: the version in package.json. */
declare const PKI_VERSION: string;
