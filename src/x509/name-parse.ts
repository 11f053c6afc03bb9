import { DerReader, decodeOid } from "../bytes/der-reader.ts";
import { Tag } from "../bytes/der-tag.ts";
import { der } from "../bytes/der-writer.ts";
import { fromHex } from "../bytes/octets.ts";
import type { DistinguishedName, NameAttribute } from "../model/certificate.ts";
import { PkiError } from "../model/error.ts";
import { type AttributeType, attributeType, attributeTypeOf } from "./attribute-types.ts";
import { encodeName } from "./name-encode.ts";
import { decodeValue } from "./name-value.ts";
import { parseNameDer } from "./parse.ts";

/** Longer text is nobody's name: RFC 5280 bounds a value, not their number. */
const MAX_TEXT = 65_536;
const SPECIAL = ' "#+,;<=>\\/';

/**
 * Reads a distinguished name as people type it, most specific attribute first: RFC 4514, and what
 * RFC 2253 and RFC 1779, keytool, GSKit and OpenSSL take besides.
 *
 * - attribute names in any case and under any of their names (`S`, `SP`, `ST`), dotted OIDs with or
 *   without `OID.`; blanks around `,` `;` `+` and `=`
 * - values with `\,` and `\C3\A4` escapes, in `"quotes"`, or as `#hex` of their DER
 * - OpenSSL's `/C=GB/O=Example/CN=QM1`, which is written least specific first
 *
 * Values get the string type and must keep the bounds of RFC 5280 appendix A.1.
 *
 * @returns the name as it is encoded: the attribute written last comes first (C before CN)
 * @throws PkiError `name-malformed`, naming the attribute
 */
export function parseName(text: string): DistinguishedName {
  if (text.length > MAX_TEXT) malformed(`the name is longer than ${MAX_TEXT} characters`);
  const scanner = new NameScanner(text);
  const rdns = scanner.slashForm() ? scanner.slashes() : scanner.commas().reverse();
  // Read back, since DER sorts the members of a multi-valued RDN.
  return parseNameDer(encodeName(rdns));
}

function malformed(message: string, hint?: string): never {
  throw new PkiError("name-malformed", message, hint === undefined ? {} : { hint });
}

class NameScanner {
  readonly #text: string;
  #at = 0;

  constructor(text: string) {
    this.#text = text;
    this.#blanks();
    if (this.#at === text.length) malformed("the distinguished name is empty");
  }

  /** `/` and an attribute: nothing in the other forms starts so. */
  slashForm(): boolean {
    return this.#text[this.#at] === "/";
  }

  commas(): NameAttribute[][] {
    const rdns: NameAttribute[][] = [];
    for (;;) {
      rdns.push(this.#rdn(",;"));
      if (this.#at === this.#text.length) return rdns;
      this.#at++;
      this.#blanks();
      if (this.#at === this.#text.length) malformed("the name ends with a separator");
    }
  }

  slashes(): NameAttribute[][] {
    const rdns: NameAttribute[][] = [];
    while (this.#at < this.#text.length) {
      this.#at++; // the slash
      if (this.#text.slice(this.#at).trim() === "") break;
      rdns.push(this.#rdn("/"));
    }
    if (rdns.length === 0) malformed("the distinguished name is empty");
    return rdns;
  }

  #rdn(separators: string): NameAttribute[] {
    const attributes: NameAttribute[] = [];
    for (;;) {
      attributes.push(this.#attribute(separators));
      if (this.#text[this.#at] !== "+") return attributes;
      this.#at++;
    }
  }

  #attribute(separators: string): NameAttribute {
    this.#blanks();
    const start = this.#at;
    while (this.#at < this.#text.length && /[A-Za-z0-9.-]/.test(this.#text[this.#at] as string)) {
      this.#at++;
    }
    const name = this.#text.slice(start, this.#at);
    this.#blanks();
    if (name === "" || this.#text[this.#at] !== "=") {
      malformed(
        `attribute ${name === "" ? `at character ${start + 1}` : `"${name.slice(0, 40)}"`} has no "="`,
        'write a comma, plus or semicolon inside a value with a backslash, as in "O=Example\\, Inc."',
      );
    }
    this.#at++;
    const type = resolveType(name);
    this.#blanks();
    if (this.#text[this.#at] === "#") return this.#hexValue(type, separators);
    const value =
      this.#text[this.#at] === '"' ? this.#quoted(type, separators) : this.#plain(type, separators);
    return checked(type, value);
  }

  #hexValue(type: ResolvedType, separators: string): NameAttribute {
    const start = ++this.#at;
    while (this.#at < this.#text.length && /[0-9A-Fa-f]/.test(this.#text[this.#at] as string)) {
      this.#at++;
    }
    const hex = this.#text.slice(start, this.#at);
    this.#endOfValue(type, separators);
    if (hex.length === 0 || hex.length % 2 !== 0)
      malformed(`${type.name} has a value that is not #hex`);
    const bytes = fromHex(hex);
    try {
      const reader = new DerReader(bytes, type.name);
      const { tag, start: at, body, end } = reader.next();
      reader.finish("the value");
      return { type: type.oid, value: decodeValue(bytes, tag, at, body, end), tag };
    } catch (cause) {
      if (!(cause instanceof PkiError)) throw cause;
      throw new PkiError("name-malformed", `${type.name} has a #hex value that is not DER`, {
        cause,
      });
    }
  }

  #quoted(type: ResolvedType, separators: string): string {
    this.#at++;
    const value = new ValueText(type.name);
    for (;;) {
      const char = this.#text[this.#at];
      if (char === undefined) malformed(`${type.name} has a quotation mark that is not closed`);
      if (char === '"') break;
      if (char === "\\") this.#escape(value);
      else this.#take(value);
    }
    this.#at++;
    this.#endOfValue(type, separators);
    return value.finish();
  }

  #plain(type: ResolvedType, separators: string): string {
    const value = new ValueText(type.name);
    for (;;) {
      const char = this.#text[this.#at];
      if (char === undefined || char === "+") break;
      if (separators.includes(char) && (char !== "/" || this.#slashStartsAttribute())) break;
      if (char === '"') {
        malformed(
          `${type.name} has a quotation mark inside its value`,
          "put the whole value in quotation marks, or a backslash before each of them",
        );
      }
      if (char === "\\") this.#escape(value);
      else if (char === " " || char === "\t") {
        value.blank(char);
        this.#at++;
      } else this.#take(value);
    }
    return value.finish();
  }

  /** In `/O=a/b/CN=c` only the slash before an attribute separates. */
  #slashStartsAttribute(): boolean {
    const match = /^\/\s*([A-Za-z][A-Za-z0-9.-]{0,63}|[0-9.]{1,63})\s*=/.exec(
      this.#text.slice(this.#at, this.#at + 140),
    );
    if (match !== null)
      return (
        attributeType(match[1] as string) !== undefined ||
        /^(OID\.)?[0-9.]+$/i.test(match[1] as string)
      );
    return this.#text.slice(this.#at + 1).trim() === "";
  }

  #endOfValue(type: ResolvedType, separators: string): void {
    this.#blanks();
    const char = this.#text[this.#at];
    if (char !== undefined && char !== "+" && !separators.includes(char)) {
      malformed(`${type.name} has text after the end of its value`);
    }
  }

  #take(value: ValueText): void {
    const point = this.#text.codePointAt(this.#at) as number;
    const char = String.fromCodePoint(point);
    value.text(char);
    this.#at += char.length;
  }

  #escape(value: ValueText): void {
    const next = this.#text.slice(this.#at + 1, this.#at + 3);
    if (/^[0-9A-Fa-f]{2}$/.test(next)) {
      value.octet(Number.parseInt(next, 16));
      this.#at += 3;
      return;
    }
    const char = next[0];
    if (char === undefined || !SPECIAL.includes(char)) {
      malformed(`${value.name} has a backslash that escapes nothing`, "write a backslash as \\\\");
    }
    value.text(char);
    this.#at += 2;
  }

  #blanks(): void {
    while (/[ \t\r\n]/.test(this.#text[this.#at] ?? "x")) this.#at++;
  }
}

/** Collects a value: text, octets of UTF-8 from hex escapes, and blanks that count only when more follows. */
class ValueText {
  readonly name: string;
  #text = "";
  #octets: number[] = [];
  #blanks = "";

  constructor(name: string) {
    this.name = name;
  }

  text(char: string): void {
    this.#settle();
    this.#text += char;
  }

  octet(octet: number): void {
    this.#text += this.#blanks;
    this.#blanks = "";
    this.#octets.push(octet);
  }

  blank(char: string): void {
    this.#flush();
    this.#blanks += char;
  }

  finish(): string {
    this.#flush();
    return this.#text;
  }

  #settle(): void {
    this.#flush();
    this.#text += this.#blanks;
    this.#blanks = "";
  }

  #flush(): void {
    if (this.#octets.length === 0) return;
    try {
      this.#text += new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(
        Uint8Array.from(this.#octets),
      );
    } catch {
      malformed(`${this.name} has escaped octets that are not UTF-8`);
    }
    this.#octets = [];
  }
}

interface ResolvedType {
  readonly oid: string;
  readonly name: string;
  readonly known: AttributeType | undefined;
}

function resolveType(name: string): ResolvedType {
  const dotted = name.replace(/^OID\./i, "");
  if (/^[0-9]/.test(dotted)) {
    if (!/^[0-2](\.(0|[1-9][0-9]{0,14})){1,30}$/.test(dotted) || !isEncodable(dotted)) {
      malformed(`"${dotted.slice(0, 40)}" is not an object identifier`);
    }
    const known = attributeTypeOf(dotted);
    return { oid: dotted, name: known?.name ?? dotted, known };
  }
  const known = attributeType(name);
  if (known === undefined) {
    malformed(
      `"${name.slice(0, 40)}" is not an attribute of a distinguished name`,
      "use CN, OU, O, L, ST, C, STREET, DC, UID, emailAddress, serialNumber or a dotted OID",
    );
  }
  return { oid: known.oid, name: known.name, known };
}

function isEncodable(dotted: string): boolean {
  const [first, second] = dotted.split(".").map(Number) as [number, number];
  if (first < 2 && second > 39) return false;
  const encoded = der.oid(dotted);
  return decodeOid(encoded.subarray(2)) === dotted;
}

/** Gives a typed value its string type and keeps the bounds of RFC 5280 appendix A.1. */
function checked(type: ResolvedType, value: string): NameAttribute {
  const { name } = type;
  const length = [...value].length;
  const limit = type.known?.limit ?? 32_768;
  if (length === 0) malformed(`${name} is empty`);
  if (limit === 2 && !/^[A-Za-z]{2}$/.test(value)) {
    malformed(`${name} is not a country code of two letters`, "use an ISO 3166 code such as GB");
  }
  if (length > limit) malformed(`${name} has ${length} characters, at most ${limit} are allowed`);
  const tag = type.known?.tag ?? Tag.utf8String;
  if (tag === Tag.bitString) malformed(`${name} can only be given as #hex`);
  if (tag === Tag.printableString && !/^[A-Za-z0-9 '()+,\-./:=?]*$/.test(value)) {
    malformed(`${name} may hold only letters, digits, blanks and '()+,-./:=?`);
  }
  if (tag === Tag.ia5String && !/^[\x00-\x7f]*$/.test(value)) {
    malformed(`${name} may hold only ASCII characters`);
  }
  if (/\p{Surrogate}/u.test(value)) malformed(`${name} is not well-formed Unicode`);
  return { type: type.oid, value, tag };
}
