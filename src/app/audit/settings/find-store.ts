import { extname, posix } from "node:path";
import type { ConfiguredStore } from "../../../model/inventory.ts";
import type { NamedStore } from "./named-stores.ts";

/** What is asked of the disk: whether a file, or a directory, is there. */
export interface Disk {
  isFile(path: string): Promise<boolean>;
  isDirectory(path: string): Promise<boolean>;
}

/** The file that names it: as reported, and for the disk. */
export interface Where {
  readonly path: string;
  readonly disk: string;
}

/**
 * Looks for a key database that a configuration file names: where it says, or in the same place of the tree that
 * the configuration file itself is in (a copy of a machine's files, an image, a checkout).
 *
 * Missing is only what should be near: the name and the configuration file begin with the same two directories, as
 * `/opt/IBM/HTTPServer/conf/httpd.conf` and `/opt/IBM/HTTPServer/key.kdb` do, and its directory is there. What is
 * on another machine, or elsewhere, is nobody's fault here.
 */
export async function findStore(
  store: NamedStore,
  where: Where,
  disk: Disk,
): Promise<ConfiguredStore> {
  const { root, ...said } = store;
  const told = { ...said, named: store.named };
  const name = absolute(store);
  if (name === undefined) return { ...told, missing: false };
  const own = where.disk.split("/").slice(0, -1);
  const fromRoot = where.disk.startsWith("/");
  let missing = false;
  for (let depth = own.length; depth >= (fromRoot ? 1 : 0); depth--) {
    const above = depth === 0 ? "." : own.slice(0, depth).join("/");
    for (const file of spellings(posix.normalize(`${above}${name}`))) {
      if (await disk.isFile(file)) return { ...told, path: reported(file, where), missing: false };
    }
    const near = name.split("/").slice(1, 3).join("/");
    if (own.slice(depth, depth + 2).join("/") === near) {
      missing ||= await disk.isDirectory(posix.normalize(`${above}${posix.dirname(name)}`));
    }
  }
  for (const file of fromRoot ? [] : spellings(name)) {
    if (await disk.isFile(file)) return { ...told, path: file, missing: false };
  }
  return { ...told, missing };
}

/** Absolute, with `/`; undefined for a Windows path and what nobody knows the start of. */
function absolute({ named, root }: NamedStore): string | undefined {
  if (named.startsWith("/")) return posix.normalize(named);
  return root?.startsWith("/") === true && !/[\\:]/.test(named)
    ? posix.normalize(`${root}/${named}`)
    : undefined;
}

/** MQ adds `.kdb` to a name without an extension, and before 9.3 to any. */
const spellings = (file: string): readonly string[] =>
  extname(file) === "" ? [`${file}.kdb`] : [file, `${file}.kdb`];

/** A path of the disk as the audit reports it. */
function reported(file: string, { path, disk }: Where): string {
  const root = disk.endsWith(path) ? disk.slice(0, disk.length - path.length) : undefined;
  return root !== undefined && file.startsWith(root) ? file.slice(root.length) : file;
}
