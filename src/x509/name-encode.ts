import { Tag } from "../bytes/der-tag.ts";
import { der } from "../bytes/der-writer.ts";
import { concat, fromHex } from "../bytes/octets.ts";
import type { NameAttribute } from "../model/certificate.ts";
import { PkiError } from "../model/error.ts";

/**
 * A Name in DER (RFC 5280 §4.1.2.4) from its attributes in encoded order, each with its `tag`.
 *
 * @throws PkiError `name-malformed` where a value does not fit its tag, or a name has an empty RDN
 */
export function encodeName(rdns: readonly (readonly NameAttribute[])[]): Uint8Array {
  return der.sequence(
    ...rdns.map((rdn) => {
      if (rdn.length === 0) throw new PkiError("name-malformed", "a part of the name is empty");
      return der.setOf(
        ...rdn.map((attribute) => der.sequence(der.oid(attribute.type), encodeValue(attribute))),
      );
    }),
  );
}

/** The value of an attribute as one TLV of its tag. @throws PkiError `name-malformed` */
export function encodeValue({ value, tag, type }: NameAttribute): Uint8Array {
  switch (tag) {
    case Tag.utf8String:
      return der.utf8(value);
    case Tag.printableString:
    case Tag.ia5String:
    case Tag.t61String:
    case Tag.numericString:
    case Tag.visibleString:
      return der.tlv(tag, octets(value, 1, type));
    case Tag.bmpString:
      return der.tlv(tag, octets(value, 2, type));
    case Tag.universalString:
      return der.tlv(
        tag,
        concat(
          Array.from(value, (char) => {
            const point = char.codePointAt(0) as number;
            return Uint8Array.of(0, point >> 16, (point >> 8) & 0xff, point & 0xff);
          }),
        ),
      );
    default:
      if (!/^#([0-9a-f]{2}){2,}$/.test(value)) {
        throw new PkiError("name-malformed", `attribute ${type} has a value that is not #hex`);
      }
      return fromHex(value.slice(1));
  }
}

function octets(value: string, width: 1 | 2, type: string): Uint8Array {
  const out = new Uint8Array(value.length * width);
  for (let i = 0; i < value.length; i++) {
    const unit = value.charCodeAt(i);
    if (width === 2) {
      out[2 * i] = unit >> 8;
      out[2 * i + 1] = unit & 0xff;
    } else if (unit > 0xff) {
      throw new PkiError("name-malformed", `attribute ${type} does not fit its string type`);
    } else {
      out[i] = unit;
    }
  }
  return out;
}
