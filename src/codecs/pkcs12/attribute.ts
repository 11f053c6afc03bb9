import { DerReader } from "../../bytes/der-reader.ts";
import { Tag } from "../../bytes/der-tag.ts";
import { der } from "../../bytes/der-writer.ts";
import { bmp, utf8 } from "../../bytes/text.ts";
import { Oid } from "./oid.ts";

/** The attributes of a bag (RFC 7292 §4.2): the three this project understands, and all as they were. */
export interface Attributes {
  /** Every attribute's whole DER, by OID, in file order. */
  readonly all: readonly { readonly oid: string; readonly der: Uint8Array }[];
  /** friendlyName exactly as stored, but for the terminating zero that some Windows programs add. */
  readonly label?: string;
  /** localKeyId: the same octets on a key and on its certificate. */
  readonly keyId?: Uint8Array;
  /** Oracle's trustedKeyUsage is there: Java sees a trusted entry. */
  readonly trusted: boolean;
  /** The SET's content as it was, so that untouched attributes are written as they were. */
  readonly content: Uint8Array;
}

export const NO_ATTRIBUTES: Attributes = { all: [], trusted: false, content: new Uint8Array(0) };

/** More on one bag is nobody's. */
const MAX_ATTRIBUTES = 64;

/** Reads the content of a bag's attribute SET. @throws PkiError `format-malformed` */
export function readAttributes(reader: DerReader): Attributes {
  const all: { oid: string; der: Uint8Array }[] = [];
  let label: string | undefined;
  let keyId: Uint8Array | undefined;
  let trusted = false;
  const content = reader.bytes.subarray(reader.offset, reader.end);
  while (!reader.done) {
    if (all.length === MAX_ATTRIBUTES) reader.fail(`more than ${MAX_ATTRIBUTES} attributes`);
    const element = reader.next(Tag.sequence, "attribute");
    const attribute = reader.inside(element, "attribute");
    const oid = attribute.oid("attribute type");
    const values = attribute.set("values");
    attribute.finish("the attribute");
    all.push({ oid, der: reader.raw(element) });
    if (oid === Oid.friendlyName) label ??= withoutTerminator(readLabel(values));
    else if (oid === Oid.localKeyId && !values.done) keyId ??= values.octetString("localKeyId");
    else if (oid === Oid.trustedKeyUsage) trusted = true;
  }
  return {
    all,
    trusted,
    content,
    ...(label === undefined ? {} : { label }),
    ...(keyId === undefined ? {} : { keyId }),
  };
}

/** RFC 2985 §5.5.1 says BMPString; a few writers take another string type. An empty SET is no name. */
function readLabel(values: DerReader): string | undefined {
  if (values.done) return undefined;
  const element = values.next(undefined, "friendlyName");
  const content = values.content(element);
  const place = { what: "friendlyName", where: values.where };
  switch (element.tag) {
    case Tag.bmpString:
      return bmp.decode(content, place);
    case Tag.utf8String:
    case Tag.printableString:
    case Tag.ia5String:
    case Tag.t61String:
    case Tag.visibleString:
      return utf8.decodeLenient(content, place);
    default:
      return values.fail("friendlyName is not a string");
  }
}

/** A label with a zero in it could not be typed; one that is nothing else is none. */
function withoutTerminator(label: string | undefined): string | undefined {
  if (label === undefined || !label.endsWith("\0")) return label;
  return label === "\0" ? undefined : label.slice(0, -1);
}

/** What to set on a bag; what is left out stays as it was. */
export interface AttributeChange {
  readonly label?: string;
  readonly keyId?: Uint8Array;
  readonly trusted?: true;
}

/** The attributes with friendlyName, localKeyId or trust set; all others stay as they were. */
export function changeAttributes(attributes: Attributes, change: AttributeChange): Attributes {
  let all = [...attributes.all];
  const set = (oid: string, value: Uint8Array): void => {
    const whole = der.sequence(der.oid(oid), der.setOf(value));
    const at = all.findIndex((attribute) => attribute.oid === oid);
    if (at === -1) all.push({ oid, der: whole });
    else {
      all[at] = { oid, der: whole };
      all = all.filter((attribute, i) => i <= at || attribute.oid !== oid);
    }
  };
  if (change.label !== undefined) {
    // Reading takes one zero off the end: a label that has one gets another.
    const text = change.label.endsWith("\0") ? `${change.label}\0` : change.label;
    set(Oid.friendlyName, der.tlv(Tag.bmpString, bmp.encode(text)));
  }
  if (change.keyId !== undefined) set(Oid.localKeyId, der.octetString(change.keyId));
  if (change.trusted && !attributes.trusted) {
    set(Oid.trustedKeyUsage, der.oid(Oid.anyExtendedKeyUsage));
  }
  const sorted = new DerReader(der.setOf(...all.map((attribute) => attribute.der))).set("");
  return readAttributes(sorted);
}
