import { MAX_LINE, type Setting } from "./setting.ts";

/** Deeper ones are nobody's settings. */
const MAX_DEPTH = 64;
/** Most names that an element may have as `name` with its value in `value`. */
const NAMING = ["name", "key", "id"];
const VALUING = ["value", "default"];

interface Attribute {
  readonly name: string;
  readonly value: string;
  readonly line: number;
}

/**
 * The settings of an XML text, however its attributes are spread over lines, and none of what is commented out:
 * attributes (`<Connector keystorePass="…">`), pairs of them (`<Property name="keyring" value="…">`) and contents
 * (`<Set name="KeyStorePassword">…</Set>`).
 *
 * A tokeniser, not a parser: entities other than the five of XML stay as they are, and what is not well-formed
 * gives what can be read of it. Time grows with the length only.
 */
export function* xmlSettings(text: string): Generator<Setting> {
  const inside: string[] = [];
  const lineAt = counter(text);
  let named: string | undefined;
  let at = 0;
  while (at < text.length) {
    const open = text.indexOf("<", at);
    const content = text.slice(at, open === -1 ? text.length : open);
    if (named !== undefined && content.length <= MAX_LINE && content.trim() !== "") {
      const line = lineAt(at + content.length - content.trimStart().length);
      yield { name: named, value: plain(content.trim()), line, inside: [...inside] };
    }
    named = undefined;
    if (open === -1) return;
    if (text.startsWith("<!--", open)) {
      at = after(text, "-->", open + 4);
    } else if (text.startsWith("<![CDATA[", open) || text.startsWith("<?", open)) {
      at = after(text, text[open + 1] === "?" ? "?>" : "]]>", open + 2);
    } else if (text[open + 1] === "/" || text[open + 1] === "!") {
      if (text[open + 1] === "/") inside.pop();
      at = after(text, ">", open + 1);
    } else {
      const tag = tagAt(text, open + 1, lineAt);
      const name = tag.name.toLowerCase();
      if (inside.length < MAX_DEPTH) inside.push(name);
      for (const attribute of tag.attributes) yield { ...attribute, inside: [...inside] };
      const naming = tag.attributes.find((one) => NAMING.includes(one.name.toLowerCase()));
      const valuing = tag.attributes.find((one) => VALUING.includes(one.name.toLowerCase()));
      if (naming !== undefined && valuing !== undefined) {
        const { value, line } = valuing;
        yield { name: naming.value, value, line, inside: [...inside] };
      }
      // `<Set name="…"><Property default="…"/></Set>` is found by the property's own name.
      named = tag.closed ? undefined : (naming?.value ?? tag.name);
      if (tag.closed) inside.pop();
      at = tag.end;
    }
  }
}

function after(text: string, end: string, from: number): number {
  const found = text.indexOf(end, from);
  return found === -1 ? text.length : found + end.length;
}

/** A start tag from its name on. `end`: behind its `>`. */
function tagAt(text: string, from: number, lineAt: (at: number) => number) {
  let at = from;
  const read = (pattern: RegExp): string => {
    pattern.lastIndex = at;
    const found = pattern.exec(text)?.[0] ?? "";
    at += found.length;
    return found;
  };
  const name = read(/[\w:.-]*/y);
  const attributes: Attribute[] = [];
  while (at < text.length) {
    read(/\s*/y);
    if (text[at] === ">") return { name, attributes, closed: false, end: at + 1 };
    if (text.startsWith("/>", at)) return { name, attributes, closed: true, end: at + 2 };
    const attribute = read(/[\w:.-]+/y);
    if (attribute === "") {
      at++; // no attribute begins with it
      continue;
    }
    if (read(/\s*=\s*/y) === "") continue;
    const quote = text[at];
    if (quote !== '"' && quote !== "'") continue;
    const end = text.indexOf(quote, at + 1);
    if (end === -1) break;
    const value = plain(text.slice(at + 1, end));
    if (value.length <= MAX_LINE) attributes.push({ name: attribute, value, line: lineAt(at) });
    at = end + 1;
  }
  return { name, attributes, closed: true, end: text.length };
}

const ENTITIES: Readonly<Record<string, string>> = {
  "&lt;": "<",
  "&gt;": ">",
  "&quot;": '"',
  "&apos;": "'",
  "&amp;": "&",
};

const plain = (text: string): string =>
  text.includes("&")
    ? text.replace(/&(?:lt|gt|quot|apos|amp);/g, (found) => ENTITIES[found] ?? found)
    : text;

/** Line numbers of places that are asked for in their order. */
function counter(text: string): (at: number) => number {
  let line = 1;
  let from = 0;
  return (at) => {
    for (;;) {
      const next = text.indexOf("\n", from);
      if (next === -1 || next >= at) return line;
      line++;
      from = next + 1;
    }
  };
}
