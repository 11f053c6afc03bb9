/** Looking at the first bytes of a file. Nothing here fails: a wrong shape is just not that format. */

export function startsWith(head: Uint8Array, ...prefix: readonly number[]): boolean {
  return prefix.every((byte, i) => head[i] === byte);
}

/** Octets from which on the table of `indexOfLong` pays. */
const LONG = 2048;

/** Horspool's method: most octets are never looked at. */
function indexOfLong(bytes: Uint8Array, text: string, from: number): number {
  const last = text.length - 1;
  const skips = new Uint8Array(256).fill(Math.min(255, text.length));
  for (let i = 0; i < last; i++) skips[text.charCodeAt(i)] = Math.min(255, last - i);
  for (let end = from + last; end < bytes.length; end += skips[bytes[end] as number] as number) {
    let i = 0;
    while (i <= last && bytes[end - i] === text.charCodeAt(last - i)) i++;
    if (i > last) return end - last;
  }
  return -1;
}

/** Where `text` (ASCII) first stands in `bytes` at or after `from`, -1 where it does not. */
export function indexOfAscii(bytes: Uint8Array, text: string, from = 0): number {
  if (bytes.length - from > LONG && text.length > 8) return indexOfLong(bytes, text, from);
  const first = text.charCodeAt(0);
  for (let at = bytes.indexOf(first, from); at !== -1; at = bytes.indexOf(first, at + 1)) {
    let same = 1;
    while (same < text.length && bytes[at + same] === text.charCodeAt(same)) same++;
    if (same === text.length) return at;
  }
  return -1;
}

/** A run of dashes costs `indexOfAscii` little: "-----BEGIN " has its first mismatch within six octets. */
const BEGIN = "-----BEGIN ";

export function hasPemBlock(head: Uint8Array): boolean {
  return indexOfAscii(head, BEGIN) !== -1;
}

/** The labels of the `-----BEGIN label-----` lines in the head, in order, at most 16. */
export function pemLabels(head: Uint8Array): readonly string[] {
  const labels: string[] = [];
  let at = indexOfAscii(head, BEGIN);
  while (at !== -1 && labels.length < 16) {
    let label = "";
    for (let i = at + BEGIN.length; i < head.length && head[i] !== 0x2d && label.length < 64; i++) {
      label += String.fromCharCode(head[i] as number);
    }
    labels.push(label);
    at = indexOfAscii(head, BEGIN, at + BEGIN.length);
  }
  return labels;
}

/** What a DER or BER file is, judged by its outermost tags. `other:` names what we do not read. */
export type DerShape =
  | "pkcs12"
  | "der"
  | "other:pkcs7"
  | "other:crl"
  | "other:public-key"
  | "other:bcfks";

interface Header {
  readonly tag: number;
  readonly body: number;
  /** Undefined for an indefinite length, and past the head for content that goes on after it. */
  readonly end: number | undefined;
}

/** The TLV header at `at`; lengths need not be minimal and may reach past the head. */
function headerAt(head: Uint8Array, at: number): Header | undefined {
  const tag = head[at];
  const first = head[at + 1];
  if (tag === undefined || first === undefined) return undefined;
  if (first < 0x80) return { tag, body: at + 2, end: at + 2 + first };
  const count = first & 0x7f;
  if (count === 0) return { tag, body: at + 2, end: undefined };
  if (count > 4) return undefined;
  let length = 0;
  for (let i = 0; i < count; i++) {
    const byte = head[at + 2 + i];
    if (byte === undefined) return undefined;
    length = length * 256 + byte;
  }
  return { tag, body: at + 2 + count, end: at + 2 + count + length };
}

/** The header of what follows `header`, where its length says where that is. */
function after(head: Uint8Array, header: Header): Header | undefined {
  return header.end === undefined ? undefined : headerAt(head, header.end);
}

const PKCS7_ARC = [0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x07];

function isPkcs7Oid(head: Uint8Array, header: Header | undefined): boolean {
  return header?.tag === 0x06 && PKCS7_ARC.every((byte, i) => head[header.body + i] === byte);
}

const SEQUENCE = 0x30;
const INTEGER = 0x02;
const OCTET_STRING = 0x04;
const BIT_STRING = 0x03;
const OID = 0x06;
const EXPLICIT_0 = 0xa0;

export function derShape(head: Uint8Array): DerShape | undefined {
  const outer = headerAt(head, 0);
  if (outer?.tag !== SEQUENCE) return undefined;
  const first = headerAt(head, outer.body);
  if (first === undefined) return undefined;
  if (isPkcs7Oid(head, first)) return "other:pkcs7";
  if (first.tag === INTEGER) return integerFirst(head, first);
  return first.tag === SEQUENCE ? sequenceFirst(head, first) : undefined;
}

/** PFX; PKCS#8, PKCS#1, SEC1 and DSA private keys; a PKCS#1 public key. */
function integerFirst(head: Uint8Array, first: Header): DerShape | undefined {
  const second = after(head, first);
  if (second?.tag === SEQUENCE) {
    return isPkcs7Oid(head, headerAt(head, second.body)) ? "pkcs12" : "der";
  }
  if (second?.tag === OCTET_STRING) return "der";
  if (second?.tag !== INTEGER) return undefined;
  const version = head[first.body] === 0 && first.end === first.body + 1;
  return version ? "der" : "other:public-key";
}

/** Certificate, request, CRL; EncryptedPrivateKeyInfo; SubjectPublicKeyInfo; BCFKS. */
function sequenceFirst(head: Uint8Array, first: Header): DerShape | undefined {
  const inner = headerAt(head, first.body);
  if (inner === undefined) return undefined;
  if (inner.tag === EXPLICIT_0) return "der"; // TBSCertificate with its version
  const next = after(head, inner);
  if (inner.tag === OID) {
    const sibling = after(head, first);
    if (sibling?.tag === OCTET_STRING) return "der";
    return sibling?.tag === BIT_STRING ? "other:public-key" : undefined;
  }
  if (inner.tag === INTEGER) {
    // A v1 certificate and a v2 CRL both go on with an algorithm; only the CRL has a time as its fourth.
    const third = next === undefined ? undefined : after(head, next);
    const fourth = third === undefined ? undefined : after(head, third);
    return isTime(fourth) ? "other:crl" : "der";
  }
  if (inner.tag !== SEQUENCE) return undefined;
  if (next?.tag === OCTET_STRING) return "other:bcfks"; // encrypted store data
  return isTime(next === undefined ? undefined : after(head, next)) ? "other:crl" : undefined;
}

function isTime(header: Header | undefined): boolean {
  return header?.tag === 0x17 || header?.tag === 0x18;
}
