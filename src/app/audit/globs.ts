import { PkiError } from "../../model/error.ts";

/** Tells whether a reported path is one of those that some patterns mean. */
export type PathMatcher = (path: string) => boolean;

/** Compiles patterns to a matcher. */
export type Globs = (patterns: readonly string[]) => PathMatcher;

/**
 * Patterns as `.gitignore` has them (https://git-scm.com/docs/gitignore): `*.kdb` anywhere, `/conf` from
 * the root, `a/**` below, `!x` takes back. One syntax for `.pkiignore`, the policy, ignore entries
 * and password files.
 */
export async function loadGlobs(): Promise<Globs> {
  const { default: ignore } = await import("ignore");
  return (patterns) => {
    const rules = ignore({ allowRelativePaths: true }).add([...patterns]);
    return (path) => {
      const plain = relativePart(path);
      return plain !== "" && rules.ignores(plain);
    };
  };
}

/** Patterns are relative; what stands outside the root is matched by its path without `/` and `../`. */
function relativePart(path: string): string {
  return path.replace(/^(?:\.{0,2}\/)+/, "");
}

const MAX_IGNORE_BYTES = 1024 * 1024;

/** The patterns of an ignore file's text. @throws PkiError `file-too-large` */
export function ignorePatterns(bytes: Uint8Array): readonly string[] {
  if (bytes.length > MAX_IGNORE_BYTES) throw new PkiError("file-too-large", "is too large");
  return new TextDecoder().decode(bytes).split(/\r?\n/);
}
