import type { Host } from "../../io/host.ts";
import type { Certificate, DistinguishedName } from "../../model/certificate.ts";
import type { Secret } from "../../model/secret.ts";
import type { AltName } from "../../x509/build/alt-name.ts";
import { generateKey, type KeyPair, type KeySpec } from "../../x509/build/key-pair.ts";
import { type LeafProfile, leafExtensions } from "../../x509/build/profile.ts";
import { parsePublicKey } from "../../x509/public-key.ts";
import type { Notice } from "../outcome.ts";
import { type Ca, selfSign, signWithCa } from "./ca.ts";
import type { Validity } from "./certificate-options.ts";

/** Every product takes it, and making it takes a fifth of a second. */
export const DEFAULT_KEY = "rsa:2048";
export const DEFAULT_DAYS = 365;

/** What a new key and its certificate are to be. */
export interface IdentityRequest {
  readonly profile: LeafProfile;
  readonly subject: DistinguishedName;
  readonly altNames: readonly AltName[];
  readonly key: KeySpec;
  readonly validity: Validity;
  readonly crlUrls?: readonly string[];
}

/** A private key and its chain, leaf first, up to the root. */
export interface Identity {
  readonly pkcs8: Secret;
  readonly chain: readonly [Certificate, ...Certificate[]];
  readonly notices: readonly Notice[];
}

/**
 * Makes a key and has a CA sign its certificate, or the key itself where `ca` is undefined.
 *
 * With a CA, `ca.index.changes()` must go into the same outcome as the certificate.
 *
 * @param pair - a key of the kind that `request` asks for, where it was made before; else one is made
 * @throws PkiError `usage` for dates outside the CA's, or the CA's own name
 */
export async function makeIdentity(
  host: Host,
  ca: Ca | undefined,
  request: IdentityRequest,
  pair?: KeyPair,
): Promise<Identity> {
  const { pkcs8, spki } = pair ?? (await generateKey(request.key));
  const publicKey = parsePublicKey(spki);
  const { subject, validity, profile, altNames, crlUrls = [] } = request;
  const signing = {
    subject,
    spki,
    validity,
    profile,
    extensions: (issuerKey: Uint8Array | undefined) =>
      leafExtensions({
        profile,
        publicKey,
        altNames,
        emptySubject: subject.rdns.length === 0,
        crlUrls,
        ...(issuerKey === undefined ? {} : { issuerKey }),
      }),
  };
  if (ca === undefined) {
    return { pkcs8, chain: [selfSign(host, signing, pkcs8, publicKey)], notices: [] };
  }
  const { certificate, notices } = signWithCa(host, ca, signing);
  return { pkcs8, chain: [certificate, ...ca.chain], notices };
}
