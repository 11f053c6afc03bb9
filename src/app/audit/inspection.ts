import { transferDamage } from "../../bytes/transfer.ts";
import { type Host, MAX_STORE_BYTES } from "../../io/host.ts";
import { PkiError } from "../../model/error.ts";
import type { Companion, FileFacts, RefusedFile, SettingsFile } from "../../model/inventory.ts";
import { ArchiveBudget, archiveFiles, HEAD_BYTES } from "./archive.ts";
import { readCompanion } from "./companion.ts";
import { type FileKind, kindOf, mayHaveLatePem } from "./kind.ts";
import { readSettings } from "./settings/read.ts";
import { isSettingsFile, MAX_SETTINGS_FILE_BYTES } from "./settings/settings-file.ts";
import { extensionOf, type FileBeside, type StoreFile, withExtension } from "./store-file.ts";
import type { WalkedFile } from "./walk.ts";

/** How far into a text a first PEM block is looked for. */
const LATE_PEM_BYTES = 1024 * 1024;

/** Stores by their names, and how large they may be to be read at once with their first bytes. */
const READ_WHOLE = new Set(
  ".kdb .jks .ks .keystore .truststore .p12 .pfx .pem .crt .cer .arm .der".split(" "),
);
const WHOLE_BYTES = 256 * 1024;

/** Something to judge: a store to open, or a refusal. */
export type Candidate =
  | {
      readonly file: StoreFile;
      readonly kind: FileKind & { is: "store" };
      readonly cached?: string;
    }
  | { readonly companion: Companion }
  | { readonly refused: RefusedFile };

/** A stash has 193 octets, a file of pending requests a few slots of 5,000. */
const MAX_BESIDE_BYTES = 1024 * 1024;

/** Which paths are tracked by git, by reported path; undefined outside of work trees. */
export type Tracked = (disk: string) => boolean | undefined;

/**
 * Looks at one file of the walk: an ordinary one costs one small read and gives nothing.
 *
 * @param count - told how many members an archive has
 * @returns the store that it is, or all that is in it: a generator costs as much as many a small store
 */
export async function candidatesOf(
  host: Host,
  walked: WalkedFile,
  tracked: Tracked,
  count: (members: number) => void,
): Promise<Candidate | AsyncGenerator<Candidate>> {
  const { path, look } = walked;
  const file = fileFacts(path, walked, tracked);
  try {
    const head = await headOf(host, walked);
    const kind = kindOf(path, mayHaveLatePem(path) ? head : head.subarray(0, HEAD_BYTES));
    return kind.is === "store" && look.size <= MAX_STORE_BYTES
      ? { file: onDisk(host, walked, marked(file, head), head, tracked), kind }
      : others(host, walked, tracked, count, file, head, kind);
  } catch (error) {
    return { refused: refusal(path, file, error) };
  }
}

function refusal(path: string, file: FileFacts, error: unknown): RefusedFile {
  if (!(error instanceof PkiError)) throw error;
  return { path, file, code: error.code, message: error.message };
}

async function* others(
  host: Host,
  walked: WalkedFile,
  tracked: Tracked,
  count: (members: number) => void,
  file: FileFacts,
  head: Uint8Array,
  kind: FileKind,
): AsyncGenerator<Candidate> {
  const { path, disk, look } = walked;
  try {
    if (kind.is === "ordinary") {
      const settings = await settingsIn(host, walked, head);
      if (settings !== undefined) {
        yield { companion: { kind: "settings", path, file, ...settings } };
        return;
      }
      if (walked.named) yield { refused: unread(path, file, { is: "unread", other: undefined }) };
      return;
    }
    if (kind.is === "unread") {
      const damage = await damageOf(host, walked, kind);
      yield { refused: { ...unread(path, file, kind), ...damage } };
    } else if (kind.is === "archive") {
      const content = {
        size: look.size,
        read: (offset: number, length: number) => host.files.part(disk, offset, length),
      };
      const budget = new ArchiveBudget(look.size);
      for await (const found of archiveFiles(kind.archive, content, path, budget)) {
        yield* memberCandidate(found);
      }
      count(budget.members);
    } else if (look.size > MAX_STORE_BYTES) {
      const message = `is larger than ${MAX_STORE_BYTES} bytes`;
      const format = kind.is === "store" ? kind.format : kind.companion;
      yield { refused: { path, file, format, code: "file-too-large", message } };
    } else {
      yield* judged(onDisk(host, walked, marked(file, head), head, tracked), kind);
    }
  } catch (error) {
    yield { refused: refusal(path, file, error) };
  }
}

/** What a configuration file says about stores; undefined where it is no such file, or says nothing. */
async function settingsIn(
  host: Host,
  { path, disk, look }: WalkedFile,
  head: Uint8Array,
): Promise<Omit<SettingsFile, "kind" | "path" | "file"> | undefined> {
  if (look.size === 0 || look.size > MAX_SETTINGS_FILE_BYTES || !isSettingsFile(path)) {
    return undefined;
  }
  const bytes = head.length === look.size ? head : await host.files.part(disk, 0, look.size);
  // What may not be looked at is not known to be there, nor to be missing.
  const is = (kind: string) => (other: string) =>
    host.files.stat(other).then(
      (state) => state.kind === kind,
      () => false,
    );
  const place = { path, disk };
  return readSettings(place, new TextDecoder().decode(bytes), {
    isFile: is("file"),
    isDirectory: is("directory"),
  });
}

/** A store that lost its form on the way is not recognised any more: its name promises one. */
async function damageOf(
  host: Host,
  { disk, look }: WalkedFile,
  { other }: FileKind & { is: "unread" },
): Promise<Pick<RefusedFile, "damage">> {
  if (other !== undefined || look.size === 0 || look.size > MAX_STORE_BYTES) return {};
  const damage = transferDamage(await host.files.part(disk, 0, look.size));
  return damage === undefined ? {} : { damage };
}

type Member = typeof archiveFiles extends (...args: never) => AsyncGenerator<infer M> ? M : never;

async function* memberCandidate(found: Member): AsyncGenerator<Candidate> {
  if ("error" in found) {
    const { path, format, error, size } = found;
    const file = { size, extension: extensionOf(path) };
    const named = format === undefined ? {} : { format };
    yield { refused: { path, file, ...named, code: error.code, message: error.message } };
    return;
  }
  const kind = kindOf(found.path, found.head);
  if (kind.is === "store" || kind.is === "companion") {
    yield* judged({ ...found, file: marked(found.file, found.head) }, kind);
  } else yield { refused: unread(found.path, found.file, kind) };
}

/** A store as it is; what is none is read here. */
async function* judged(
  file: StoreFile,
  kind: FileKind & { is: "store" | "companion" },
): AsyncGenerator<Candidate> {
  if (kind.is === "store") {
    yield { file, kind };
    return;
  }
  try {
    const companion = await readCompanion(kind.companion, file);
    if (companion === "store") yield { file, kind: { is: "store", format: "pem" } };
    else if (companion !== undefined) yield { companion };
  } catch (error) {
    if (!(error instanceof PkiError)) throw error;
    const { code, message, where } = error;
    const refused = { path: file.path, file: file.file, format: kind.companion, code };
    const named = where === undefined ? message : `${where}: ${message}`;
    yield { refused: { ...refused, message: named } };
  }
}

function unread(path: string, file: FileFacts, kind: FileKind): RefusedFile {
  const other = kind.is === "unread" ? kind.other : undefined;
  if (other !== undefined) {
    const message = `this is ${other.title}, which pki does not read`;
    return { path, file, format: other.id, code: "format-unsupported", message };
  }
  const message =
    file.size === 0 ? "the file is empty" : "this is no keystore or certificate that pki knows";
  return { path, file, code: "format-unknown", message };
}

function marked(file: FileFacts, head: Uint8Array): FileFacts {
  const has = head[0] === 0xef && head[1] === 0xbb && head[2] === 0xbf;
  return has ? { ...file, byteOrderMark: true } : file;
}

async function headOf(host: Host, { path, disk, look }: WalkedFile): Promise<Uint8Array> {
  if (look.size === 0) return new Uint8Array(0);
  if (look.size <= WHOLE_BYTES && READ_WHOLE.has(extensionOf(path))) {
    return host.files.part(disk, 0, look.size);
  }
  const head = await host.files.part(disk, 0, Math.min(look.size, HEAD_BYTES));
  if (look.size <= HEAD_BYTES || !mayHaveLatePem(path)) return head;
  const { is } = kindOf(path, head);
  if (is === "store" || is === "archive") return head;
  return host.files.part(disk, 0, Math.min(look.size, LATE_PEM_BYTES));
}

function fileFacts(path: string, { disk, look }: WalkedFile, tracked: Tracked): FileFacts {
  const known = tracked(disk);
  return {
    size: look.size,
    extension: extensionOf(path),
    modified: look.modified,
    ...(look.mode === undefined ? {} : { mode: look.mode }),
    ...(known === undefined ? {} : { tracked: known }),
  };
}

function onDisk(
  host: Host,
  walked: WalkedFile,
  file: FileFacts,
  head: Uint8Array,
  tracked: Tracked,
): StoreFile {
  const { path, disk, look } = walked;
  return {
    path,
    file,
    head,
    // A file that fits into its head was read already.
    read: async () => (look.size === head.length ? head : whole(host, disk, look.size)),
    async beside(extension): Promise<FileBeside | undefined> {
      const other = withExtension(disk, extension);
      if (other === disk) return undefined;
      const otherLook = await host.files.look(other);
      const followed = otherLook.kind === "link" ? await linked(host, other) : otherLook;
      if (followed.kind !== "file") return undefined;
      const at = withExtension(path, extension);
      return {
        path: at,
        file: fileFacts(at, { path: at, disk: other, look: followed, named: false }, tracked),
        read: async () => (await host.files.read(other, MAX_BESIDE_BYTES)).bytes,
      };
    },
  };
}

/** A store as it was looked at; where it grew since, as it is now. */
async function whole(host: Host, disk: string, size: number): Promise<Uint8Array> {
  const bytes = await host.files.part(disk, 0, size + 1);
  return bytes.length === size ? bytes : (await host.files.read(disk, MAX_STORE_BYTES)).bytes;
}

async function linked(host: Host, path: string): Promise<WalkedFile["look"]> {
  return host.files.look(await host.files.realPath(path));
}
