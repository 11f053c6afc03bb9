import { generateKeyPairSync, type KeyObject, sign } from "node:crypto";
import { DerReader } from "../../../src/bytes/der-reader.ts";
import { Tag } from "../../../src/bytes/der-tag.ts";
import { der } from "../../../src/bytes/der-writer.ts";
import type { Certificate } from "../../../src/model/certificate.ts";
import { parseCertificate } from "../../../src/x509/parse.ts";
import { extension, handmade, nameOf, type Parts } from "./handmade.ts";

export interface Party {
  readonly name: string;
  readonly keys: { readonly publicKey: KeyObject; readonly privateKey: KeyObject };
}

const ECDSA_SHA256 = der.sequence(der.oid("1.2.840.10045.4.3.2"));

/** A party with a new P-256 key. */
export function party(name: string): Party {
  return { name, keys: generateKeyPairSync("ec", { namedCurve: "P-256" }) };
}

/** A certificate of `subject`, signed by `issuer` with SHA-256; `parts` overrides what it says. */
export function issue(subject: Party, issuer: Party, parts: Parts = {}): Certificate {
  return signed(
    {
      algorithm: ECDSA_SHA256,
      subject: nameOf("2.5.4.3", der.utf8(subject.name)),
      issuer: nameOf("2.5.4.3", der.utf8(issuer.name)),
      spki: new Uint8Array(subject.keys.publicKey.export({ type: "spki", format: "der" })),
      ...parts,
    },
    (body) => sign("sha256", body, issuer.keys.privateKey),
  );
}

/** Any certificate with the signature that `make` gives for its body. */
export function signed(parts: Parts, make: (body: Uint8Array) => Uint8Array): Certificate {
  const outer = new DerReader(handmade(parts)).sequence("certificate");
  const body = outer.nextRaw(Tag.sequence);
  const signature = der.bitString(new Uint8Array(make(body)));
  return parseCertificate(handmade({ ...parts, signature }));
}

export function keyIds(own: string, authority?: string): readonly Uint8Array[] {
  const octets = (text: string) => new TextEncoder().encode(text);
  return [
    extension("2.5.29.14", der.octetString(octets(own))),
    ...(authority === undefined
      ? []
      : [extension("2.5.29.35", der.sequence(der.tlv(0x80, octets(authority))))]),
  ];
}
