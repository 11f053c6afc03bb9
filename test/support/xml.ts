/** An element of a parsed document: its name, attributes and children; text apart. */
export interface XmlElement {
  readonly name: string;
  readonly attributes: Readonly<Record<string, string>>;
  readonly children: XmlElement[];
  text: string;
}

const ENTITIES: Readonly<Record<string, string>> = {
  amp: "&",
  lt: "<",
  gt: ">",
  quot: '"',
  apos: "'",
};

/**
 * A strict reader of the XML that a report needs: declaration, elements, attributes, text and the five entities.
 *
 * @throws Error for anything else, a character that XML 1.0 does not have included
 */
export function parseXml(text: string): XmlElement {
  const bad = /[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\u{10000}-\u{10ffff}]/u.exec(text);
  if (bad !== null) throw new Error(`not an XML character at ${bad.index}`);
  const root: XmlElement = { name: "", attributes: {}, children: [], text: "" };
  const stack = [root];
  const token =
    /<\?xml version="1\.0" encoding="UTF-8"\?>|<\/([a-z-]+)>|<([a-z-]+)((?: [a-z]+="[^"<]*")*)(\/?)>|([^<]+)/y;
  while (token.lastIndex < text.length) {
    const at = token.lastIndex;
    const match = token.exec(text);
    if (match === null) throw new Error(`not well-formed at ${at}: ${text.slice(at, at + 40)}`);
    const [, end, start, attributes = "", empty, data] = match;
    const open = stack.at(-1) as XmlElement;
    if (data !== undefined) open.text += unescaped(data);
    if (end !== undefined && stack.pop()?.name !== end) throw new Error(`</${end}> closes another`);
    if (start === undefined) continue;
    const named = [...attributes.matchAll(/ ([a-z]+)="([^"]*)"/g)].map(
      ([, name = "", value = ""]) => [name, unescaped(value)] as const,
    );
    const element = { name: start, attributes: Object.fromEntries(named), children: [], text: "" };
    open.children.push(element);
    if (empty !== "/") stack.push(element);
  }
  const [only] = root.children;
  if (stack.length !== 1 || only === undefined || root.children.length !== 1) {
    throw new Error("not one closed element");
  }
  return only;
}

function unescaped(text: string): string {
  if (text.includes("]]>")) throw new Error("the end of a CDATA section stands in text");
  return text.replace(/&([^;&]*;?)/g, (whole, name: string) => {
    const value = ENTITIES[name.replace(/;$/, "")];
    if (value === undefined || !name.endsWith(";")) throw new Error(`no entity ${whole}`);
    return value;
  });
}
