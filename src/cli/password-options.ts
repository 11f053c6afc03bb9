import type { Command } from "commander";

/** Options of every command that opens a store. */
export interface PasswordOptions {
  readonly password?: string;
  readonly keyPassword?: string;
}

const SOURCES = "env:VAR, file:PATH, fd:N, stdin, prompt, stash or pass:TEXT";

export function addPasswordOption(command: Command): void {
  command.option("--password <source>", `the store's password: ${SOURCES}`);
}

export function addKeyPasswordOption(command: Command): void {
  command.option("--key-password <source>", "password of its keys, where it is another one");
}

/** The examples under a command's help: a line of what it does, then the command. */
export function addExamples(
  command: Command,
  ...examples: readonly (readonly [string, string])[]
): void {
  const lines = examples.map(([line, what]) => `  ${line}\n      ${what}`);
  command.addHelpText("after", `\nexamples:\n${lines.join("\n")}`);
}
