/** JSON as every command writes it: one object, two spaces, a line feed. Control characters are JSON's own escapes. */
export function jsonText(value: unknown): string {
  return `${escapeInvisible(JSON.stringify(value, undefined, 2))}\n`;
}

/** The same on one line, without the line feed. */
export function compactJson(value: unknown): string {
  return escapeInvisible(JSON.stringify(value));
}

/** JSON allows C1, bidi and separators raw; a terminal would obey them, so they are escaped as well. */
function escapeInvisible(json: string): string {
  return json.replace(/[\p{Cf}\p{Zl}\p{Zp}\x7f-\x9f]/gu, (character) => {
    let out = "";
    for (let i = 0; i < character.length; i++) {
      out += `\\u${character.charCodeAt(i).toString(16).padStart(4, "0")}`;
    }
    return out;
  });
}

/** A moment as `2026-01-01T00:00:00Z`. */
export function isoTime(date: Date): string {
  return date.toISOString().replace(/\.\d{3}Z$/, "Z");
}
