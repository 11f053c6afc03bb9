import { extname } from "node:path";
import type { FileFacts } from "../../model/inventory.ts";

/** A file that an audit looks at, on the disk or inside an archive. */
export interface StoreFile {
  /** As reported. */
  readonly path: string;
  readonly file: FileFacts;
  /** The first bytes: at least 4 KiB where the file has them. */
  readonly head: Uint8Array;
  /** The whole file. @throws PkiError what reading it ran into */
  read(): Promise<Uint8Array>;
  /** The file with this extension beside it. */
  beside(extension: string): Promise<FileBeside | undefined>;
}

export interface FileBeside {
  readonly path: string;
  readonly file: FileFacts;
  read(): Promise<Uint8Array>;
}

/** Lower-case, with the dot; empty where there is none. */
export function extensionOf(path: string): string {
  return extname(path).toLowerCase();
}

/** The path with another extension. */
export function withExtension(path: string, extension: string): string {
  return `${path.slice(0, path.length - extname(path).length)}${extension}`;
}
