import { DerReader } from "../../bytes/der-reader.ts";
import { contextConstructed, Tag } from "../../bytes/der-tag.ts";
import { der } from "../../bytes/der-writer.ts";
import { ByteWriter } from "../../bytes/writer.ts";
import { digest } from "../../crypto/digest.ts";

/**
 * The five SHA-1 values by which GSKit finds a record, as they follow the issuer record in a slot:
 * the certificate's signature (whole BIT STRING), its TBSCertificate, subject, public key, and its
 * issuer with serial number. They identify; they protect nothing.
 *
 * Format: docs/formats/kdb.md, "Index keys".
 *
 * @param certificate - whole DER
 * @throws PkiError `format-malformed`
 */
export function indexKeys(certificate: Uint8Array): Uint8Array {
  const outer = new DerReader(certificate, "certificate").sequence("");
  const tbsElement = outer.next(Tag.sequence, "tbsCertificate");
  outer.next(Tag.sequence, "signatureAlgorithm");
  const signature = outer.nextRaw(Tag.bitString, "signature");
  const tbs = outer.inside(tbsElement, "tbsCertificate");
  tbs.optional(contextConstructed(0), "version");
  const serial = tbs.nextRaw(Tag.integer, "serialNumber");
  tbs.next(Tag.sequence, "signature");
  const issuer = tbs.nextRaw(Tag.sequence, "issuer");
  tbs.next(Tag.sequence, "validity");
  const subject = tbs.nextRaw(Tag.sequence, "subject");
  const publicKey = tbs.nextRaw(Tag.sequence, "subjectPublicKeyInfo");
  const writer = new ByteWriter();
  for (const indexed of [
    signature,
    outer.raw(tbsElement),
    subject,
    publicKey,
    der.sequence(issuer, serial),
  ]) {
    const key = digest("sha1", indexed);
    writer.u32(key.length).put(key);
  }
  return writer.toBytes();
}
