import { DerCursor } from "../bytes/der-cursor.ts";
import { DerReader } from "../bytes/der-reader.ts";
import { contextConstructed, contextTag, Tag } from "../bytes/der-tag.ts";
import { toHex } from "../bytes/octets.ts";
import { commonOid } from "../bytes/oid-table.ts";
import { sha256Hex } from "../crypto/digest.ts";
import type {
  Certificate,
  DistinguishedName,
  Extension,
  NameAttribute,
  PublicKeyView,
} from "../model/certificate.ts";
import { PkiError } from "../model/error.ts";
import { SIGNATURE_NAMES } from "./algorithms.ts";
import type { CertificateMemo } from "./certificate-memo.ts";
import { frameOf } from "./frame.ts";
import { ReadName } from "./name.ts";
import { decodeValue, isStringTag } from "./name-value.ts";
import { readPublicKey, usualView } from "./public-key.ts";
import { readTime } from "./time.ts";

/**
 * Reads one X.509 certificate (RFC 5280 §4.1) from DER.
 *
 * The structure must be sound to the last byte; what the fields say is taken as it is, since real stores
 * hold certificates with negative or zero serials, odd versions, unusual string types and times. Judging
 * them is the business of `audit` and `validate`. Nothing is copied: the certificate and its parts are
 * views of `der`, which the caller must not change afterwards.
 *
 * @param der - exactly one certificate; bytes after it are refused
 * @param where - the place named in errors, such as `entries/3/chain/0`
 * @param memo - of whoever reads many: what it has read before is shared, instead of being a view of `der`
 * @throws PkiError `format-malformed`
 */
export function parseCertificate(
  der: Uint8Array,
  where = "certificate",
  memo?: CertificateMemo,
): Certificate {
  if (memo === undefined) return readUsual(der) ?? readCertificate(der, where);
  return memo.certificate(der, (sha256) => {
    const own = memo.place(der);
    return readUsual(own, memo, sha256) ?? readCertificate(own, where, memo, sha256);
  });
}

/**
 * The quick way for certificates that are framed as nearly all are: by offsets, without a reader for each part.
 * Undefined for others and for such as are damaged, which `readCertificate` explains.
 */
function readUsual(
  der: Uint8Array,
  memo?: CertificateMemo,
  sha256?: string,
): Certificate | undefined {
  const frame = frameOf(der);
  if (frame === undefined) return undefined;
  const { signatureAlgorithm: algorithm, publicKey, publicKeyEnd } = frame;
  try {
    const fields = {
      der,
      version: frame.version,
      serial: toHex(der.subarray(frame.serial, frame.serialEnd)),
      subject: nameAt(der, frame.subject, frame.subjectEnd, memo, false),
      issuer: nameAt(der, frame.issuer, frame.issuerEnd, memo, true),
      notBefore: new Date(frame.notBefore),
      notAfter: new Date(frame.notAfter),
      signatureAlgorithm: SIGNATURE_NAMES[algorithm] ?? algorithm,
      publicKey:
        usualView(der, publicKey, publicKeyEnd) ??
        readPublicKey(new DerReader(der, "", publicKey, publicKeyEnd)),
      extensions: extensionsAt(der, frame.extensions, frame.extensionsEnd, memo),
    };
    return new ParsedCertificate(fields, sha256);
  } catch (error) {
    if (error instanceof PkiError) return undefined;
    throw error;
  }
}

function nameAt(
  der: Uint8Array,
  start: number,
  end: number,
  memo: CertificateMemo | undefined,
  again: boolean,
): DistinguishedName {
  const known = memo?.names.get(der, start, end);
  return known ?? readName(new DerReader(der, "", start, end), "name", memo, again);
}

const NO_EXTENSIONS: readonly Extension[] = [];

function extensionsAt(
  der: Uint8Array,
  start: number,
  end: number,
  memo: CertificateMemo | undefined,
): readonly Extension[] {
  if (end === start) return NO_EXTENSIONS;
  const extensions: Extension[] = [];
  const cursor = new DerCursor(der);
  for (let at = start; at < end; at = cursor.end) {
    if (!cursor.find(at, end, Tag.sequence))
      return readExtensionList(new DerReader(der, "", start, end), memo);
    const known = memo?.extensions.get(der, at, cursor.end);
    extensions.push(known ?? readExtensionAt(der, at, cursor, memo));
  }
  return extensions;
}

/** The extension that the cursor is at; it stays there. */
function readExtensionAt(
  der: Uint8Array,
  start: number,
  cursor: DerCursor,
  memo: CertificateMemo | undefined,
): Extension {
  const { body, end } = cursor;
  return keptExtension(readExtension(new DerReader(der, "", body, end)), der, start, end, memo);
}

/** Reads any certificate step by step, and says what is wrong: as `parseCertificate`, which takes a quicker way for most. */
export function readCertificate(
  der: Uint8Array,
  where: string,
  memo?: CertificateMemo,
  sha256?: string,
): Certificate {
  const file = new DerReader(der, where);
  const outer = file.inside(file.next(Tag.sequence, "the certificate"));
  file.finish("the certificate");

  const tbs = outer.sequence("tbsCertificate");
  const signature = outer.sequence("signatureAlgorithm");
  const algorithm = signature.oid("signatureAlgorithm");
  outer.bitString("signatureValue");
  outer.finish("the certificate");

  const version = readVersion(tbs);
  const serial = readSerial(tbs);
  tbs.next(Tag.sequence, "signature");
  const issuer = readName(tbs, "issuer", memo, true);
  const validity = tbs.sequence("validity");
  const notBefore = readTime(validity, "notBefore");
  const notAfter = readTime(validity, "notAfter");
  validity.finish("validity");
  const subject = readName(tbs, "subject", memo);
  const publicKey = readPublicKey(tbs);
  for (let unique = 1; unique <= 2; unique++) {
    if (tbs.optional(contextTag(unique)) === undefined) tbs.optional(contextConstructed(unique));
  }
  const extensions = tbs.peek() === contextConstructed(3) ? readExtensions(tbs, memo) : [];
  tbs.finish("tbsCertificate");

  const fields = {
    der,
    version,
    serial,
    subject,
    issuer,
    notBefore,
    notAfter,
    signatureAlgorithm: SIGNATURE_NAMES[algorithm] ?? algorithm,
    publicKey,
    extensions,
  };
  return new ParsedCertificate(fields, sha256);
}

/** A certificate whose fingerprint is computed when it is first asked for: a plain `list` never asks. */
class ParsedCertificate implements Certificate {
  readonly der: Uint8Array;
  readonly version: number;
  readonly serial: string;
  readonly subject: DistinguishedName;
  readonly issuer: DistinguishedName;
  readonly notBefore: Date;
  readonly notAfter: Date;
  readonly signatureAlgorithm: string;
  readonly publicKey: PublicKeyView;
  readonly extensions: readonly Extension[];
  #sha256: string | undefined;

  constructor(fields: Omit<Certificate, "sha256">, sha256?: string) {
    this.#sha256 = sha256;
    this.der = fields.der;
    this.version = fields.version;
    this.serial = fields.serial;
    this.subject = fields.subject;
    this.issuer = fields.issuer;
    this.notBefore = fields.notBefore;
    this.notAfter = fields.notAfter;
    this.signatureAlgorithm = fields.signatureAlgorithm;
    this.publicKey = fields.publicKey;
    this.extensions = fields.extensions;
  }

  get sha256(): string {
    this.#sha256 ??= sha256Hex(this.der);
    return this.#sha256;
  }
}

/**
 * Reads a Name (RFC 5280 §4.1.2.4); `reader` stands before it and is moved past it.
 *
 * @param again - the name will be met again: the memo keeps it as a whole, else only its parts but the last
 * @throws PkiError `format-malformed` where it is not a sequence of sets of type and value
 */
export function readName(
  reader: DerReader,
  what: string,
  memo?: CertificateMemo,
  again = false,
): DistinguishedName {
  const element = reader.next(Tag.sequence, what);
  if (memo !== undefined) {
    const { bytes } = reader;
    const known = memo.names.get(bytes, element.start, element.end);
    if (known !== undefined) return known;
    const made = again
      ? memo.names.make(bytes, element.start, element.end, (copy) => {
          // The path in errors is that of the certificate, so the place is checked there first.
          readRdns(reader.inside(element, what));
          return readName(new DerReader(copy), what);
        })
      : undefined;
    if (made !== undefined) return made;
  }
  return new ReadName(reader.raw(element), readRdns(reader.inside(element, what), memo));
}

function readRdns(name: DerReader, memo?: CertificateMemo): (readonly NameAttribute[])[] {
  const rdns: (readonly NameAttribute[])[] = [];
  while (!name.done) {
    const element = name.next(Tag.set, "rdn");
    const { start, end } = element;
    const known = memo?.rdns.get(name.bytes, start, end);
    const rdn = known ?? readRdn(name.inside(element, "rdn"));
    // The last part of a subject is its own.
    if (known === undefined && end < name.end) memo?.rdns.make(name.bytes, start, end, () => rdn);
    rdns.push(rdn);
  }
  return rdns;
}

function readRdn(set: DerReader): readonly NameAttribute[] {
  const attributes: NameAttribute[] = [];
  const usual = usualAttribute(set);
  if (usual !== undefined) return [usual];
  while (!set.done) {
    const pair = set.sequence("attribute");
    const type = pair.oid("type");
    const value = pair.next(undefined, "value");
    pair.finish("attribute");
    attributes.push({
      type,
      value: decodeValue(set.bytes, value.tag, value.start, value.body, value.end),
      tag: value.tag,
    });
  }
  return attributes;
}

/** The one attribute of a part whose type is a common one; the reader stays where it is. */
function usualAttribute(set: DerReader): NameAttribute | undefined {
  const { bytes, end } = set;
  const cursor = new DerCursor(bytes);
  if (!cursor.find(set.offset, end, Tag.sequence) || cursor.end !== end) return undefined;
  if (!cursor.find(cursor.body, end, Tag.oid)) return undefined;
  const type = commonOid(bytes, cursor.body, cursor.end);
  const start = cursor.end;
  const tag = start < end ? (bytes[start] as number) : 0;
  if (type === undefined || !isStringTag(tag) || !cursor.find(start, end, tag)) return undefined;
  if (cursor.end !== end) return undefined;
  return { type, value: decodeValue(bytes, tag, start, cursor.body, end), tag };
}

/** The Name that `der` holds. @throws PkiError `format-malformed` */
export function parseNameDer(der: Uint8Array, where = "name"): DistinguishedName {
  const reader = new DerReader(der, where);
  const name = readName(reader, "name");
  reader.finish("the name");
  return name;
}

/** Extensions ::= SEQUENCE OF Extension, as certificates and requests have them. */
export function readExtensionList(list: DerReader, memo?: CertificateMemo): Extension[] {
  const extensions: Extension[] = [];
  while (!list.done) {
    const element = list.next(Tag.sequence, "extension");
    const { start, end } = element;
    const known = memo?.extensions.get(list.bytes, start, end);
    if (known !== undefined) {
      extensions.push(known);
      continue;
    }
    const own = readExtension(list.inside(element, "extension"));
    extensions.push(keptExtension(own, list.bytes, start, end, memo));
  }
  return extensions;
}

function keptExtension(
  own: Extension,
  bytes: Uint8Array,
  start: number,
  end: number,
  memo: CertificateMemo | undefined,
): Extension {
  if (memo === undefined || OWN_EXTENSIONS.has(own.oid)) return own;
  const { oid, critical, value } = own;
  const kept = memo.extensions.make(bytes, start, end, (copy) => ({
    oid,
    critical,
    // Its content is the end of it.
    value: copy.subarray(copy.length - value.length),
  }));
  return kept ?? own;
}

/** Those that differ from certificate to certificate: subject key identifier and subject alternative name. */
const OWN_EXTENSIONS: ReadonlySet<string> = new Set(["2.5.29.14", "2.5.29.17"]);

function readExtension(item: DerReader): Extension {
  const oid = item.oid("extnID");
  const critical = item.peek() === Tag.boolean ? item.boolean("critical") : false;
  const value = item.octetString("extnValue");
  item.finish("extension");
  return { oid, critical, value };
}

function readExtensions(tbs: DerReader, memo?: CertificateMemo): Extension[] {
  const explicit = tbs.enter(contextConstructed(3), "extensions");
  const list = explicit.inside(explicit.next(Tag.sequence, "the list"));
  explicit.finish("extensions");
  return readExtensionList(list, memo);
}

/** Version ::= INTEGER { v1(0), v2(1), v3(2) } DEFAULT v1; other numbers are shown, plus one, as they are. */
function readVersion(tbs: DerReader): number {
  if (tbs.peek() !== contextConstructed(0)) return 1;
  const explicit = tbs.enter(contextConstructed(0), "version");
  const bytes = explicit.integerBytes("version", 4);
  explicit.finish("version");
  let value = (bytes[0] as number) >= 0x80 ? -1 : 0;
  for (const byte of bytes) value = value * 256 + byte;
  return value + 1;
}

/** A serial number as `Certificate.serial` has it; `reader` stands before the INTEGER. */
export function readSerial(reader: DerReader): string {
  const bytes = reader.integerBytes("serialNumber");
  if ((bytes[0] as number) < 0x80) {
    let start = 0;
    while (start < bytes.length - 1 && bytes[start] === 0) start++;
    return toHex(bytes.subarray(start));
  }
  // The magnitude of a negative number: invert and add one.
  const out = Uint8Array.from(bytes, (byte) => byte ^ 0xff);
  for (let i = out.length - 1; i >= 0; i--) {
    out[i] = ((out[i] as number) + 1) & 0xff;
    if (out[i] !== 0) break;
  }
  let start = 0;
  while (start < out.length - 1 && out[start] === 0) start++;
  return `-${toHex(out.subarray(start))}`;
}
