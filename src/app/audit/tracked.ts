import { dirname, join, sep } from "node:path";
import type { Host } from "../../io/host.ts";
import { isTracked, type WorkTree, workTreeOf } from "./git-index.ts";
import type { Tracked } from "./inspection.ts";

/** What git tracks under the named paths. */
export async function trackedUnder(host: Host, paths: readonly string[]): Promise<Tracked> {
  const { files } = host;
  const roots = new Map<string, { readonly real: string; readonly tree: WorkTree }>();
  for (const path of paths) {
    const { kind } = await files.stat(path);
    const directory = kind === "directory" ? path : dirname(path);
    const shown = files.resolve(directory);
    if (roots.has(shown)) continue;
    const tree = await workTreeOf(host, directory);
    if (tree !== undefined) roots.set(shown, { real: await files.realPath(directory), tree });
  }
  if (roots.size === 0) return () => undefined;
  return (disk) => {
    const path = files.resolve(disk);
    for (const [shown, { real, tree }] of roots) {
      // The walk enters no links, so only the named directory itself may be one.
      const below = shown.endsWith(sep) ? shown : `${shown}${sep}`;
      if (!path.startsWith(below)) continue;
      const known = isTracked(tree, join(real, path.slice(below.length)));
      if (known !== undefined) return known;
    }
    return undefined;
  };
}
