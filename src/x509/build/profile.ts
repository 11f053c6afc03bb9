import type { PublicKeyView } from "../../model/certificate.ts";
import type { AltName } from "./alt-name.ts";
import {
  type ExtendedKeyUsageName,
  encodeAuthorityKeyIdentifier,
  encodeBasicConstraints,
  encodeCrlDistributionPoints,
  encodeExtendedKeyUsage,
  encodeKeyUsage,
  encodeSubjectAltName,
  encodeSubjectKeyIdentifier,
  keyIdentifier,
} from "./extensions.ts";

/** What a certificate is for. `peer` both serves and connects. */
export type LeafProfile = "server" | "client" | "peer";

const USAGES: Readonly<Record<LeafProfile, readonly ExtendedKeyUsageName[]>> = {
  server: ["serverAuth"],
  client: ["clientAuth"],
  peer: ["serverAuth", "clientAuth"],
};

export interface LeafExtensions {
  readonly profile: LeafProfile;
  readonly publicKey: PublicKeyView;
  readonly altNames: readonly AltName[];
  /** Is the subject's name empty? Then the alternative names are critical. */
  readonly emptySubject: boolean;
  /** The issuer's key identifier; absent where the certificate signs itself. */
  readonly issuerKey?: Uint8Array;
  readonly crlUrls?: readonly string[];
}

/**
 * Extensions of an end entity's certificate.
 *
 * A self-signed one has no key usage: without keyCertSign OpenSSL 1.1.1 would not take it for its own
 * issuer, and with it others would take it for a CA's (docs/decisions/0053-profiles.md). Its authority key
 * identifier is its own: of two trusted certificates with one name, an old and a renewed one, OpenSSL takes
 * the first that might be the issuer, and would refuse the other's holder.
 */
export function leafExtensions(leaf: LeafExtensions): readonly Uint8Array[] {
  const { profile, publicKey, altNames, issuerKey, crlUrls = [] } = leaf;
  const extensions = [encodeBasicConstraints(false)];
  if (issuerKey !== undefined) {
    extensions.push(
      encodeKeyUsage(
        publicKey.algorithm === "RSA"
          ? ["digitalSignature", "keyEncipherment"]
          : ["digitalSignature"],
      ),
    );
  }
  const ownKey = keyIdentifier(publicKey.spki);
  extensions.push(
    encodeExtendedKeyUsage(USAGES[profile]),
    encodeSubjectKeyIdentifier(ownKey),
    encodeAuthorityKeyIdentifier(issuerKey ?? ownKey),
  );
  if (altNames.length > 0) extensions.push(encodeSubjectAltName(altNames, leaf.emptySubject));
  if (crlUrls.length > 0) extensions.push(encodeCrlDistributionPoints(crlUrls));
  return extensions;
}

export interface CaExtensions {
  readonly spki: Uint8Array;
  /** How many CAs may stand below this one; absent: any number. */
  readonly pathLength?: number;
  /** The issuer's key identifier; absent for a root. */
  readonly issuerKey?: Uint8Array;
  readonly crlUrls?: readonly string[];
}

/** Extensions of a CA's certificate: it signs certificates and CRLs, nothing else. */
export function caExtensions(ca: CaExtensions): readonly Uint8Array[] {
  const ownKey = keyIdentifier(ca.spki);
  const extensions = [
    encodeBasicConstraints(true, ca.pathLength),
    encodeKeyUsage(["keyCertSign", "cRLSign"]),
    encodeSubjectKeyIdentifier(ownKey),
    encodeAuthorityKeyIdentifier(ca.issuerKey ?? ownKey),
  ];
  if (ca.crlUrls !== undefined && ca.crlUrls.length > 0) {
    extensions.push(encodeCrlDistributionPoints(ca.crlUrls));
  }
  return extensions;
}
