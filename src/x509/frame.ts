import { DerCursor } from "../bytes/der-cursor.ts";
import { contextConstructed, Tag } from "../bytes/der-tag.ts";
import { commonOid } from "../bytes/oid-table.ts";
import { usualTime } from "./time.ts";

const VERSION = contextConstructed(0);
const EXTENSIONS = contextConstructed(3);
const MAX_SERIAL = 20;

/** Where the parts of a certificate stand in its DER, as offsets. Whole elements unless said otherwise. */
export interface Frame {
  /** Dotted OID. */
  readonly signatureAlgorithm: string;
  readonly version: number;
  /** Content without leading zeros; the number is not negative. */
  readonly serial: number;
  readonly serialEnd: number;
  readonly issuer: number;
  readonly issuerEnd: number;
  /** Milliseconds since 1970. */
  readonly notBefore: number;
  readonly notAfter: number;
  readonly subject: number;
  readonly subjectEnd: number;
  readonly publicKey: number;
  readonly publicKeyEnd: number;
  /** Content of the list; both 0 where there is none. */
  readonly extensions: number;
  readonly extensionsEnd: number;
}

/**
 * The frame of a certificate as nearly all are: version 1 to 3 said outright, a serial number of at most 20
 * octets that is not negative, UTCTime, no unique identifiers, a common signature algorithm.
 *
 * What is inside of names, key and extensions is not looked at. Undefined for every other certificate, sound or
 * not: `parseCertificate` reads those step by step, and says what is wrong.
 */
export function frameOf(der: Uint8Array): Frame | undefined {
  const at = new DerCursor(der);
  if (!at.find(0, der.length, Tag.sequence) || at.end !== der.length) return undefined;
  if (!at.find(at.body, der.length, Tag.sequence)) return undefined;
  const { body: tbs, end: tbsEnd } = at;

  if (!at.find(tbsEnd, der.length, Tag.sequence)) return undefined;
  const { body: algorithm, end: algorithmEnd } = at;
  if (!at.find(algorithm, algorithmEnd, Tag.oid)) return undefined;
  const signatureAlgorithm = commonOid(der, at.body, at.end);
  if (signatureAlgorithm === undefined) return undefined;
  if (!at.find(algorithmEnd, der.length, Tag.bitString) || at.end !== der.length) return undefined;
  if (at.end - at.body < 2 || (der[at.body] as number) > 7) return undefined;

  if (!at.find(tbs, tbsEnd, VERSION)) return undefined;
  const { body: versionBody, end: versionEnd } = at;
  if (!at.find(versionBody, versionEnd, Tag.integer) || at.end !== versionEnd) return undefined;
  const version = at.end - at.body === 1 ? (der[at.body] as number) + 1 : 0;
  if (version < 1 || version > 3) return undefined;

  if (!at.find(versionEnd, tbsEnd, Tag.integer)) return undefined;
  const { end: serialEnd } = at;
  let serial = at.body;
  if (serialEnd - serial < 1 || serialEnd - serial > MAX_SERIAL) return undefined;
  if ((der[serial] as number) >= 0x80) return undefined;
  while (serial < serialEnd - 1 && der[serial] === 0) serial++;

  if (!at.find(serialEnd, tbsEnd, Tag.sequence)) return undefined;
  const issuer = at.end;
  if (!at.find(issuer, tbsEnd, Tag.sequence)) return undefined;
  const issuerEnd = at.end;

  if (!at.find(issuerEnd, tbsEnd, Tag.sequence)) return undefined;
  const { body: validity, end: subject } = at;
  const notBefore = timeAt(at, validity, subject);
  const notAfter = notBefore < 0 ? -1 : timeAt(at, at.end, subject);
  if (notAfter < 0 || at.end !== subject) return undefined;

  if (!at.find(subject, tbsEnd, Tag.sequence)) return undefined;
  const subjectEnd = at.end;
  if (!at.find(subjectEnd, tbsEnd, Tag.sequence)) return undefined;
  const publicKeyEnd = at.end;

  let extensions = 0;
  let extensionsEnd = 0;
  if (publicKeyEnd !== tbsEnd) {
    if (!at.find(publicKeyEnd, tbsEnd, EXTENSIONS) || at.end !== tbsEnd) return undefined;
    if (!at.find(at.body, tbsEnd, Tag.sequence) || at.end !== tbsEnd) return undefined;
    extensions = at.body;
    extensionsEnd = at.end;
  }
  return {
    signatureAlgorithm,
    version,
    serial,
    serialEnd,
    issuer,
    issuerEnd,
    notBefore,
    notAfter,
    subject,
    subjectEnd,
    publicKey: subjectEnd,
    publicKeyEnd,
    extensions,
    extensionsEnd,
  };
}

/** -1 for anything but `YYMMDDHHMMSSZ`. */
function timeAt(at: DerCursor, start: number, limit: number): number {
  if (!at.find(start, limit, Tag.utcTime) || at.end - at.body !== 13) return -1;
  return usualTime(at.bytes, at.body);
}
