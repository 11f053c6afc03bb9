/**
 * Makes text from files harmless on a terminal: what could move the cursor, hide or reorder text is
 * shown as `\u{…}`. A backslash before `u{` is doubled by nobody: the result is for eyes, not for parsing.
 *
 * Escaped: C0 and DEL, C1, bidirectional controls, zero-width and other invisible format characters,
 * line and paragraph separators, lone surrogates, tags and private variation of plane 14.
 */
export function safe(text: string): string {
  if (PLAIN.test(text)) return text;
  return text.replace(
    HOSTILE,
    (character) => `\\u{${(character.codePointAt(0) as number).toString(16)}}`,
  );
}

/** Nearly all text; the expression below takes a millisecond to be made. */
const PLAIN = /^[\x20-\x7e]*$/;

/** Zl, Zp: separators; Cc: controls; Cf: bidi, zero width, tags; Cs: lone surrogates; and what looks like nothing. */
const HOSTILE =
  /\p{Cc}|\p{Cf}|\p{Cs}|\p{Zl}|\p{Zp}|\u034f|[\u115f\u1160\u17b4\u17b5\u2800\u3164\uffa0]/gu;

/** Safe text, cut to `width` columns with an ellipsis. */
export function cutTo(text: string, width: number): string {
  const clean = safe(text);
  if (columnsOf(clean) <= width) return clean;
  let out = "";
  let used = 0;
  for (const character of clean) {
    const columns = columnsOf(character);
    if (used + columns > width - 1) break;
    out += character;
    used += columns;
  }
  return `${out}…`;
}

/** Terminal columns of safe text: combining marks take none, East Asian wide characters and pictures two. */
export function columnsOf(text: string): number {
  if (PLAIN.test(text)) return text.length;
  let columns = 0;
  for (const character of text) {
    // The sign before it becomes a picture, which is wide.
    if (character === "\ufe0f") columns++;
    if (/\p{Mn}|\p{Me}/u.test(character)) continue;
    const wide = isWide(character.codePointAt(0) as number);
    columns += wide || /\p{Emoji_Presentation}/u.test(character) ? 2 : 1;
  }
  return columns;
}

/** The blocks that Unicode's East Asian Width calls wide, coarsely. */
function isWide(code: number): boolean {
  return (
    (code >= 0x1100 && code <= 0x115f) ||
    (code >= 0x2e80 && code <= 0xa4cf) ||
    code === 0x2329 ||
    code === 0x232a ||
    (code >= 0xa960 && code <= 0xa97c) ||
    (code >= 0xac00 && code <= 0xd7a3) ||
    (code >= 0xf900 && code <= 0xfaff) ||
    (code >= 0xfe10 && code <= 0xfe19) ||
    (code >= 0xfe30 && code <= 0xfe6f) ||
    (code >= 0xff00 && code <= 0xff60) ||
    (code >= 0xffe0 && code <= 0xffe6) ||
    (code >= 0x16fe0 && code <= 0x1b2fb) ||
    (code >= 0x1f200 && code <= 0x1f265) ||
    (code >= 0x1f300 && code <= 0x1faff) ||
    (code >= 0x20000 && code <= 0x3fffd)
  );
}

/** A word that can be pasted into a POSIX shell: quoted only where it must be. */
export function shellWord(text: string): string {
  if (/^[A-Za-z0-9_@%+=:,./-]+$/.test(text)) return text;
  if (safe(text) === text) return `'${text.replaceAll("'", "'\\''")}'`;
  // What a terminal must not see goes as $'…' bytes.
  const bytes = new TextEncoder().encode(text);
  let out = "";
  for (const byte of bytes) {
    const plain = byte >= 0x20 && byte < 0x7f && byte !== 0x27 && byte !== 0x5c;
    out += plain ? String.fromCharCode(byte) : `\\x${byte.toString(16).padStart(2, "0")}`;
  }
  return `$'${out}'`;
}
