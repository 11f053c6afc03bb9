import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { resolve } from "node:path";

export interface CliRun {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: string;
  readonly stdoutBytes: Uint8Array;
  readonly stderr: string;
}

export interface CliOptions {
  readonly cwd: string;
  readonly env?: Readonly<Record<string, string>>;
  readonly input?: string | Uint8Array;
  /** Generous: a test must not depend on how fast a machine is. */
  readonly timeoutMs?: number;
  /** Another executable than `cliCommand`'s. */
  readonly program?: string;
  /** A program and its arguments to run the binary under, such as strace. */
  readonly under?: readonly string[];
}

/** The program as users run it: `PKI_BIN` (the standalone executable), else `dist/pki.cjs` under Node. */
export function cliCommand(): readonly [string, ...string[]] {
  const binary = resolve(process.env.PKI_BIN ?? "dist/pki.cjs");
  if (!existsSync(binary)) throw new Error(`${binary} is not there: npm run build makes it`);
  return /\.c?js$/.test(binary) ? [process.execPath, binary] : [binary];
}

function environment(options: CliOptions): NodeJS.ProcessEnv {
  const { PATH = "", HOME = "", LANG = "C.UTF-8" } = process.env;
  return { PATH, HOME, LANG, PKI_NO_PROMPT: "1", ...options.env };
}

/** Runs the real binary to its end. */
export function runCli(args: readonly string[], options: CliOptions): CliRun {
  const binary = options.program === undefined ? cliCommand() : [options.program];
  const [program, ...rest] = [...(options.under ?? []), ...binary, ...args];
  const child = spawnSync(program as string, rest, {
    cwd: options.cwd,
    env: environment(options),
    ...(options.input === undefined ? {} : { input: options.input }),
    timeout: options.timeoutMs ?? 60_000,
    maxBuffer: 256 * 1024 * 1024,
  });
  if (child.error !== undefined) throw child.error;
  return {
    code: child.status,
    signal: child.signal,
    stdout: child.stdout.toString("utf8"),
    stdoutBytes: new Uint8Array(child.stdout),
    stderr: child.stderr.toString("utf8"),
  };
}

/** Starts the real binary; several can run at once. */
export function startCli(
  args: readonly string[],
  options: CliOptions,
): { readonly child: ChildProcess; readonly done: Promise<CliRun> } {
  const binary = options.program === undefined ? cliCommand() : [options.program];
  const [program, ...rest] = [...(options.under ?? []), ...binary, ...args];
  const child = spawn(program as string, rest, { cwd: options.cwd, env: environment(options) });
  const out: Buffer[] = [];
  const err: Buffer[] = [];
  child.stdout.on("data", (chunk: Buffer) => out.push(chunk));
  child.stderr.on("data", (chunk: Buffer) => err.push(chunk));
  child.stdin.end(options.input ?? "");
  const done = new Promise<CliRun>((settle, reject) => {
    child.on("error", reject);
    child.on("close", (code, signal) => {
      const bytes = Buffer.concat(out);
      settle({
        code,
        signal,
        stdout: bytes.toString("utf8"),
        stdoutBytes: new Uint8Array(bytes),
        stderr: Buffer.concat(err).toString("utf8"),
      });
    });
  });
  return { child, done };
}
