import { dirname, join, sep } from "node:path";
import type { Host } from "../../io/host.ts";

const MAX_INDEX = 256 * 1024 * 1024;
const MAX_CONFIG = 1024 * 1024;
/** `sdir`: some entries are directories, whose files are not checked out. */
const SDIR = 0x73646972;

/** Which files of a work tree git tracks; read from its index, so that no git has to be there. */
export interface WorkTree {
  /** Absolute. */
  readonly root: string;
  /** Relative to the root, `/` between parts. */
  readonly tracked: ReadonlySet<string>;
}

/** The work tree that a directory is in; undefined outside of one, or where the index cannot be read. */
export async function workTreeOf(host: Host, directory: string): Promise<WorkTree | undefined> {
  const { files } = host;
  for (let at = await files.realPath(directory); ; at = dirname(at)) {
    const dot = join(at, ".git");
    const { kind } = await files.stat(dot).catch(() => ({ kind: "absent" as const }));
    if (kind === "directory" || kind === "file") {
      try {
        const gitDirectory = kind === "directory" ? dot : await linkedDirectory(host, at, dot);
        const { bytes } = await files.read(join(gitDirectory, "index"), MAX_INDEX);
        const names = readIndex(bytes, await hashBytes(host, gitDirectory));
        return { root: at, tracked: new Set(names) };
      } catch {
        return undefined; // no index yet, or one of a form we do not know: then nothing is said of it
      }
    }
    if (dirname(at) === at) return undefined;
  }
}

/** `.git` of a linked work tree or a submodule is a file: `gitdir: PATH`. */
async function linkedDirectory(host: Host, at: string, dot: string): Promise<string> {
  const { bytes } = await host.files.read(dot, 4096);
  const path = /^gitdir: (.+)/.exec(new TextDecoder().decode(bytes))?.[1] ?? "";
  return host.files.resolve(path.startsWith("/") ? path : join(at, path));
}

/** How long object names are: the configuration of the main work tree's repository says so. */
async function hashBytes(host: Host, gitDirectory: string): Promise<number> {
  const text = async (path: string) =>
    new TextDecoder().decode((await host.files.read(path, MAX_CONFIG)).bytes);
  const common = await text(join(gitDirectory, "commondir")).catch(() => ".");
  const config = await text(join(gitDirectory, common.trimEnd(), "config")).catch(() => "");
  return /^\s*objectformat\s*=\s*"?sha256\b/im.test(config) ? 32 : 20;
}

export function isTracked({ root, tracked }: WorkTree, real: string): boolean | undefined {
  const prefix = root.endsWith(sep) ? root : `${root}${sep}`;
  if (!real.startsWith(prefix)) return undefined;
  return tracked.has(real.slice(prefix.length).replaceAll(sep, "/"));
}

/**
 * The paths of an index, versions 2 to 4 (https://git-scm.com/docs/index-format).
 *
 * @param hash - octets of an object's name: 20 for SHA-1, 32 for SHA-256
 * @throws RangeError for what is none, and for a part of one: a split index
 */
export function readIndex(bytes: Uint8Array, hash = 20): readonly string[] {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const version = view.getUint32(4);
  if (view.getUint32(0) !== 0x44495243 || version < 2 || version > 4) {
    throw new RangeError("no index");
  }
  const count = view.getUint32(8);
  const text = new TextDecoder();
  const names: string[] = [];
  let previous = new Uint8Array(0);
  let at = 12;
  for (let i = 0; i < count; i++) {
    const start = at;
    const extended = (view.getUint16(at + 40 + hash) & 0x4000) !== 0;
    at += 42 + hash + (extended && version >= 3 ? 2 : 0);
    let kept = 0;
    if (version === 4) {
      const [strip, next] = offsetAt(bytes, at);
      kept = Math.max(0, previous.length - strip);
      at = next;
    }
    const end = bytes.indexOf(0, at);
    if (end === -1) throw new RangeError("no end of a name");
    const name = new Uint8Array(kept + end - at);
    name.set(previous.subarray(0, kept));
    name.set(bytes.subarray(at, end), kept);
    previous = name;
    names.push(text.decode(name));
    // Versions 2 and 3 fill each entry up to a multiple of eight, with at least one zero.
    at = version === 4 ? end + 1 : start + ((end - start + 8) & ~7);
  }
  refuseUnknown(view, at, bytes.length - hash);
  return names;
}

/** Extensions in small letters change what the index means; the names are whole with `sdir`, not with `link`. */
function refuseUnknown(view: DataView, from: number, end: number): void {
  for (let at = from; at + 8 <= end; at += 8 + view.getUint32(at + 4)) {
    const signature = view.getUint32(at);
    const optional = signature >>> 24 < 0x61;
    if (!optional && signature !== SDIR) throw new RangeError("an unknown extension");
  }
}

/** Git's variable width number: each further octet adds one before the shift. */
function offsetAt(bytes: Uint8Array, from: number): readonly [number, number] {
  let at = from;
  let byte = bytes[at++] ?? 0;
  let value = byte & 0x7f;
  while ((byte & 0x80) !== 0) {
    byte = bytes[at++] ?? 0;
    value = (value + 1) * 128 + (byte & 0x7f);
  }
  return [value, at];
}
