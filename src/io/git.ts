import { execFile } from "node:child_process";
import { PkiError } from "../model/error.ts";
import { systemCode } from "./system-error.ts";

const MAX_OUTPUT = 64 * 1024 * 1024;

/**
 * A repository may be anybody's: what its configuration could make git start is switched off.
 * https://git-scm.com/docs/git-config: core.fsmonitor, core.hooksPath, core.pager.
 */
const SAFE = [
  "--no-pager",
  "--no-optional-locks",
  "-c",
  "core.fsmonitor=false",
  "-c",
  "core.hooksPath=/dev/null",
  "-c",
  "core.quotePath=false",
];

/** What git prints; undefined where it says no. @throws PkiError `file-unreadable` */
export function runGit(
  directory: string,
  args: readonly string[],
): Promise<Uint8Array | undefined> {
  return new Promise((resolve, reject) => {
    const options = {
      cwd: directory,
      encoding: "buffer",
      maxBuffer: MAX_OUTPUT,
      timeout: 60_000,
      env: environment(),
    } as const;
    execFile("git", [...SAFE, ...args], options, (error, stdout) => {
      if (error === null) {
        resolve(new Uint8Array(stdout));
        return;
      }
      if (typeof error.code === "number") {
        resolve(undefined);
        return;
      }
      const missing = systemCode(error) === "ENOENT";
      reject(
        new PkiError("file-unreadable", missing ? "git is not installed" : "git failed", {
          path: directory,
          hint: missing
            ? "install git, or leave --changed-since away"
            : `try git ${args[0]} there yourself`,
          cause: error,
        }),
      );
    });
  });
}

/** A hook of git has these set for its own repository, relative to its own directory. */
const OF_HOOKS = ["GIT_DIR", "GIT_WORK_TREE", "GIT_INDEX_FILE", "GIT_PREFIX", "GIT_EXTERNAL_DIFF"];

function environment(): NodeJS.ProcessEnv {
  const kept = Object.entries(process.env).filter(([name]) => !OF_HOOKS.includes(name));
  return { ...Object.fromEntries(kept), GIT_TERMINAL_PROMPT: "0" };
}
