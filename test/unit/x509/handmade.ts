import { Tag } from "../../../src/bytes/der-tag.ts";
import { der } from "../../../src/bytes/der-writer.ts";
import { fromHex } from "../../../src/bytes/octets.ts";

const ascii = (text: string): Uint8Array => new TextEncoder().encode(text);

/** Parts of a certificate as DER, each to be exchanged by a test. Nothing here comes from the code under test but `der`. */
export interface Parts {
  readonly version?: Uint8Array;
  readonly serial?: Uint8Array;
  readonly algorithm?: Uint8Array;
  readonly innerAlgorithm?: Uint8Array;
  readonly issuer?: Uint8Array;
  readonly subject?: Uint8Array;
  readonly notBefore?: Uint8Array;
  readonly notAfter?: Uint8Array;
  readonly spki?: Uint8Array;
  readonly afterSpki?: Uint8Array;
  readonly extensions?: readonly Uint8Array[];
  readonly signature?: Uint8Array;
}

export const SHA256_RSA = der.sequence(der.oid("1.2.840.113549.1.1.11"), der.null());
/** RFC 8410 §10.1: the public key of its example. */
export const ED25519_SPKI = der.sequence(
  der.sequence(der.oid("1.3.101.112")),
  der.bitString(fromHex("19bf44096984cdfe8541bac167dc3b96c85086aa30b6b6cb0c5c38ad703166e1")),
);

export function utcTime(text: string): Uint8Array {
  return der.tlv(Tag.utcTime, ascii(text));
}

export function generalizedTime(text: string): Uint8Array {
  return der.tlv(Tag.generalizedTime, ascii(text));
}

/** A name of one attribute, its value a TLV. */
export function nameOf(type: string, value: Uint8Array): Uint8Array {
  return der.sequence(der.setOf(der.sequence(der.oid(type), value)));
}

export function extension(oid: string, value: Uint8Array, critical = false): Uint8Array {
  const flag = critical ? [der.boolean(true)] : [];
  return der.sequence(der.oid(oid), ...flag, der.octetString(value));
}

/** A certificate that nobody signed, version 3 without extensions unless told otherwise. */
export function handmade(parts: Parts = {}): Uint8Array {
  const algorithm = parts.algorithm ?? SHA256_RSA;
  const name = nameOf("2.5.4.3", der.utf8("Handmade"));
  const tbs = der.sequence(
    parts.version ?? der.explicit(0, der.integer(2)),
    parts.serial ?? der.integer(1),
    parts.innerAlgorithm ?? algorithm,
    parts.issuer ?? name,
    der.sequence(
      parts.notBefore ?? utcTime("260101000000Z"),
      parts.notAfter ?? utcTime("270101000000Z"),
    ),
    parts.subject ?? name,
    parts.spki ?? ED25519_SPKI,
    parts.afterSpki ?? new Uint8Array(0),
    parts.extensions === undefined
      ? new Uint8Array(0)
      : der.explicit(3, der.sequence(...parts.extensions)),
  );
  return der.sequence(tbs, algorithm, parts.signature ?? der.bitString(new Uint8Array(64)));
}
