import { readdirSync, readFileSync } from "node:fs";
import { join, relative, resolve } from "node:path";

export interface Import {
  /** What stands between the quotes. */
  readonly specifier: string;
  /** The file it means, from the repository root with slashes, where it is one of ours. */
  readonly target?: string;
  /** `import type`, or `export type … from`: gone when the program runs. */
  readonly typeOnly: boolean;
  /** `import("…")`: loaded when the line is reached. */
  readonly dynamic: boolean;
}

export interface SourceFile {
  /** From the repository root, with slashes. */
  readonly path: string;
  readonly text: string;
  /** The text without comments, strings kept: what rules about code look at. */
  readonly code: string;
  readonly imports: readonly Import[];
}

/** Every file of a folder that ends in `suffix`, sorted by path. */
export function filesUnder(folder: string, suffix = ""): readonly string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && entry.name.endsWith(suffix))
    .map((entry) => join(entry.parentPath, entry.name).replaceAll("\\", "/"))
    .sort();
}

export function sourceFiles(folder: string): readonly SourceFile[] {
  return filesUnder(folder, ".ts").map((path) => {
    const text = readFileSync(path, "utf8");
    return { path, text, code: withoutComments(text), imports: importsOf(path, text) };
  });
}

/** Good enough for this project's own style: no comment marker stands inside a string or pattern here. */
function withoutComments(text: string): string {
  return text.replace(/\/\*[\s\S]*?\*\//g, "").replace(/(^|[\s;{},)])\/\/.*$/gm, "$1");
}

function importsOf(path: string, text: string): readonly Import[] {
  const code = withoutComments(text);
  const found: Import[] = [];
  const add = (specifier: string, typeOnly: boolean, dynamic: boolean): void => {
    const target = specifier.startsWith(".")
      ? relative(resolve("."), resolve(path, "..", specifier)).replaceAll("\\", "/")
      : undefined;
    found.push({ specifier, typeOnly, dynamic, ...(target === undefined ? {} : { target }) });
  };
  for (const match of code.matchAll(/^(?:import|export)\s[^"';]*?\sfrom\s+"([^"]+)"/gm)) {
    add(match[1] ?? "", /^(?:import|export)\s+type\s/.test(match[0]), false);
  }
  for (const match of code.matchAll(/^import\s+"([^"]+)"/gm)) add(match[1] ?? "", false, false);
  for (const match of code.matchAll(/(typeof\s+)?\bimport\(\s*"([^"]+)"/g)) {
    add(match[2] ?? "", match[1] !== undefined, true);
  }
  return found;
}

/** All files and packages that are loaded with `entry` before any of its code runs. */
export function loadedWith(entry: string, files: readonly SourceFile[]): ReadonlySet<string> {
  const byPath = new Map(files.map((file) => [file.path, file]));
  const seen = new Set<string>();
  const visit = (name: string): void => {
    if (seen.has(name)) return;
    seen.add(name);
    for (const { specifier, target, typeOnly, dynamic } of byPath.get(name)?.imports ?? []) {
      if (!typeOnly && !dynamic) visit(target ?? specifier);
    }
  };
  visit(entry);
  return seen;
}
