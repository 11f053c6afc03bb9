import { DerReader } from "../../bytes/der-reader.ts";
import { Tag } from "../../bytes/der-tag.ts";
import { equalBytes } from "../../bytes/octets.ts";
import { type PemBlock, type Place, readPem } from "../../bytes/pem.ts";
import type { Certificate } from "../../model/certificate.ts";
import { PkiError } from "../../model/error.ts";
import { Secret } from "../../model/secret.ts";
import type { CertificateMemo } from "../../x509/certificate-memo.ts";
import { parseCertificate } from "../../x509/parse.ts";
import type { Container, Entry, KeyMaterial } from "../codec.ts";
import { type BagAttributes, readBagAttributes } from "./bag-attributes.ts";
import { readKeyBlock } from "./private-key.ts";

interface CommonBlock {
  readonly kind: "block";
  /** Its place among the file's parts. */
  readonly index: number;
  /** The paragraph right above it, which goes where it goes. */
  readonly lead: Uint8Array;
  /** BEGIN line to END line as the file has it; a secret where it may hold a plain key. */
  readonly raw: Uint8Array | Secret;
  readonly attributes: BagAttributes;
}

export interface CertificateBlock extends CommonBlock {
  readonly role: "certificate";
  readonly certificate: Certificate;
}

export interface KeyBlock extends CommonBlock {
  readonly role: "key";
  readonly key: KeyMaterial;
}

export interface RequestBlock extends CommonBlock {
  readonly role: "request";
  readonly pkcs10: Uint8Array;
}

export type Block = CertificateBlock | KeyBlock | RequestBlock;

/** Text, and blocks that are none of ours (`EC PARAMETERS`, CRLs): carried as they are. */
export interface TextPart {
  readonly kind: "text";
  readonly bytes: Uint8Array;
}

export type Part = TextPart | Block;

/** `container.rest.pem`: the file in pieces that make it again when put together. */
export interface Layout {
  readonly parts: readonly Part[];
  /** Plain keys may be written: asked for by name, or the file had them. */
  readonly plainKeys: boolean;
}

/** `entry.rest.pem`: the blocks that the entry was read from. */
export interface EntryBlocks {
  readonly blocks: readonly Block[];
}

export function layoutOf(container: Container): Layout {
  const layout = container.rest?.pem as Layout | undefined;
  return layout ?? { parts: [], plainKeys: container.protection === "none" };
}

export function blocksOf(entry: Entry): readonly Block[] {
  return (entry.rest?.pem as EntryBlocks | undefined)?.blocks ?? [];
}

const NOTHING = new Uint8Array(0);
const CERTIFICATE = "CERTIFICATE";
const CERTIFICATE_LABELS = new Set([CERTIFICATE, "X509 CERTIFICATE", "TRUSTED CERTIFICATE"]);
const REQUEST_LABELS = new Set(["CERTIFICATE REQUEST", "NEW CERTIFICATE REQUEST"]);

/**
 * Takes a PEM text apart.
 *
 * @throws PkiError `format-malformed` with `where` such as `blocks/2` (counted from 0) or `line 31`;
 *   `format-unsupported` for PKCS#7, whose certificates would silently be left out
 */
export function readParts(bytes: Uint8Array, memo?: CertificateMemo): readonly Part[] {
  const parts: Part[] = [];
  const text = (start: number, end: number): void => {
    if (end > start) parts.push({ kind: "text", bytes: bytes.subarray(start, end) });
  };
  const marked = bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf;
  let at = marked ? 3 : 0;
  text(0, at);
  const place = memo === undefined ? undefined : placeIn(memo);
  readPem(bytes, place).forEach((found, number) => {
    const lead = paragraphAbove(bytes, at, found.start);
    const raw = bytes.subarray(found.start, found.end);
    const above = lead === found.start ? NOTHING : bytes.subarray(lead, found.start);
    const before = parts.length;
    const index = lead > at ? before + 1 : before;
    const block = readBlock(found, raw, `blocks/${number}`, memo, index, above);
    if (block === undefined) {
      text(at, found.end);
    } else {
      text(at, lead);
      parts.push(block);
    }
    at = found.end;
  });
  text(at, bytes.length);
  return parts;
}

/** Certificates are put beside each other; anything else, such as keys, has a buffer of its own. */
function placeIn(memo: CertificateMemo): Place {
  return (label, octets) => (label === CERTIFICATE ? memo.copy(octets) : octets.slice());
}

function readBlock(
  block: PemBlock,
  raw: Uint8Array,
  where: string,
  memo: CertificateMemo | undefined,
  index: number,
  lead: Uint8Array,
): Block | undefined {
  const { label, der } = block;
  const kind = "block";
  // Each is made in one piece: to put what is common to it afterwards takes longer than reading the text.
  if (CERTIFICATE_LABELS.has(label)) {
    const own = label === "TRUSTED CERTIFICATE" ? withoutTrust(der, where) : der;
    const certificate = parseCertificate(own, where, memo);
    const attributes = readBagAttributes(lead);
    return { kind, index, lead, raw, attributes, role: "certificate", certificate };
  }
  if (REQUEST_LABELS.has(label)) {
    const pkcs10 = readRequest(der, where);
    return { kind, index, lead, raw, attributes: readBagAttributes(lead), role: "request", pkcs10 };
  }
  if (label === "PKCS7" || label === "CMS" || label === "PKCS #7 SIGNED DATA") {
    throw new PkiError("format-unsupported", "a PKCS#7 block, which pki does not read", {
      where,
      hint: "take its certificates out with openssl pkcs7 -print_certs first",
    });
  }
  const key = readKeyBlock(block, raw, where);
  if (key === undefined) return undefined;
  // The secret key is copied, so that it has no other form in this result than Secret.
  const own = key.state === "open" ? new Secret(raw.slice()) : raw;
  return { kind, index, lead, raw: own, attributes: readBagAttributes(lead), role: "key", key };
}

/** OpenSSL's `TRUSTED CERTIFICATE`: a certificate and, behind it, what it is trusted for. */
function withoutTrust(der: Uint8Array, where: string): Uint8Array {
  const reader = new DerReader(der, where);
  const certificate = reader.nextRaw(Tag.sequence, "the certificate");
  reader.optional(Tag.sequence);
  reader.finish("the trusted certificate");
  return certificate;
}

/** Checks the frame of a CertificationRequest (RFC 2986). @throws PkiError `format-malformed` */
export function readRequest(der: Uint8Array, where: string): Uint8Array {
  const file = new DerReader(der, where);
  const outer = file.inside(file.next(Tag.sequence, "the request"));
  file.finish("the request");
  const info = outer.sequence("certificationRequestInfo");
  info.next(Tag.integer, "version");
  info.next(Tag.sequence, "subject");
  info.next(Tag.sequence, "subjectPKInfo");
  outer.next(Tag.sequence, "signatureAlgorithm");
  outer.next(Tag.bitString, "signature");
  outer.finish("the request");
  return der;
}

/** Where the text begins that stands above `end` without a blank line between. */
function paragraphAbove(bytes: Uint8Array, start: number, end: number): number {
  let lineStart = end;
  while (lineStart > start) {
    let at = lineStart - 1; // the line break above
    if (bytes[at] === 0x0a && at > start && bytes[at - 1] === 0x0d) at--;
    const lineEnd = at;
    let blank = true;
    while (at > start && bytes[at - 1] !== 0x0a && bytes[at - 1] !== 0x0d) {
      at--;
      if (bytes[at] !== 0x20 && bytes[at] !== 0x09) blank = false;
    }
    if (blank && lineEnd >= start) return lineStart;
    lineStart = at;
  }
  return lineStart;
}

/** The bytes of a block as they stood in the file. */
export function rawOf(block: Block): Uint8Array {
  return block.raw instanceof Secret ? block.raw.use((bytes) => bytes.slice()) : block.raw;
}

/** Whether two keys are the same material in the same state. */
export function sameMaterial(a: KeyMaterial, b: KeyMaterial): boolean {
  if (a === b) return true;
  if (a.state === "open") return b.state === "open" && a.pkcs8.equals(b.pkcs8);
  return b.state === "sealed" && a.scheme === b.scheme && equalBytes(a.blob, b.blob);
}
