import { execFile, execFileSync } from "node:child_process";
import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join, resolve } from "node:path";

export interface JavaRun {
  readonly code: number;
  readonly output: string;
  readonly errors: string;
}

/**
 * Compiles programs of test/support/java with the given JDK.
 *
 * @param java - path of `java`; `javac` is beside it
 * @param programs - class names, each in its own file, such as `Jsse`
 * @returns the class directory
 */
export function compileJava(
  java: string,
  programs: readonly string[],
  classPath: readonly string[] = [],
): string {
  const output = mkdtempSync(join(tmpdir(), "pki-java-"));
  execFileSync(join(dirname(java), "javac"), [
    "-nowarn",
    "-d",
    output,
    ...(classPath.length === 0 ? [] : ["-cp", classPath.join(":")]),
    ...programs.map((name) => resolve("test/support/java", `${name}.java`)),
  ]);
  return output;
}

/** Runs a compiled program. A failing one is an answer, not an exception. */
export function runJava(
  java: string,
  classPath: readonly string[],
  program: string,
  args: readonly string[],
  jvm: readonly string[] = [],
): Promise<JavaRun> {
  const command = ["-XX:TieredStopAtLevel=1", ...jvm, "-cp", classPath.join(":"), program, ...args];
  return new Promise((done) => {
    execFile(java, command, { timeout: 60_000 }, (error, stdout, stderr) => {
      const code = error === null ? 0 : typeof error.code === "number" ? error.code : 1;
      done({ code, output: stdout, errors: stderr });
    });
  });
}
