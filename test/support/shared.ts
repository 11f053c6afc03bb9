import { existsSync, readdirSync } from "node:fs";
import { join, resolve } from "node:path";

/** Real files of other projects, beside the repository where they are at hand; never part of it. */
const root = resolve("../shared/fixtures");

/** The path of a shared fixture, such as `kdb/x.kdb`; undefined where it is absent. */
export function sharedFixture(path: string): string | undefined {
  const full = join(root, path);
  return existsSync(full) ? full : undefined;
}

/** The names in a shared folder, sorted; none where it is absent. */
export function sharedFolder(path: string): readonly string[] {
  const full = sharedFixture(path);
  return full === undefined ? [] : readdirSync(full).sort();
}
