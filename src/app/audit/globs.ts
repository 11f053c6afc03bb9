import { sep } from "node:path";
import { PkiError } from "../../model/error.ts";

/** Tells whether a reported path is one of those that some patterns mean. */
export type PathMatcher = (path: string) => boolean;

/** Compiles patterns to a matcher. */
export type Globs = (patterns: readonly string[]) => PathMatcher;

/** Tells what one ignore file says about a path: nothing, where no pattern of it means the path. */
export type IgnoreVerdict = (path: string) => "ignored" | "kept" | undefined;

/** As git has it where names are what they are: only Windows takes `A.KDB` for `a.kdb`. */
const OPTIONS = { allowRelativePaths: true, ignorecase: sep === "\\" };

/**
 * Patterns as `.gitignore` has them (https://git-scm.com/docs/gitignore): `*.kdb` anywhere, `/conf` from
 * the root, `a/**` below, `!x` takes back. One syntax for `.pkiignore`, the policy, ignore entries
 * and password files.
 */
export async function loadGlobs(): Promise<Globs> {
  const { default: ignore } = await import("ignore");
  return (patterns) => {
    const rules = ignore(OPTIONS).add([...patterns]);
    return (path) => {
      const plain = relativePart(path);
      return plain !== "" && rules.ignores(plain);
    };
  };
}

/** The same for an ignore file, whose verdict one further down may take back. */
export async function loadIgnoreFile(bytes: Uint8Array): Promise<IgnoreVerdict> {
  const { default: ignore } = await import("ignore");
  const rules = ignore(OPTIONS).add([...ignorePatterns(bytes)]);
  return (path) => {
    const { ignored, unignored } = rules.test(path);
    return ignored ? "ignored" : unignored ? "kept" : undefined;
  };
}

/** Patterns are relative; what stands outside the root is matched by its path without `/` and `../`. */
function relativePart(path: string): string {
  return path.replace(/^(?:\.{0,2}\/)+/, "");
}

const MAX_IGNORE_BYTES = 1024 * 1024;

/** The patterns of an ignore file's text. @throws PkiError `file-too-large` */
function ignorePatterns(bytes: Uint8Array): readonly string[] {
  if (bytes.length > MAX_IGNORE_BYTES) throw new PkiError("file-too-large", "is too large");
  return new TextDecoder().decode(bytes).split(/\r?\n/);
}
