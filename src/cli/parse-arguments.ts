import { Command, type CommanderError } from "commander";
import type { Host } from "../io/host.ts";
import { PkiError } from "../model/error.ts";
import { type CommandDefinition, type CommonOptions, LOCK_SECONDS } from "./command.ts";
import type { Arguments } from "./plain-arguments.ts";

/**
 * Reads a command line with commander.
 *
 * @param argv - what stands after the verb
 * @returns undefined where help was asked for and given
 * @throws PkiError `usage`; the text of no option's value is quoted
 */
export function parseArguments(
  host: Host,
  verb: { readonly name: string; readonly summary: string },
  definition: CommandDefinition<CommonOptions, unknown, unknown>,
  argv: readonly string[],
): Arguments | undefined {
  const command = new Command(`pki ${verb.name}`).description(verb.summary);
  command
    .exitOverride()
    .configureOutput({ writeOut: (text) => host.terminal.out(text), writeErr: () => {} })
    .configureHelp({
      helpWidth: Math.min(host.terminal.stdoutIsTerminal ? host.terminal.columns : 100, 100),
    })
    .helpOption("-h, --help", "show this help");
  definition.define(command);
  command.option("--json", "write JSON to standard output");
  if (definition.writes) {
    command
      .option("--dry-run", "show what would be written, and write nothing")
      .option(
        "--lock-timeout <seconds>",
        "how long to wait for another writer",
        String(LOCK_SECONDS),
      );
  }
  try {
    command.parse(argv as string[], { from: "user" });
  } catch (error) {
    const { code, message } = error as CommanderError;
    if (code === "commander.helpDisplayed" || code === "commander.help") return undefined;
    if (typeof code !== "string" || !code.startsWith("commander.")) throw error;
    throw usageError(verb.name, message);
  }
  return { args: command.args, options: command.opts() };
}

/** Commander quotes what it does not know; what stands after `=` may be a password. */
function usageError(name: string, message: string): PkiError {
  const text = message
    .replace(/^error: /, "")
    .replace(/'(--?[A-Za-z][\w-]*)=[^']*'/g, "'$1'")
    .replace(/\.?\n.*$/s, (rest) => {
      const suggestion = /\(Did you mean [^)]*\)/.exec(rest)?.[0];
      return suggestion === undefined ? "" : ` ${suggestion}`;
    });
  return new PkiError("usage", text.charAt(0).toLowerCase() + text.slice(1), {
    hint: `see pki help ${name}`,
  });
}
