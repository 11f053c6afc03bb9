import type { Finding, Place, Severity } from "../../model/finding.ts";
import { safe } from "../safe.ts";

/** Set by the build: the version of this program. */
declare const PKI_VERSION: string;

export const toolName = "pki audit";
export const toolVersion: string = PKI_VERSION;

/** `1 store`, `2 stores`. */
export function counted(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? "" : "s"}`;
}

/** Harmless text of at most `length` UTF-16 units, with an ellipsis where some was cut. */
export function clip(text: string, length: number): string {
  const clean = safe(text.slice(0, length + 1));
  if (text.length <= length && clean.length <= length) return clean;
  return `${clean.slice(0, length - 1).replace(/[\ud800-\udbff]$/, "")}…`;
}

/** `conf/key.kdb (label "oldca")`, harmless. */
export function placeText({ path, label }: Place): string {
  return label === undefined ? safe(path) : `${safe(path)} (label "${safe(label)}")`;
}

/** ` and in 2 more places`, or nothing. */
export function morePlaces({ places }: Finding): string {
  const more = places.length - 1;
  return more === 0 ? "" : ` and in ${more} more ${more === 1 ? "place" : "places"}`;
}

/** The file on disk that a path stands for: what is before the first `!/`. */
export function fileOf(path: string): string {
  const at = path.indexOf("!/");
  return at < 0 ? path : path.slice(0, at);
}

/** A path as the repository knows it: with the audited directory before it, `/` between parts, no `./`. */
export function repositoryPath(root: string, path: string): string {
  const file = fileOf(path);
  const joined =
    root === "." || file.startsWith("/") ? file : `${root.replace(/\/+$/, "")}/${file}`;
  const parts: string[] = [];
  for (const part of joined.split("/")) {
    if (part === "." || (part === "" && parts.length > 0)) continue;
    if (part === ".." && parts.length > 0 && parts.at(-1) !== "..") parts.pop();
    else parts.push(part);
  }
  return parts.join("/");
}

/** "0.0" to "10.0", as code scanning sorts alerts. */
export const securitySeverity: Readonly<Record<Severity, string>> = {
  error: "8.0",
  warning: "5.0",
  notice: "2.0",
};
