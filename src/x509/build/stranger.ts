import { generateKeyPairSync, type KeyObject, sign } from "node:crypto";
import { der } from "../../bytes/der.ts";
import { concat } from "../../bytes/octets.ts";
import type { DistinguishedName } from "../../model/certificate.ts";
import { Secret } from "../../model/secret.ts";

const ECDSA_SHA256 = der.sequence(der.oid("1.2.840.10045.4.3.2"));
const BASIC_CONSTRAINTS = "2.5.29.19";
const DAY_MS = 86_400_000;

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
 * with somebody else's name, valid for two days around `now`.
 *
 * It exists to be refused in a proof and is never written anywhere. Written by hand so that proving an
 * exchange does not load pkijs; the keys are node:crypto's, a new one each time.
 */
export function makeStranger(
  names: StrangerNames,
  now: Date,
  random: (count: number) => Uint8Array,
): Stranger {
  const key = newKey();
  if (names.issuer === undefined) {
    const own = certificate(names.subject, names.subject, key, key.privateKey, false, now, random);
    return { pkcs8: pkcs8Of(key.privateKey), chain: [own] };
  }
  const caKey = newKey();
  const ca = certificate(names.issuer, names.issuer, caKey, caKey.privateKey, true, now, random);
  const leaf = certificate(names.subject, names.issuer, key, caKey.privateKey, false, now, random);
  return { pkcs8: pkcs8Of(key.privateKey), chain: [leaf, ca] };
}

interface KeyPair {
  readonly publicKey: KeyObject;
  readonly privateKey: KeyObject;
}

function newKey(): KeyPair {
  return generateKeyPairSync("ec", { namedCurve: "P-256" });
}

function pkcs8Of(key: KeyObject): Secret {
  return new Secret(new Uint8Array(key.export({ type: "pkcs8", format: "der" })));
}

function certificate(
  subject: DistinguishedName,
  issuer: DistinguishedName,
  key: KeyPair,
  signer: KeyObject,
  ca: boolean,
  now: Date,
  random: (count: number) => Uint8Array,
): Uint8Array {
  const serial = random(16);
  const constraints = der.sequence(
    der.oid(BASIC_CONSTRAINTS),
    der.boolean(true),
    der.octetString(ca ? der.sequence(der.boolean(true)) : der.sequence()),
  );
  const tbs = der.sequence(
    der.explicit(0, der.integer(2)),
    der.integer(concat([Uint8Array.of(1), serial])),
    ECDSA_SHA256,
    issuer.der,
    der.sequence(
      der.time(new Date(now.getTime() - DAY_MS)),
      der.time(new Date(now.getTime() + DAY_MS)),
    ),
    subject.der,
    new Uint8Array(key.publicKey.export({ type: "spki", format: "der" })),
    der.explicit(3, der.sequence(constraints)),
  );
  const signature = new Uint8Array(sign("sha256", tbs, signer));
  return der.sequence(tbs, ECDSA_SHA256, der.bitString(signature));
}
