import { DerReader } from "../bytes/der-reader.ts";
import { Tag } from "../bytes/der-tag.ts";
import { equalBytes, toHex } from "../bytes/octets.ts";
import type { DistinguishedName, NameAttribute } from "../model/certificate.ts";
import { ATTRIBUTE_NAMES } from "./attribute-types.ts";
import { markOf } from "./name-mark.ts";
import { isStringTag } from "./name-value.ts";

export { encodeName } from "./name-encode.ts";
export { parseName } from "./name-parse.ts";

const COMMON_NAME = "2.5.4.3";

/** A name as it was read from DER: its text and its key are made once. */
export class ReadName implements DistinguishedName {
  readonly der: Uint8Array;
  readonly rdns: readonly (readonly NameAttribute[])[];
  #text: string | undefined;
  #key: string | undefined;
  #mark: number | undefined;

  constructor(der: Uint8Array, rdns: readonly (readonly NameAttribute[])[]) {
    this.der = der;
    this.rdns = rdns;
  }

  get text(): string {
    this.#text ??= printed(this);
    return this.#text;
  }

  get key(): string {
    this.#key ??= keyOf(this);
    return this.#key;
  }

  get mark(): number {
    this.#mark ??= markOf(this);
    return this.#mark;
  }
}

/**
 * The name as text (RFC 4514), most specific attribute first: `CN=QM1,O=Example,C=GB`.
 *
 * Attribute types without a name here are dotted OIDs with the value as `#hex`, as §2.4 asks. Control
 * characters are hex pairs, so the text is one line; characters that turn the direction of text are
 * left for the renderer. An empty name is empty text.
 */
export function printName(name: DistinguishedName): string {
  return name instanceof ReadName ? name.text : printed(name);
}

function printed(name: DistinguishedName): string {
  const parts: string[] = [];
  for (let i = name.rdns.length - 1; i >= 0; i--) {
    const rdn = name.rdns[i] as readonly NameAttribute[];
    for (let j = 0; j < rdn.length; j++) {
      const attribute = rdn[j] as NameAttribute;
      if (j > 0) parts.push("+");
      else if (parts.length > 0) parts.push(",");
      const known = ATTRIBUTE_NAMES[attribute.type];
      parts.push(known ?? attribute.type, "=");
      if (known === undefined) parts.push("#", toHex(valueBytes(name, i, j)));
      else parts.push(isStringTag(attribute.tag) ? escapeValue(attribute.value) : attribute.value);
    }
  }
  // Joined, so that the text is in one piece: names are kept by the hundred thousand.
  return parts.join("");
}

/**
 * Whether two names are the same (RFC 5280 §7.1): attributes in the same order, values compared without
 * case and with blanks folded, whatever their string type; within a multi-valued RDN the order is free.
 */
export function sameName(a: DistinguishedName, b: DistinguishedName): boolean {
  if (equalBytes(a.der, b.der)) return true;
  return a.rdns.length === b.rdns.length && nameKey(a) === nameKey(b);
}

/** Text that is equal for names that are the same; for looking names up in a Map. Not for showing. */
export function nameKey(name: DistinguishedName): string {
  return name instanceof ReadName ? name.key : keyOf(name);
}

/** As `markOf`, which is asked once for a name that was read. */
export function nameMark(name: DistinguishedName): number {
  return name instanceof ReadName ? name.mark : markOf(name);
}

function keyOf(name: DistinguishedName): string {
  return name.rdns
    .map((rdn) =>
      rdn
        .map(({ type, value, tag }) => `${type}=${isStringTag(tag) ? folded(value) : value}`)
        .sort()
        .join("\u0001"),
    )
    .join("\u0000");
}

/** The most specific common name, as it is stored. */
export function commonName(name: DistinguishedName): string | undefined {
  for (let i = name.rdns.length - 1; i >= 0; i--) {
    const found = (name.rdns[i] as readonly NameAttribute[]).find(
      (attribute) => attribute.type === COMMON_NAME && isStringTag(attribute.tag),
    );
    if (found !== undefined) return found.value;
  }
  return undefined;
}

/** RFC 4518 in short: compatibility composition, no case, one blank between words, none around. */
function folded(value: string): string {
  if (/^[!-~]+(?: [!-~]+)*$/.test(value)) return value.toLowerCase();
  // Separators are taken out, so that no value can pass for two attributes.
  const plain = /^[\x20-\x7e]*$/.test(value) ? value : value.normalize("NFKC");
  return plain
    .toLowerCase()
    .replace(/[\u0000\u0001]/g, "\ufffd")
    .trim()
    .replace(/\s+/g, " ");
}

function escapeValue(value: string): string {
  // Nearly every value needs nothing of this.
  if (/^[A-Za-z0-9](?:[A-Za-z0-9 .:'()@*?/_-]*[A-Za-z0-9.)/_-])?$/.test(value)) return value;
  let out = "";
  const characters = [...value];
  characters.forEach((char, index) => {
    const code = char.charCodeAt(0);
    const edge = index === 0 || index === characters.length - 1;
    if (code < 0x20 || code === 0x7f) out += `\\${code.toString(16).padStart(2, "0")}`;
    else if ('"+,;<>\\'.includes(char)) out += `\\${char}`;
    else if ((char === " " && edge) || (char === "#" && index === 0)) out += `\\${char}`;
    else out += char;
  });
  return out;
}

/** The value's own DER, found again in the name's. */
function valueBytes(name: DistinguishedName, rdn: number, attribute: number): Uint8Array {
  const sequence = new DerReader(name.der).sequence("name");
  for (let i = 0; i < rdn; i++) sequence.next(Tag.set);
  const set = sequence.set("rdn");
  for (let j = 0; j < attribute; j++) set.next(Tag.sequence);
  const pair = set.sequence("attribute");
  pair.next(Tag.oid);
  return pair.nextRaw();
}
