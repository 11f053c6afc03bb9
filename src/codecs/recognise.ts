import { PkiError } from "../model/error.ts";
import type { FormatId } from "../model/store.ts";
import { nameOther } from "./other-formats.ts";
import { derShape, hasPemBlock, indexOfAscii, startsWith } from "./sniff.ts";

const CERTIFICATE = "-----BEGIN CERTIFICATE-----";

/** `37 48`, then version and kind (docs/formats/kdb.md); kind 1 is a `.rdb` or a `.crl`. */
export function isKdb(head: Uint8Array): boolean {
  return startsWith(head, 0x37, 0x48) && head[3] !== 1;
}

/** `FEEDFEED` (docs/formats/java.md). */
export function isJks(head: Uint8Array): boolean {
  return startsWith(head, 0xfe, 0xed, 0xfe, 0xed);
}

/** `CECECECE`: JKS's successor, recognised and not read. */
export function isJceks(head: Uint8Array): boolean {
  return startsWith(head, 0xce, 0xce, 0xce, 0xce);
}

/** PFX (RFC 7292 §4): SEQUENCE of a version and a PKCS#7 ContentInfo; BER or DER. */
export function isPkcs12(head: Uint8Array): boolean {
  return derShape(head) === "pkcs12";
}

/** An encapsulation boundary of RFC 7468 somewhere in the head, whatever text stands before it. */
export function isPem(head: Uint8Array): boolean {
  return hasPemBlock(head);
}

/** One DER certificate, request or private key. */
export function isDer(head: Uint8Array): boolean {
  return derShape(head) === "der";
}

/**
 * The format of a file by its first bytes, never by its name. No codec is loaded.
 *
 * @param head - 4 KiB are enough for every format but PEM behind a long preface (what `openssl x509 -text`
 *   writes): give the whole file where it is at hand
 * @returns undefined for what is none of ours; `nameOther` may know what it is
 */
export function recognise(head: Uint8Array): FormatId | undefined {
  if (isKdb(head)) return "kdb";
  if (isJks(head)) return "jks";
  if (isJceks(head)) return "jceks";
  // The usual file of certificates: nothing else begins so, and asking all others takes longer than reading it.
  if (indexOfAscii(head.subarray(0, CERTIFICATE.length), CERTIFICATE) === 0) return "pem";
  const shape = derShape(head);
  if (shape === "pkcs12" || shape === "der") return shape;
  if (nameOther(head) !== undefined) return undefined;
  return isPem(head) ? "pem" : undefined;
}

/**
 * As `recognise`, but says what is wrong with a file that is none of ours.
 *
 * @throws PkiError `format-unsupported` naming what the file is where we know, else `format-unknown`
 */
export function requireFormat(head: Uint8Array): FormatId {
  const format = recognise(head);
  if (format !== undefined) return format;
  const other = nameOther(head);
  if (other !== undefined) {
    throw new PkiError("format-unsupported", `this is ${other.title}, which pki does not read`, {
      ...(other.hint === undefined ? {} : { hint: other.hint }),
    });
  }
  throw new PkiError(
    "format-unknown",
    head.length === 0 ? "the file is empty" : "this is no keystore or certificate that pki knows",
    { hint: "name a KDB, JKS, PKCS#12, PEM or DER file" },
  );
}
