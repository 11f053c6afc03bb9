import { readFileSync } from "node:fs";
import { resolve } from "node:path";

/** One command of a transcript and what it must print. */
export interface Step {
  /** Line number of the command, from 1. */
  readonly line: number;
  readonly argv: readonly string[];
  readonly stdout: readonly string[];
  readonly stderr: readonly string[];
  readonly code: number;
  readonly command: string;
  readonly comments: readonly string[];
}

/** A manual that is executed: docs/house.md, "transcripts". */
export interface Transcript {
  readonly steps: readonly Step[];
  /** File name → contents. */
  readonly files: ReadonlyMap<string, Uint8Array>;
  readonly env: Readonly<Record<string, string>>;
  readonly answers: readonly string[] | undefined;
  /** Width of the terminal, where standard output is one. */
  readonly terminal: number | undefined;
  /** The `--` lines as they stand, for rewriting. */
  readonly footer: readonly string[];
}

/**
 * Reads a transcript.
 *
 * `$ pki …` is a command, `2> ` a line on stderr, `= N` the exit code where it is not 0, any other line
 * one on stdout, `...` any number of lines. `# ` is a comment before a command. After the commands:
 * `-- NAME: path` (under certs-fixtures) or `-- NAME: "text"` a file, `-- $NAME: "text"` a variable,
 * `-- answer: "text"` what is typed, `-- terminal: 80`.
 */
export function parseTranscript(text: string): Transcript {
  const steps: Step[] = [];
  const files = new Map<string, Uint8Array>();
  const env: Record<string, string> = {};
  const footer: string[] = [];
  let answers: string[] | undefined;
  let terminal: number | undefined;
  let comments: string[] = [];
  let step: { stdout: string[]; stderr: string[]; code: number } | undefined;
  for (const [i, line] of text.split("\n").entries()) {
    if (line.startsWith("-- ")) {
      footer.push(line);
      const [, name = "", value = ""] = /^-- ([^:]+)(?:: (.*))?$/.exec(line) ?? [];
      const literal = () => JSON.parse(value) as string;
      if (name === "terminal") terminal = Number(value);
      else if (name === "answer") answers = [...(answers ?? []), literal()];
      else if (name.startsWith("$")) env[name.slice(1)] = literal();
      else if (value.startsWith('"')) files.set(name, new TextEncoder().encode(literal()));
      else files.set(name, new Uint8Array(readFileSync(resolve("certs-fixtures", value))));
    } else if (line.startsWith("# ")) {
      comments.push(line);
      step = undefined;
    } else if (line.startsWith("$ ")) {
      const words = splitWords(line.slice(2));
      if (words[0] !== "pki") throw new Error(`line ${i + 1}: only pki can be run`);
      const stdout: string[] = [];
      const stderr: string[] = [];
      const made = {
        line: i + 1,
        argv: words.slice(1),
        command: line,
        comments,
        stdout,
        stderr,
        code: 0,
      };
      comments = [];
      steps.push(made);
      step = made;
    } else if (step === undefined) {
      if (line !== "") throw new Error(`line ${i + 1}: text before the first command`);
    } else if (line.startsWith("2> ")) step.stderr.push(line.slice(3));
    else if (/^= \d+$/.test(line)) step.code = Number(line.slice(2));
    else step.stdout.push(line);
  }
  // Empty lines between two commands separate them and belong to neither.
  for (const { stdout } of steps) while (stdout.at(-1) === "") (stdout as string[]).pop();
  return { steps, files, env, answers, terminal, footer };
}

/** Shell words: blanks separate, single and double quotes hold together. */
export function splitWords(line: string): readonly string[] {
  const words: string[] = [];
  for (const [, quoted, double, plain] of line.matchAll(/'([^']*)'|"([^"]*)"|(\S+)/g)) {
    words.push(quoted ?? double ?? plain ?? "");
  }
  return words;
}

/** True when the printed lines are the expected ones, `...` standing for any. */
export function linesMatch(
  expected: readonly string[],
  printed: readonly string[],
  same: (expected: string, printed: string) => boolean = (a, b) => a === b,
): boolean {
  const [first, ...rest] = expected;
  if (first === undefined) return printed.length === 0;
  if (first !== "...") {
    const [line] = printed;
    return line !== undefined && same(first, line) && linesMatch(rest, printed.slice(1), same);
  }
  for (let skip = 0; skip <= printed.length; skip++) {
    if (linesMatch(rest, printed.slice(skip), same)) return true;
  }
  return false;
}

export function linesOf(text: string): readonly string[] {
  if (text === "") return [];
  const lines = text.split("\n");
  if (lines.at(-1) === "") lines.pop();
  while (lines.at(-1) === "") lines.pop();
  return lines;
}

/** The transcript with what was printed in place of what was expected. */
export function rewriteTranscript(
  transcript: Transcript,
  runs: readonly { readonly stdout: string; readonly stderr: string; readonly code: number }[],
): string {
  const parts = transcript.steps.map((step, i) => {
    const run = runs[i];
    if (run === undefined) return "";
    const keep = step.stdout.includes("...") && linesMatch(step.stdout, linesOf(run.stdout));
    const out = [
      ...step.comments,
      step.command,
      ...(keep ? step.stdout : linesOf(run.stdout)),
      ...linesOf(run.stderr).map((line) => `2> ${line}`),
      ...(run.code === 0 ? [] : [`= ${run.code}`]),
    ];
    return `${out.join("\n")}\n`;
  });
  return `${parts.join("\n")}\n${transcript.footer.join("\n")}\n`;
}
