import { failAt, type Located, membersOf, type Position, textOf } from "../../audit/located.ts";
import type { Host } from "../../io/host.ts";
import type { Globs } from "./globs.ts";
import type { PasswordRule } from "./password-choices.ts";
import { inFile } from "./policy-file.ts";
import { MAX_SETTINGS_BYTES, readYaml } from "./yaml.ts";

/** A pattern and a source, with the place of the source. */
interface Line {
  readonly pattern: string;
  readonly source: string;
  /** Of the pattern. */
  readonly at: Position;
  readonly sourceAt: Position;
}

const SOURCE = /^(?:(?:env|file|fd|pass):|stdin$|prompt$)/;

/**
 * Reads a file that says which password is for which paths: YAML, `"conf/*.p12": env:CONF_PASSWORD`, or plain
 * lines, `conf/*.p12 env:CONF_PASSWORD`. The first line that says something tells which of the two it is. An
 * earlier line is tried first; a store that several patterns mean is tried with each.
 *
 * @throws PkiError `usage` naming file, line and column. A source that is none is not quoted: it may be
 *   a password
 */
export async function passwordRules(
  host: Host,
  globs: Globs,
  path: string,
): Promise<readonly PasswordRule[]> {
  return inFile(path, async () => {
    const { bytes } = await host.files.read(path, MAX_SETTINGS_BYTES);
    const plain = plainLines(new TextDecoder().decode(bytes));
    const lines = plain ?? yamlLines(await readYaml(bytes));
    return lines.map(({ pattern, source, at, sourceAt }) => {
      if (!SOURCE.test(source)) {
        failAt(sourceAt, "this is no source of a password", "write env:VAR or file:PATH");
      }
      return {
        pattern,
        covers: globs([pattern]),
        source,
        where: `${path}:${at.line}:${at.column}`,
      };
    });
  });
}

function yamlLines(document: Located): readonly Line[] {
  return [...membersOf(document, "the password file").values()].flatMap(({ key, at, value }) =>
    sourcesOf(value).map((node) => {
      const source = textOf(node, "a password's source");
      return { pattern: key, source, at, sourceAt: node.at };
    }),
  );
}

/** One source, or a list of them. */
function sourcesOf(node: Located): readonly Located[] {
  return node.kind === "list" ? node.items : [node];
}

/** Up to the first blank behind which a source stands; a password after `pass:` may hold blanks itself. */
const PLAIN = /^(.*?[^ \t])[ \t]+((?:env|file|fd|pass):.*|stdin|prompt)$/;
/** Where no source is: a pattern without blanks, and the rest. */
const OTHER = /^([^ \t]+)[ \t]*(.*)$/;

/** The lines of a plain file; undefined for YAML. */
function plainLines(text: string): readonly Line[] | undefined {
  const lines: Line[] = [];
  for (const [i, whole] of text.split(/\r\n|\n|\r/).entries()) {
    const line = whole.trim();
    if (line === "" || line.startsWith("#")) continue;
    if (lines.length === 0 && !isPlain(line)) return undefined;
    const [, pattern = "", source = ""] = PLAIN.exec(line) ?? OTHER.exec(line) ?? [];
    const column = whole.indexOf(line) + 1;
    lines.push({
      pattern,
      source,
      at: { line: i + 1, column },
      sourceAt: { line: i + 1, column: column + line.length - source.length },
    });
  }
  return lines.length === 0 ? undefined : lines;
}

/** A line of YAML has a colon behind its pattern, or begins a document, a list or a flow mapping. */
function isPlain(line: string): boolean {
  const pattern = PLAIN.exec(line)?.[1];
  if (pattern !== undefined) return !/:(?:[ \t]|$)/.test(pattern) && pattern !== "-";
  return !/:(?:[ \t]|$)/.test(line) && !/^(?:[-%[{?]|\.\.\.)/.test(line);
}
