import { basename, dirname, join, sep } from "node:path";
import type { Host } from "../../io/host.ts";
import { PkiError } from "../../model/error.ts";
import { withExtension } from "./store-file.ts";

/**
 * Which files differ from a revision of git: changed, added, or not tracked at all. A store counts as changed
 * when its stash did; a submodule or a repository of its own that differs counts with all that is in it.
 *
 * @returns a question about paths as the walk has them. @throws PkiError `usage` for what is no revision, or no
 *   work tree; `file-unreadable` where git is missing or fails
 */
export async function changedFiles(
  host: Host,
  paths: readonly string[],
  revision: string,
): Promise<(disk: string) => Promise<boolean>> {
  if (!/^[A-Za-z0-9_@{}~^./-]+$/.test(revision) || revision.startsWith("-")) {
    throw new PkiError("usage", "this is no revision of git", {
      where: "--changed-since",
      hint: "name a branch, a tag or a commit",
    });
  }
  const changed = new Set<string>();
  for (const path of paths) {
    const { kind } = await host.files.stat(path);
    if (kind === "absent") continue;
    const directory = kind === "directory" ? path : dirname(path);
    const ask = async (...args: readonly string[]) => {
      const printed = await host.git.run(directory, args);
      return printed === undefined ? undefined : new TextDecoder().decode(printed);
    };
    const root = (await ask("rev-parse", "--show-toplevel"))?.trimEnd();
    if (root === undefined) {
      throw new PkiError("usage", "is in no work tree of git", {
        path,
        hint: "leave --changed-since away, or name directories of a clone",
      });
    }
    if ((await ask("rev-parse", "--verify", "--quiet", `${revision}^{commit}`)) === undefined) {
      throw new PkiError("usage", `git knows no revision ${revision.slice(0, 80)} here`, {
        where: "--changed-since",
        hint: "fetch it first: a CI clone is often shallow (GitHub: fetch-depth: 0, GitLab: GIT_DEPTH: 0)",
      });
    }
    const text = async (...args: readonly string[]) => {
      const printed = await ask(...args);
      if (printed !== undefined) return printed;
      throw new PkiError("file-unreadable", "git failed", {
        path: directory,
        hint: `try git ${args[0]} there yourself`,
      });
    };
    const raw = [
      "diff",
      "--raw",
      "-z",
      "--no-ext-diff",
      "--no-renames",
      "--ignore-submodules=none",
    ];
    const untracked = ["ls-files", "-z", "--others", "--exclude-standard", "--full-name"];
    for (const name of [
      ...rawNames(await text(...raw, revision, "--")),
      ...(await text(...untracked, "--", ":/")).split("\0"),
    ]) {
      if (name !== "") changed.add(join(root, name.replaceAll("/", sep)));
    }
  }
  const repositories = [...changed].filter((path) => path.endsWith(sep));
  const differs = (path: string) =>
    changed.has(path) ||
    changed.has(withExtension(path, ".sth")) ||
    repositories.some((repository) => path.startsWith(repository));
  const real = new Map<string, Promise<string>>();
  const realPath = (path: string) => {
    const known = real.get(path) ?? host.files.realPath(path);
    real.set(path, known);
    return known;
  };
  // A link differs where it does itself, and where that differs to which it leads.
  return async (disk) =>
    differs(join(await realPath(dirname(disk)), basename(disk))) ||
    differs(await host.files.realPath(disk));
}

/** Of `git diff --raw -z`: facts and name in turn. A submodule's name gets a `/`, as `ls-files` has them. */
function rawNames(text: string): readonly string[] {
  const parts = text.split("\0");
  const names: string[] = [];
  for (let i = 0; i + 1 < parts.length; i += 2) {
    const submodule = /^:\d{6} 160000 /.test(parts[i] as string);
    names.push(submodule ? `${parts[i + 1]}/` : (parts[i + 1] as string));
  }
  return names;
}
