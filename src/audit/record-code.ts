import { fromHex, toHex } from "../bytes/octets.ts";
import type { CertificateRecord, Standing } from "./inventory-view.ts";

/** A record without where it stands, and without its name. */
export type BareRecord = Omit<CertificateRecord, "sha256" | "standings">;

/** SHA-256 of the public key, and the length of the modulus. */
const KEY = 32;
const HEAD = KEY + 4;

const encoder = new TextEncoder();
const decoder = new TextDecoder();

/**
 * A record as octets: the public key's hash, the modulus behind its length (0: none), the rest as a JSON list.
 *
 * JSON, since it keeps every text as it is, halves of surrogate pairs too.
 */
export function encodeRecord(record: BareRecord): Uint8Array {
  const { modulus, publicKey } = record;
  const rest = encoder.encode(
    JSON.stringify([
      record.subject,
      record.issuer,
      record.serial,
      record.keyAlgorithm,
      record.keyBits,
      record.signatureAlgorithm,
      record.version,
      record.notBefore.getTime(),
      record.notAfter.getTime(),
      record.selfIssued,
      record.ca,
      record.curve ?? null,
      record.subjectKeyId ?? null,
      record.authorityKeyId ?? null,
      record.subjectAltNames ?? null,
      record.keyUsage ?? null,
      record.extendedKeyUsage ?? null,
      publicKey === undefined ? null : { ...publicKey, spki: toHex(publicKey.spki) },
    ]),
  );
  const length = modulus?.length ?? 0;
  const out = new Uint8Array(HEAD + length + rest.length);
  putHex(record.spki, out);
  new DataView(out.buffer).setUint32(KEY, length);
  if (modulus !== undefined) out.set(modulus, HEAD);
  out.set(rest, HEAD + length);
  return out;
}

/** The hash of each key, of 64 hex digits: three times as fast as `fromHex`. */
function putHex(hex: string, into: Uint8Array): void {
  for (let i = 0; i < KEY; i++) {
    into[i] = (digitAt(hex, 2 * i) << 4) | digitAt(hex, 2 * i + 1);
  }
}

function digitAt(hex: string, at: number): number {
  const code = hex.charCodeAt(at);
  return code >= 0x61 ? code - 0x57 : code - 0x30;
}

/** @param standings - asked once, when the record's places are */
export function decodeRecord(
  octets: Uint8Array,
  sha256: string,
  standings: () => readonly Standing[],
): CertificateRecord {
  const length = new DataView(octets.buffer, octets.byteOffset).getUint32(KEY);
  const text = decoder.decode(octets.subarray(HEAD + length));
  const [
    subject,
    issuer,
    serial,
    keyAlgorithm,
    keyBits,
    signatureAlgorithm,
    version,
    notBefore,
    notAfter,
    selfIssued,
    ca,
    curve,
    subjectKeyId,
    authorityKeyId,
    subjectAltNames,
    keyUsage,
    extendedKeyUsage,
    publicKey,
  ] = JSON.parse(text);
  let known: readonly Standing[] | undefined;
  const record: { -readonly [K in keyof CertificateRecord]: CertificateRecord[K] } = {
    sha256,
    subject,
    issuer,
    serial,
    spki: keyOf(octets),
    keyAlgorithm,
    keyBits,
    signatureAlgorithm,
    version,
    notBefore: new Date(notBefore),
    notAfter: new Date(notAfter),
    selfIssued,
    ca,
    get standings() {
      known ??= standings();
      return known;
    },
  };
  if (length > 0) record.modulus = octets.slice(HEAD, HEAD + length);
  if (curve !== null) record.curve = curve;
  if (subjectKeyId !== null) record.subjectKeyId = subjectKeyId;
  if (authorityKeyId !== null) record.authorityKeyId = authorityKeyId;
  if (subjectAltNames !== null) record.subjectAltNames = subjectAltNames;
  if (keyUsage !== null) record.keyUsage = keyUsage;
  if (extendedKeyUsage !== null) record.extendedKeyUsage = extendedKeyUsage;
  if (publicKey !== null) record.publicKey = { ...publicKey, spki: fromHex(publicKey.spki) };
  return record;
}

/** How many octets of a record tell its public key's hash: all that comparing keys reads. */
export const KEY_OCTETS = KEY;

/** The hash, lower-case hex. @param octets - of a record, the first KEY_OCTETS or more */
export function keyOf(octets: Uint8Array): string {
  return toHex(octets.subarray(0, KEY));
}
