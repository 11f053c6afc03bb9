import { isAbsolute, join, parse, relative, sep } from "node:path";
import type { FileLook, Host } from "../../io/host.ts";
import { PkiError } from "../../model/error.ts";
import { type IgnoreVerdict, loadIgnoreFile } from "./globs.ts";

/** A regular file that the walk came by. */
export interface WalkedFile {
  /** As reported: `/` between parts. */
  readonly path: string;
  /** For the host. */
  readonly disk: string;
  readonly look: FileLook;
  /** The one path that the user named: then it is told even where it is nothing of ours. */
  readonly named: boolean;
}

/** What could not be looked at: told as refused. */
export interface WalkProblem {
  readonly path: string;
  readonly error: PkiError;
}

/** The name of the files that say what an audit leaves alone. */
export const IGNORE_FILE = ".pkiignore";
/** Version control's own: nothing in there is anybody's keystore. */
const NEVER_ENTERED = new Set([".git", ".hg", ".svn"]);
const MAX_DEPTH = 128;

interface Scope {
  /** Where the patterns are relative to, as reported, with its `/`; empty for the root. */
  readonly prefix: string;
  readonly says: IgnoreVerdict;
}

/**
 * Every regular file under the named paths, names sorted, each once.
 *
 * Links: one that the user named is followed. In a tree a linked directory is not entered, and a linked
 * file is looked at only where it leads out of every named directory (inside, it is met itself).
 * Sockets, FIFOs and devices are left alone.
 */
export class Walk {
  readonly problems: WalkProblem[] = [];
  /** Named paths that do not exist. */
  readonly missing: string[] = [];
  readonly #host: Host;
  readonly #seen = new Set<string>();
  readonly #roots: string[] = [];

  constructor(host: Host) {
    this.#host = host;
  }

  async *files(paths: readonly string[]): AsyncGenerator<WalkedFile> {
    const { files } = this.#host;
    const here = await files.realPath(".");
    const kinds: { path: string; kind: string; real: string }[] = [];
    for (const path of paths) {
      const { kind } = await files.stat(path);
      const real = await files.realPath(path);
      if (kind === "directory") this.#roots.push(real);
      kinds.push({ path, kind, real });
    }
    for (const { path, kind, real } of kinds) {
      if (kind === "absent") this.missing.push(path);
      else if (kind === "directory") {
        const prefix = paths.length === 1 ? "" : withSlash(reported(path, here));
        yield* this.#directory(path, prefix, [], 0);
      } else if (kind === "file") {
        if (this.#first(real)) {
          const look = await files.look(real);
          yield { path: reported(path, here), disk: path, look, named: paths.length === 1 };
        }
      } else {
        const error = new PkiError("file-unreadable", "is not a regular file", { path });
        this.problems.push({ path: reported(path, here), error });
      }
    }
  }

  #first(real: string): boolean {
    if (this.#seen.has(real)) return false;
    this.#seen.add(real);
    return true;
  }

  async *#directory(
    disk: string,
    prefix: string,
    outer: readonly Scope[],
    depth: number,
  ): AsyncGenerator<WalkedFile> {
    const { files } = this.#host;
    // Links to directories are not entered, so a directory has one path; a root inside another has two.
    if (this.#roots.length > 1 && !this.#first(await files.realPath(disk))) return;
    let names: readonly string[];
    try {
      if (depth > MAX_DEPTH) throw new PkiError("limit-exceeded", "directories nest too deeply");
      names = await files.list(disk);
    } catch (error) {
      if (!(error instanceof PkiError)) throw error;
      this.problems.push({ path: prefix === "" ? "." : prefix.slice(0, -1), error });
      return;
    }
    const scopes = names.includes(IGNORE_FILE)
      ? [...outer, await this.#scope(join(disk, IGNORE_FILE), prefix)]
      : outer;
    // What `join` makes of it, with each name appended: none of them is `.` or `..`.
    const folder = join(disk, "x").slice(0, -1);
    for (const name of names) {
      const path = `${prefix}${name}`;
      const at = `${folder}${name}`;
      let look: FileLook;
      try {
        look = await files.look(at);
      } catch (error) {
        const problem = error instanceof PkiError ? error : unreadable(at, error);
        this.problems.push({ path, error: problem });
        continue;
      }
      if (look.kind === "directory") {
        if (NEVER_ENTERED.has(name) || ignored(scopes, `${path}/`)) continue;
        yield* this.#directory(at, `${path}/`, scopes, depth + 1);
      } else if (look.kind === "file") {
        if (ignored(scopes, path)) continue;
        if (this.#roots.length > 1 && !this.#first(await files.realPath(at))) continue;
        yield { path, disk: at, look, named: false };
      } else if (look.kind === "link") {
        if (!ignored(scopes, path)) yield* this.#link(at, path);
      } else if (look.kind === "absent" && name.includes("\ufffd")) {
        const error = new PkiError("file-unreadable", "its name is no UTF-8", { path: at });
        this.problems.push({ path, error });
      }
    }
  }

  async *#link(at: string, path: string): AsyncGenerator<WalkedFile> {
    const { files } = this.#host;
    try {
      if ((await files.stat(at)).kind !== "file") return;
      const real = await files.realPath(at);
      if (this.#roots.some((root) => real.startsWith(withSeparator(root)))) return;
      if (this.#first(real)) yield { path, disk: at, look: await files.look(real), named: false };
    } catch {
      // A loop of links, or one into what may not be seen: no file to audit.
    }
  }

  async #scope(file: string, prefix: string): Promise<Scope> {
    try {
      const { bytes } = await this.#host.files.read(file, 1024 * 1024);
      return { prefix, says: await loadIgnoreFile(bytes) };
    } catch (error) {
      if (!(error instanceof PkiError)) throw error;
      this.problems.push({ path: `${prefix}${IGNORE_FILE}`, error });
      return { prefix, says: () => undefined };
    }
  }
}

/** The nearest ignore file that says something about a path decides, as in git. */
function ignored(scopes: readonly Scope[], path: string): boolean {
  for (let i = scopes.length - 1; i >= 0; i--) {
    const { prefix, says } = scopes[i] as Scope;
    const verdict = says(path.slice(prefix.length));
    if (verdict !== undefined) return verdict === "ignored";
  }
  return false;
}

function unreadable(path: string, cause: unknown): PkiError {
  return new PkiError("file-unreadable", "cannot be looked at", { path, cause });
}

/**
 * A path as reports show it: what is below the directory that the user is in, relative to it, so that a finding keeps
 * its path and fingerprint however the path was written. `..` stays: with links it may lead anywhere.
 *
 * @param here - the directory that the user is in, as the system knows it
 */
export function reported(path: string, here?: string): string {
  // Of the root of the disk everything is below: there absolute paths stay.
  const nowhere = here === undefined || parse(here).root === here || !isAbsolute(path);
  const below = nowhere ? ".." : relative(here, path);
  const inside = below !== ".." && !below.startsWith(`..${sep}`) && !isAbsolute(below);
  const named = inside ? below : path;
  const plain = sep === "\\" ? named.replaceAll("\\", "/") : named;
  const trimmed = plain
    .replace(/(?<=.)\/(?:\.?\/)+/g, "/")
    .replace(/^(?:\.\/)+/, "")
    .replace(/(?<=.)(?:\/\.?)$/, "");
  return trimmed === "" ? "." : trimmed;
}

function withSlash(path: string): string {
  return path === "." ? "" : path.endsWith("/") ? path : `${path}/`;
}

function withSeparator(path: string): string {
  return path.endsWith(sep) ? path : `${path}${sep}`;
}
