import { generateKeyPair } from "node:crypto";
import { promisify } from "node:util";
import { PkiError } from "../../model/error.ts";
import { Secret } from "../../model/secret.ts";

export type NamedCurve = "P-256" | "P-384" | "P-521";

/** Which key to make. */
export type KeySpec =
  | { readonly kind: "RSA"; readonly bits: number }
  | { readonly kind: "EC"; readonly curve: NamedCurve }
  | { readonly kind: "Ed25519" };

export interface KeyPair {
  /** PKCS#8 PrivateKeyInfo in DER. */
  readonly pkcs8: Secret;
  /** SubjectPublicKeyInfo in DER. */
  readonly spki: Uint8Array;
}

/** What `--key` takes, as help and errors show it. */
export const KEY_SPECS = "rsa:2048, rsa:3072, rsa:4096, ec:P-256, ec:P-384, ec:P-521 or ed25519";

const CURVE_NAMES: Readonly<Record<string, NamedCurve>> = {
  "p-256": "P-256",
  p256: "P-256",
  prime256v1: "P-256",
  secp256r1: "P-256",
  "p-384": "P-384",
  p384: "P-384",
  secp384r1: "P-384",
  "p-521": "P-521",
  p521: "P-521",
  secp521r1: "P-521",
};

/** 1024 and 1536 are understood so that they can be refused by their weakness, and made when forced. */
const RSA_BITS = [1024, 1536, 2048, 3072, 4096];

/**
 * Reads `rsa:3072`, `ec:P-256` or `ed25519`, in any case; curves also under their SEC 2 names.
 *
 * @throws PkiError `usage`
 */
export function parseKeySpec(text: string, where = "--key"): KeySpec {
  const [kind = "", size] = text.trim().toLowerCase().split(":", 2);
  if (kind === "ed25519" && size === undefined) return { kind: "Ed25519" };
  const curve = kind === "ec" && size !== undefined ? CURVE_NAMES[size] : undefined;
  if (curve !== undefined) return { kind: "EC", curve };
  if (kind === "rsa" && size !== undefined && RSA_BITS.includes(Number(size))) {
    return { kind: "RSA", bits: Number(size) };
  }
  throw new PkiError("usage", "is not a kind of key", { where, hint: `give one of ${KEY_SPECS}` });
}

/** The inverse of `parseKeySpec`. */
export function printKeySpec(spec: KeySpec): string {
  switch (spec.kind) {
    case "RSA":
      return `rsa:${spec.bits}`;
    case "EC":
      return `ec:${spec.curve}`;
    case "Ed25519":
      return "ed25519";
  }
}

const generate = promisify(generateKeyPair) as unknown as (
  type: string,
  options: Record<string, unknown>,
) => Promise<{ publicKey: Uint8Array; privateKey: Uint8Array }>;

/** Makes a key in a thread of the pool. Its randomness is OpenSSL's and cannot be injected. */
export async function generateKey(spec: KeySpec): Promise<KeyPair> {
  const { publicKey, privateKey } = await generate(nodeType(spec), {
    ...nodeOptions(spec),
    publicKeyEncoding: { type: "spki", format: "der" },
    privateKeyEncoding: { type: "pkcs8", format: "der" },
  });
  const pkcs8 = new Secret(Uint8Array.from(privateKey));
  privateKey.fill(0);
  return { pkcs8, spki: Uint8Array.from(publicKey) };
}

function nodeType(spec: KeySpec): string {
  return spec.kind === "RSA" ? "rsa" : spec.kind === "EC" ? "ec" : "ed25519";
}

function nodeOptions(spec: KeySpec): Record<string, unknown> {
  if (spec.kind === "RSA") return { modulusLength: spec.bits, publicExponent: 65_537 };
  return spec.kind === "EC" ? { namedCurve: spec.curve } : {};
}
