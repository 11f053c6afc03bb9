import { DerReader } from "../../bytes/der-reader.ts";
import { contextTag, Tag } from "../../bytes/der-tag.ts";
import { der } from "../../bytes/der-writer.ts";
import { digest } from "../../crypto/digest.ts";
import type { Certificate } from "../../model/certificate.ts";
import { type AltName, encodeAltName } from "./alt-name.ts";

// Extensions of RFC 5280 §4.2.1 as whole Extension structures in DER. Only those that `pki` issues.

/** Bits of KeyUsage (§4.2.1.3). */
export const KEY_USAGE_BITS = {
  digitalSignature: 0,
  nonRepudiation: 1,
  keyEncipherment: 2,
  dataEncipherment: 3,
  keyAgreement: 4,
  keyCertSign: 5,
  cRLSign: 6,
} as const;
export type KeyUsageName = keyof typeof KEY_USAGE_BITS;

export const EXTENDED_KEY_USAGES = {
  serverAuth: "1.3.6.1.5.5.7.3.1",
  clientAuth: "1.3.6.1.5.5.7.3.2",
} as const;
export type ExtendedKeyUsageName = keyof typeof EXTENDED_KEY_USAGES;

function extension(oid: string, critical: boolean, value: Uint8Array): Uint8Array {
  // DEFAULT FALSE is not written (X.690 §11.5).
  const flag = critical ? [der.boolean(true)] : [];
  return der.sequence(der.oid(oid), ...flag, der.octetString(value));
}

/** §4.2.1.9, always critical. `pathLength` only for a CA. */
export function encodeBasicConstraints(ca: boolean, pathLength?: number): Uint8Array {
  const parts = ca ? [der.boolean(true)] : [];
  if (ca && pathLength !== undefined) parts.push(der.integer(pathLength));
  return extension("2.5.29.19", true, der.sequence(...parts));
}

/** §4.2.1.3, always critical. */
export function encodeKeyUsage(usages: readonly KeyUsageName[]): Uint8Array {
  const bits = usages.map((usage) => KEY_USAGE_BITS[usage]);
  const byte = bits.reduce<number>((sum, bit) => sum | (0x80 >> bit), 0);
  // A named bit list ends with its last one bit (X.690 §11.2.2).
  return extension("2.5.29.15", true, der.bitString(Uint8Array.of(byte), 7 - Math.max(...bits)));
}

/** §4.2.1.12, not critical. */
export function encodeExtendedKeyUsage(usages: readonly ExtendedKeyUsageName[]): Uint8Array {
  const oids = usages.map((usage) => der.oid(EXTENDED_KEY_USAGES[usage]));
  return extension("2.5.29.37", false, der.sequence(...oids));
}

/** §4.2.1.6; critical where the subject is empty. */
export function encodeSubjectAltName(names: readonly AltName[], critical: boolean): Uint8Array {
  return extension("2.5.29.17", critical, der.sequence(...names.map(encodeAltName)));
}

/** §4.2.1.2, not critical. */
export function encodeSubjectKeyIdentifier(identifier: Uint8Array): Uint8Array {
  return extension("2.5.29.14", false, der.octetString(identifier));
}

/** §4.2.1.1 with the key identifier alone, not critical. */
export function encodeAuthorityKeyIdentifier(identifier: Uint8Array): Uint8Array {
  return extension("2.5.29.35", false, der.sequence(der.tlv(contextTag(0), identifier)));
}

/** §4.2.1.13: one distribution point with the URLs as its full name, not critical. */
export function encodeCrlDistributionPoints(urls: readonly string[]): Uint8Array {
  const names = urls.map((url) => der.tlv(contextTag(6), new TextEncoder().encode(url)));
  const point = der.sequence(der.explicit(0, der.explicit(0, ...names)));
  return extension("2.5.29.31", false, der.sequence(point));
}

/** SHA-1 over the key's bits (§4.2.1.2, method 1): 20 octets. A name, not a signature: SHA-1 is no weakness here. */
export function keyIdentifier(spki: Uint8Array): Uint8Array {
  const info = new DerReader(spki, "subjectPublicKeyInfo").sequence("");
  info.next(Tag.sequence, "algorithm");
  return digest("sha1", info.bitString("subjectPublicKey").bytes);
}

/** What an issuer's certificates name its key by: its own subject key identifier, else method 1. */
export function issuerKeyIdentifier(issuer: Certificate): Uint8Array {
  const own = issuer.extensions.find(({ oid }) => oid === "2.5.29.14");
  return own === undefined
    ? keyIdentifier(issuer.publicKey.spki)
    : new DerReader(own.value, "subjectKeyIdentifier").octetString("subjectKeyIdentifier");
}
