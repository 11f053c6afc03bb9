import { execFile } from "node:child_process";
import { resolve } from "node:path";

export interface ProgramRun {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

/** The program under test: dist/pki.cjs on this Node, or the executable that `PKI_BIN` names. */
export function programCommand(bin: string | undefined = process.env.PKI_BIN): readonly string[] {
  return bin === undefined ? [process.execPath, resolve("dist/pki.cjs")] : [resolve(bin)];
}

/**
 * Runs the real program, without a terminal and without standard input, in `cwd`.
 *
 * @param env - set on top of this process's environment, from which every `PKI_` variable is taken out
 */
export function runProgram(
  cwd: string,
  args: readonly string[],
  env: Readonly<Record<string, string>> = {},
  bin?: string,
): Promise<ProgramRun> {
  const [file = "", ...before] = programCommand(bin);
  const inherited = Object.fromEntries(
    Object.entries(process.env).filter(
      ([name]) => !name.startsWith("PKI_") && name !== "NODE_EXTRA_CA_CERTS",
    ),
  );
  return new Promise((done) => {
    const child = execFile(
      file,
      [...before, ...args],
      { cwd, env: { ...inherited, ...env }, timeout: 60_000, maxBuffer: 1 << 26 },
      (error, out, err) => {
        const code = error === null ? 0 : typeof error.code === "number" ? error.code : 1;
        done({ code, out, err });
      },
    );
    child.stdin?.end();
  });
}

/** The same, for a step that must succeed. @throws Error with all that it printed */
export async function mustRun(
  cwd: string,
  args: readonly string[],
  env: Readonly<Record<string, string>> = {},
  bin?: string,
): Promise<string> {
  const run = await runProgram(cwd, args, env, bin);
  if (run.code !== 0) {
    throw new Error(`pki ${args.join(" ")} ended with ${run.code}\n${run.out}${run.err}`);
  }
  return run.out;
}
