import type { DistinguishedName } from "../../model/certificate.ts";
import type { Secret } from "../../model/secret.ts";
import { buildCertificate } from "./certificate.ts";
import { encodeBasicConstraints } from "./extensions.ts";
import { generateKey, type KeyPair } from "./key-pair.ts";
import { newSerial } from "./serial.ts";
import { type SignatureScheme, SigningKey, signatureScheme } from "./signature.ts";

const DAY_MS = 86_400_000;
const CURVE = "P-256";

/** A key and its chain (DER, leaf first), for one handshake. */
export interface Stranger {
  readonly pkcs8: Secret;
  readonly chain: readonly [Uint8Array, ...Uint8Array[]];
}

export interface StrangerNames {
  readonly subject: DistinguishedName;
  /** The name of a CA to issue it; absent: self-signed. */
  readonly issuer?: DistinguishedName;
}

/**
 * Makes an impostor: a P-256 key and a certificate with somebody else's name, self-signed or from a CA
 * with somebody else's name, valid for two days around `now`. The caller disposes of the key.
 *
 * It exists to be refused in a proof and is never written anywhere.
 */
export async function makeStranger(
  names: StrangerNames,
  now: Date,
  random: (count: number) => Uint8Array,
): Promise<Stranger> {
  const own = await generateKey({ kind: "EC", curve: CURVE });
  const { subject, issuer } = names;
  const issue = (name: DistinguishedName, ca: DistinguishedName, key: KeyPair, by: KeyPair) =>
    buildCertificate(
      {
        serial: newSerial(random, () => false),
        issuer: ca.der,
        notBefore: new Date(now.getTime() - DAY_MS),
        notAfter: new Date(now.getTime() + DAY_MS),
        subject: name.der,
        spki: key.spki,
        extensions: [encodeBasicConstraints(key !== own)],
      },
      schemeOf(by),
      new SigningKey(by.pkcs8),
    );
  if (issuer === undefined) return { pkcs8: own.pkcs8, chain: [issue(subject, subject, own, own)] };
  const ca = await generateKey({ kind: "EC", curve: CURVE });
  const chain = [issue(subject, issuer, own, ca), issue(issuer, issuer, ca, ca)] as const;
  ca.pkcs8.dispose();
  return { pkcs8: own.pkcs8, chain };
}

function schemeOf({ spki }: KeyPair): SignatureScheme {
  return signatureScheme({ algorithm: "EC", bits: 256, curve: CURVE, spki });
}
