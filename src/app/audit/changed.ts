import { dirname, join, sep } from "node:path";
import type { Host } from "../../io/host.ts";
import { PkiError } from "../../model/error.ts";
import { withExtension } from "./store-file.ts";

/**
 * Which files differ from a revision of git: changed, added, or not tracked at all. A store counts as changed
 * when its stash did.
 *
 * @returns a question about real paths. @throws PkiError `usage` for what is no revision;
 *   `file-unreadable` where git cannot say
 */
export async function changedFiles(
  host: Host,
  paths: readonly string[],
  revision: string,
): Promise<(real: string) => boolean> {
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
    const text = async (...args: readonly string[]) =>
      new TextDecoder().decode(await host.git.run(directory, args));
    const root = (await text("rev-parse", "--show-toplevel")).trimEnd();
    const lists = [
      await text("diff", "--name-only", "-z", "--no-ext-diff", "--no-renames", revision, "--"),
      await text("ls-files", "-z", "--others", "--exclude-standard", "--full-name", "--", ":/"),
    ];
    for (const name of lists.join("").split("\0")) {
      if (name !== "") changed.add(join(root, name.replaceAll("/", sep)));
    }
  }
  return (real) => changed.has(real) || changed.has(withExtension(real, ".sth"));
}
