import { execFile } from "node:child_process";

/**
 * Runs a real tool with an English locale and no input, and gives what it printed to both outputs.
 *
 * @throws Error with all that it printed, where it fails
 */
export function run(file: string, args: readonly string[], cwd?: string): Promise<string> {
  const env = { ...process.env, LC_ALL: "C.UTF-8", LANG: "C.UTF-8", NODE_EXTRA_CA_CERTS: "" };
  return new Promise((done, fail) => {
    const child = execFile(file, [...args], { cwd, env, timeout: 60_000 }, (error, out, err) => {
      if (error === null) done(out + err);
      else fail(new Error(`${file} ${args[0] ?? ""} failed\n${out}${err}`));
    });
    child.stdin?.end();
  });
}
