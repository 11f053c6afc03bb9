import { MAX_LINE, type Setting } from "./setting.ts";

/** A name and its value, as properties, ini files and scripts write them. */
const PAIR = /([a-z][\w.-]{0,127})\s{0,8}[=:]\s{0,8}("[^"]*"|'[^']*'|[^\s"'<>,;]*)/gi;
/** MQSC: `KEYRPWD('…')`. */
const MQSC = /\b([A-Z]{3,12})\s{0,8}\(\s{0,8}'([^']*)'\s{0,8}\)/gi;
const COMMENT = /^\s*(?:[#;!*]|\/\/|<!--|rem\s)/i;

/**
 * The settings of a text of lines: `name=value`, `name: value`, several on one line, options of a JVM, and the
 * attributes of MQSC. Commented lines do not count; a line that ends with a backslash goes on in the next.
 */
export function* lineSettings(text: string): Generator<Setting> {
  for (const [line, content] of logicalLines(text)) {
    if (content.length <= MAX_LINE && !COMMENT.test(content)) yield* settingsInside(content, line);
  }
}

/** The settings inside one value: options of a JVM in an attribute, parameters of an address. */
export function* settingsInside(text: string, line: number): Generator<Setting> {
  if (text.length > MAX_LINE) return;
  // Options of a JVM are settings inside a setting.
  for (const part of text.split(/[=\s"'>](?=-D)/)) {
    for (const [, name = "", written = ""] of part.replace(/^-D/, "").matchAll(PAIR)) {
      yield { name, value: written.replace(/^(["'])(.*)\1$/, "$2"), line };
    }
  }
  for (const [, name = "", value = ""] of text.matchAll(MQSC)) yield { name, value, line };
}

/** Lines with their numbers from 1; continued ones as one, by the number of the first. */
function* logicalLines(text: string): Generator<readonly [line: number, content: string]> {
  let begun: { readonly line: number; content: string } | undefined;
  for (const [i, line] of text.split(/\r\n|\n|\r/).entries()) {
    // Two backslashes are one that is meant.
    const goesOn = /(?:^|[^\\])(?:\\\\)*\\$/.test(line) && !COMMENT.test(line);
    const part = goesOn ? line.slice(0, -1) : line;
    if (begun === undefined) {
      if (goesOn) begun = { line: i + 1, content: part };
      else yield [i + 1, line];
    } else {
      // White space at the start of the next line does not count.
      if (begun.content.length <= MAX_LINE) begun.content += part.trimStart();
      if (goesOn) continue;
      yield [begun.line, begun.content];
      begun = undefined;
    }
  }
  if (begun !== undefined) yield [begun.line, begun.content];
}
