import { createPrivateKey, type KeyObject, sign } from "node:crypto";
import { der } from "../../bytes/der-writer.ts";
import type { PublicKeyView } from "../../model/certificate.ts";
import { PkiError } from "../../model/error.ts";
import type { Secret } from "../../model/secret.ts";

/** How a key signs certificates and CRLs. */
export interface SignatureScheme {
  readonly oid: string;
  /** The whole AlgorithmIdentifier in DER. */
  readonly algorithm: Uint8Array;
  readonly hash: "sha256" | "sha384" | "sha512" | undefined;
  readonly kind: "RSA" | "EC" | "Ed25519";
  /** The key's curve, for EC. */
  readonly curve?: string;
}

/**
 * The signature algorithm that fits a key, as strong as the key and no stronger, as keytool chooses it:
 * RSA up to 3,840 bits SHA-256, up to 7,680 SHA-384, above SHA-512; P-256 SHA-256, P-384 SHA-384, P-521
 * SHA-512; Ed25519 has its own. RSA's parameters are NULL (RFC 4055 §5), the others have none (RFC 5758
 * §3.2, RFC 8410 §3).
 *
 * @throws PkiError `ca-unusable` for a key that none of these covers
 */
export function signatureScheme(key: PublicKeyView): SignatureScheme {
  switch (key.algorithm) {
    case "RSA": {
      const [arc, hash] =
        key.bits > 7680
          ? ([13, "sha512"] as const)
          : key.bits > 3840
            ? ([12, "sha384"] as const)
            : ([11, "sha256"] as const);
      const oid = `1.2.840.113549.1.1.${arc}`;
      return { oid, algorithm: der.sequence(der.oid(oid), der.null()), hash, kind: "RSA" };
    }
    case "EC": {
      const [arc, hash] =
        key.bits >= 512
          ? ([4, "sha512"] as const)
          : key.bits >= 384
            ? ([3, "sha384"] as const)
            : ([2, "sha256"] as const);
      const oid = `1.2.840.10045.4.3.${arc}`;
      const curve = key.curve === undefined ? {} : { curve: key.curve };
      return { oid, algorithm: der.sequence(der.oid(oid)), hash, kind: "EC", ...curve };
    }
    case "Ed25519": {
      const oid = "1.3.101.112";
      return { oid, algorithm: der.sequence(der.oid(oid)), hash: undefined, kind: "Ed25519" };
    }
    default:
      throw new PkiError("ca-unusable", `a ${key.algorithm} key cannot sign certificates here`);
  }
}

/** A private key ready to sign; taking it from PKCS#8 costs many times what a signature does. */
export class SigningKey {
  readonly #key: KeyObject;

  constructor(pkcs8: Secret) {
    this.#key = pkcs8.use((bytes) =>
      createPrivateKey({ key: bytes as Buffer, format: "der", type: "pkcs8" }),
    );
  }

  /** ECDSA signatures are in DER (RFC 3279 §2.2.3). */
  sign(scheme: SignatureScheme, octets: Uint8Array): Uint8Array {
    return Uint8Array.from(sign(scheme.hash, octets, this.#key));
  }
}
