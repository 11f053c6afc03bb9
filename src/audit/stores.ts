import type { OpenedStore } from "../model/inventory.ts";
import type { FileSubject } from "./rule.ts";

/** The last part of a reported path; `!/` stands before a member of an archive. */
export function nameOf(path: string): string {
  return path.slice(path.lastIndexOf("/") + 1);
}

/** The part of a reported path before its last one; empty for a file at the top. */
export function folderOf(path: string): string {
  return path.slice(0, Math.max(0, path.lastIndexOf("/")));
}

/** Formats that are files of one kind of software, made and read as a whole. */
export function isKeystore(format: string | undefined): boolean {
  return format === "kdb" || format === "jks" || format === "jceks" || format === "pkcs12";
}

/** Whether it holds a private or secret key, or a request's. */
export function holdsKeys({ store }: OpenedStore): boolean {
  return store.entries.some(({ kind }) => kind !== "trusted");
}

/** As `holdsKeys`; a file that was not opened may hold some where its format can. */
export function mayHoldKeys({ opened, format }: FileSubject): boolean {
  return opened === undefined ? isKeystore(format) : holdsKeys(opened);
}

/** Permission bits as `chmod` takes them. */
export function octal(mode: number): string {
  return mode.toString(8).padStart(4, "0");
}

/** Who else may, by permission bits: `everybody`, `the group`, or undefined for nobody. */
export function whoElse(mode: number | undefined, bit: 4 | 2): string | undefined {
  if (mode === undefined) return undefined;
  if ((mode & bit) !== 0) return "everybody";
  return (mode & (bit << 3)) !== 0 ? "the group" : undefined;
}
