import { DerReader, decodeOid, type Element } from "../bytes/der-reader.ts";
import { Tag } from "../bytes/der-tag.ts";
import { toHex } from "../bytes/octets.ts";
import { commonOid } from "../bytes/oid-table.ts";
import type { PublicKeyView } from "../model/certificate.ts";
import { CURVES, KEY_ALGORITHMS } from "./algorithms.ts";
import { usualKey } from "./usual-key.ts";

/** What `PublicKeyView.curve` says where the parameters spell a curve out instead of naming it (RFC 5480 §2.1.1 forbids it). */
export const EXPLICIT_CURVE = "explicit";

/**
 * Looks into a SubjectPublicKeyInfo (RFC 5280 §4.1.2.7). `reader` stands before it and is moved past it.
 *
 * The outer structure must be sound; a key inside that cannot be understood has 0 bits and no exponent.
 *
 * @throws PkiError `format-malformed` where the outer structure is not a SubjectPublicKeyInfo
 */
export function readPublicKey(reader: DerReader): PublicKeyView {
  const element = reader.next(Tag.sequence, "subjectPublicKeyInfo");
  return usualView(reader.bytes, element.start, element.end) ?? readKey(reader, element);
}

/** The view of one of the keys that nearly all certificates have; undefined for any other. */
export function usualView(
  bytes: Uint8Array,
  start: number,
  end: number,
): PublicKeyView | undefined {
  const usual = usualKey(bytes, start, end);
  if (usual === undefined) return undefined;
  const { algorithm, bits, curve, exponent } = usual;
  const spki = bytes.subarray(start, end);
  if (curve !== undefined) return { algorithm, bits, curve, spki };
  return { algorithm, bits, exponent: exponent as string, spki };
}

function readKey(reader: DerReader, element: Element): PublicKeyView {
  const inside = reader.inside(element, "subjectPublicKeyInfo");
  const algorithm = inside.sequence("algorithm");
  const oid = algorithm.oid("algorithm");
  const key = inside.bitString("subjectPublicKey").bytes;
  inside.finish("subjectPublicKeyInfo");

  const spki = reader.raw(element);
  const known = KEY_ALGORITHMS[oid];
  if (known === undefined) return { algorithm: oid, bits: 0, spki };
  const [name, bits] = known;
  switch (name) {
    case "RSA":
    case "RSASSA-PSS":
      return { algorithm: name, ...rsaNumbers(key), spki };
    case "EC":
      return { algorithm: name, ...curveOf(algorithm), spki };
    case "DSA":
      return { algorithm: name, bits: dsaBits(algorithm), spki };
    default:
      return { algorithm: name, bits, spki };
  }
}

/** The view of a SubjectPublicKeyInfo that stands alone. @throws PkiError `format-malformed` */
export function parsePublicKey(spki: Uint8Array, where = "subjectPublicKeyInfo"): PublicKeyView {
  const reader = new DerReader(spki, where);
  const view = readPublicKey(reader);
  reader.finish("subjectPublicKeyInfo");
  return view;
}

/** Modulus and exponent of an RSAPublicKey (RFC 8017 §A.1.1) as unsigned magnitudes; undefined where it is none. */
export function rsaMagnitudes(
  key: Uint8Array,
): { modulus: Uint8Array; exponent: Uint8Array } | undefined {
  const body = quietly(key, Tag.sequence);
  if (body === undefined || body.end !== key.length) return undefined;
  const modulus = quietly(key, Tag.integer, body.body, body.end);
  if (modulus === undefined) return undefined;
  const exponent = quietly(key, Tag.integer, modulus.end, body.end);
  if (exponent === undefined || exponent.end !== body.end) return undefined;
  return {
    modulus: magnitude(key.subarray(modulus.body, modulus.end)),
    exponent: magnitude(key.subarray(exponent.body, exponent.end)),
  };
}

/** Length in bits of an unsigned magnitude without leading zero octets. */
export function bitLength(magnitude: Uint8Array): number {
  const first = magnitude[0];
  return first === undefined ? 0 : magnitude.length * 8 - (Math.clz32(first) - 24);
}

/** Drops leading zero octets; zero becomes no octets at all. */
export function magnitude(octets: Uint8Array): Uint8Array {
  let start = 0;
  while (start < octets.length && octets[start] === 0) start++;
  return octets.subarray(start);
}

function rsaNumbers(key: Uint8Array): { bits: number; exponent?: string } {
  const numbers = rsaMagnitudes(key);
  if (numbers === undefined) return { bits: 0 };
  return {
    bits: bitLength(numbers.modulus),
    exponent: toHex(numbers.exponent).replace(/^0/, "") || "0",
  };
}

function curveOf(algorithm: DerReader): { bits: number; curve?: string } {
  const tag = algorithm.peek();
  if (tag === Tag.sequence) return { bits: explicitBits(algorithm), curve: EXPLICIT_CURVE };
  if (tag !== Tag.oid) return { bits: 0 };
  const { body, end } = algorithm.next(Tag.oid);
  const bytes = algorithm.bytes;
  const oid = commonOid(bytes, body, end) ?? decodeOid(bytes.subarray(body, end));
  if (oid === undefined) return { bits: 0 };
  const [curve, bits] = CURVES[oid] ?? [oid, 0];
  return { curve, bits };
}

/** Field size of ECParameters (X9.62): the bit length of the prime, or m of GF(2^m). */
function explicitBits(algorithm: DerReader): number {
  const bytes = algorithm.bytes;
  const outer = quietly(bytes, Tag.sequence, algorithm.offset, algorithm.end);
  const version = outer && quietly(bytes, Tag.integer, outer.body, outer.end);
  const field = outer && version && quietly(bytes, Tag.sequence, version.end, outer.end);
  if (field === undefined) return 0;
  const type = quietly(bytes, Tag.oid, field.body, field.end);
  if (type === undefined) return 0;
  const prime = quietly(bytes, Tag.integer, type.end, field.end);
  if (prime !== undefined) return bitLength(magnitude(bytes.subarray(prime.body, prime.end)));
  const binary = quietly(bytes, Tag.sequence, type.end, field.end);
  const m = binary && quietly(bytes, Tag.integer, binary.body, binary.end);
  if (m === undefined || m.end - m.body > 2) return 0;
  return bytes.subarray(m.body, m.end).reduce((value, octet) => value * 256 + octet, 0);
}

/** Bits of the prime p; 0 where the parameters are inherited from the issuer (RFC 3279 §2.3.2). */
function dsaBits(algorithm: DerReader): number {
  const bytes = algorithm.bytes;
  const parameters = quietly(bytes, Tag.sequence, algorithm.offset, algorithm.end);
  const p = parameters && quietly(bytes, Tag.integer, parameters.body, parameters.end);
  return p === undefined ? 0 : bitLength(magnitude(bytes.subarray(p.body, p.end)));
}

/** One TLV with `tag` at `start`, or undefined: what a key's inside is must not make a certificate unreadable. */
function quietly(
  bytes: Uint8Array,
  tag: number,
  start = 0,
  limit = bytes.length,
): { body: number; end: number } | undefined {
  if (start + 2 > limit || bytes[start] !== tag) return undefined;
  let at = start + 1;
  let length = bytes[at++] as number;
  if (length >= 0x80) {
    const count = length & 0x7f;
    if (count === 0 || count > 4 || at + count > limit) return undefined;
    length = 0;
    for (let i = 0; i < count; i++) length = length * 256 + (bytes[at++] as number);
  }
  return length > limit - at ? undefined : { body: at, end: at + length };
}

/** The modulus of an RSA key as an unsigned magnitude; undefined for other keys and unreadable ones. */
export function rsaModulus(key: PublicKeyView): Uint8Array | undefined {
  if (key.algorithm !== "RSA" && key.algorithm !== "RSASSA-PSS") return undefined;
  const inside = new DerReader(key.spki, "subjectPublicKeyInfo").sequence("subjectPublicKeyInfo");
  inside.next(Tag.sequence, "algorithm");
  return rsaMagnitudes(inside.bitString("subjectPublicKey").bytes)?.modulus;
}
