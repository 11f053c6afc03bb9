import { execFileSync } from "node:child_process";

/** Runs git without the user's and the system's settings; gives what it printed. @throws where it fails */
export function git(cwd: string, ...args: readonly string[]): string {
  const person = { NAME: "a", EMAIL: "a@example.com" };
  return execFileSync("git", ["-c", "init.defaultBranch=main", ...args], {
    cwd,
    encoding: "utf8",
    stdio: ["ignore", "pipe", "pipe"],
    env: {
      PATH: process.env.PATH ?? "",
      GIT_CONFIG_GLOBAL: "/dev/null",
      GIT_CONFIG_SYSTEM: "/dev/null",
      ...Object.fromEntries(
        Object.entries(person).flatMap(([name, value]) => [
          [`GIT_AUTHOR_${name}`, value],
          [`GIT_COMMITTER_${name}`, value],
        ]),
      ),
    },
  });
}
