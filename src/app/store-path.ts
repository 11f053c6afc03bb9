import { basename, dirname, extname, join } from "node:path";
import type { FormatId } from "../model/store.ts";

/** What a new store's name says about its format; existing files are recognised by content. */
const EXTENSIONS: Readonly<Record<string, FormatId>> = {
  ".kdb": "kdb",
  ".jks": "jks",
  ".ks": "jks",
  ".keystore": "jks",
  ".truststore": "jks",
  ".p12": "pkcs12",
  ".pfx": "pkcs12",
  ".pkcs12": "pkcs12",
  ".pem": "pem",
  ".arm": "pem",
  ".crt": "pem",
  ".cer": "pem",
  ".key": "pem",
  ".der": "der",
};

/** Extensions that say so little that a differing content is no surprise. */
const LOOSE = new Set([".crt", ".cer", ".key", ".keystore", ".truststore", ".ks"]);

/** The format that a file's name promises; undefined where the name promises none. */
export function formatOfName(path: string): FormatId | undefined {
  return EXTENSIONS[extname(path).toLowerCase()];
}

/** True where the name clearly promises another format than the file has. */
export function nameMisleads(path: string, format: FormatId): boolean {
  const extension = extname(path).toLowerCase();
  const promised = EXTENSIONS[extension];
  if (promised === undefined || promised === format || LOOSE.has(extension)) return false;
  return !(isText(promised) && isText(format));
}

function isText(format: FormatId): boolean {
  return format === "pem" || format === "der";
}

/** The same path with another extension: `conf/key.kdb` and `.sth` give `conf/key.sth`. */
export function beside(path: string, extension: string): string {
  const name = basename(path, extname(path));
  const directory = dirname(path);
  return directory === "." && !path.startsWith("./")
    ? `${name}${extension}`
    : join(directory, `${name}${extension}`);
}

/** Where the stash of a store stands. */
export function stashPath(store: string): string {
  return beside(store, ".sth");
}

/** Names that one store's lock protects: itself and what GSKit keeps beside a key database. */
export function lockedNames(store: string): readonly string[] {
  const own = basename(store);
  if (extname(store).toLowerCase() !== ".kdb") return [own, basename(stashPath(store))];
  return [own, ...[".rdb", ".crl", ".sth"].map((extension) => basename(beside(store, extension)))];
}
