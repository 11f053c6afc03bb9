import { type DerReader, decodeOid } from "../bytes/der-reader.ts";
import { contextConstructed, contextTag, Tag } from "../bytes/der-tag.ts";
import { toHex } from "../bytes/octets.ts";
import { printName } from "./name.ts";
import { decodeValue } from "./name-value.ts";
import { readName } from "./parse.ts";

export type GeneralNameKind =
  | "DNS"
  | "email"
  | "URI"
  | "IP"
  | "dirName"
  | "RID"
  | "otherName"
  | "X400Name"
  | "EdiPartyName";

/** One GeneralName (RFC 5280 §4.2.1.6). */
export interface GeneralName {
  readonly kind: GeneralNameKind;
  /**
   * DNS, email, URI: the text as stored (Latin-1 where it is not ASCII). IP: `192.0.2.1` or RFC 5952 text, in name
   * constraints with `/mask`. dirName: RFC 4514. RID: dotted OID. otherName: `OID;text` where the value is a string,
   * else `OID;#hex`. The last two kinds: `#hex` of their DER.
   */
  readonly value: string;
  /** The whole TLV. */
  readonly der: Uint8Array;
}

/** Reads the next GeneralName. @throws PkiError `format-malformed` */
export function readGeneralName(reader: DerReader): GeneralName {
  const element = reader.next(undefined, "general name");
  const der = reader.raw(element);
  const content = reader.content(element);
  const text = (): string =>
    decodeValue(reader.bytes, Tag.ia5String, element.start, element.body, element.end);
  switch (element.tag) {
    case contextConstructed(0):
      return { kind: "otherName", value: otherName(reader.inside(element, "otherName")), der };
    case contextTag(1):
      return { kind: "email", value: text(), der };
    case contextTag(2):
      return { kind: "DNS", value: text(), der };
    case contextConstructed(3):
      return { kind: "X400Name", value: `#${toHex(der)}`, der };
    case contextConstructed(4): {
      const inside = reader.inside(element, "directoryName");
      const name = readName(inside, "name");
      inside.finish("directoryName");
      return { kind: "dirName", value: printName(name), der };
    }
    case contextConstructed(5):
      return { kind: "EdiPartyName", value: `#${toHex(der)}`, der };
    case contextTag(6):
      return { kind: "URI", value: text(), der };
    case contextTag(7): {
      const value = printAddress(content);
      if (value === undefined) reader.fail(`an IP address of ${content.length} octets`);
      return { kind: "IP", value, der };
    }
    case contextTag(8): {
      const oid = decodeOid(content);
      if (oid === undefined) reader.fail("a registered ID that is no object identifier");
      return { kind: "RID", value: oid, der };
    }
    default:
      return reader.fail(`a general name with tag 0x${element.tag.toString(16)}`);
  }
}

/** GeneralNames: `reader` stands inside the sequence. @throws PkiError `format-malformed` */
export function readGeneralNames(reader: DerReader): GeneralName[] {
  const names: GeneralName[] = [];
  while (!reader.done) names.push(readGeneralName(reader));
  return names;
}

/**
 * `DNS:host`, `IP:192.0.2.1`, `email:a@b`, `URI:…`, `dirName:…`, `RID:…`, `otherName:…`.
 *
 * A value with a comma, quotation mark, backslash or control character is put in JSON quotes, so that one
 * name cannot pass for two in a list (CVE-2021-44532) and stays on its line. Directory names escape by themselves.
 */
export function printGeneralName({ kind, value }: GeneralName): string {
  const safe = kind === "dirName" || !/[\x00-\x1f\x7f-\x9f"\\,]/.test(value);
  return `${kind}:${safe ? value : JSON.stringify(value)}`;
}

/** Text of 4 or 16 octets, or of an address and its mask (8 or 32); undefined for any other number. */
export function printAddress(octets: Uint8Array): string | undefined {
  switch (octets.length) {
    case 4:
      return octets.join(".");
    case 16:
      return printIpv6(octets);
    case 8:
    case 32: {
      const half = octets.length / 2;
      return `${printAddress(octets.subarray(0, half))}/${printAddress(octets.subarray(half))}`;
    }
    default:
      return undefined;
  }
}

/** RFC 5952: lower case, the longest run of two or more zero groups shortened. */
function printIpv6(octets: Uint8Array): string {
  const groups = Array.from({ length: 8 }, (_, i) =>
    ((octets[2 * i] as number) * 256 + (octets[2 * i + 1] as number)).toString(16),
  );
  let best = { start: -1, length: 1 };
  for (let start = 0; start < 8; start++) {
    let length = 0;
    while (start + length < 8 && groups[start + length] === "0") length++;
    if (length > best.length) best = { start, length };
  }
  if (best.start < 0) return groups.join(":");
  return `${groups.slice(0, best.start).join(":")}::${groups.slice(best.start + best.length).join(":")}`;
}

function otherName(reader: DerReader): string {
  const oid = reader.oid("type");
  const explicit = reader.enter(contextConstructed(0), "value");
  const value = explicit.next();
  explicit.finish("value");
  reader.finish("otherName");
  const text = decodeValue(explicit.bytes, value.tag, value.start, value.body, value.end);
  return `${oid};${text}`;
}
