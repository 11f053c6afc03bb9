import { DerReader } from "../../bytes/der-reader.ts";
import { contextConstructed, Tag } from "../../bytes/der-tag.ts";
import { der } from "../../bytes/der-writer.ts";
import { concat, fromHex } from "../../bytes/octets.ts";
import { type PemBlock, readPem } from "../../bytes/pem.ts";
import { decrypt } from "../../crypto/cipher.ts";
import { CIPHERS, type Cipher } from "../../crypto/cipher-shape.ts";
import { digest } from "../../crypto/digest.ts";
import { KdfBudget } from "../../crypto/kdf.ts";
import { pkcs12Password, wipePassword } from "../../crypto/password.ts";
import { isPrivateKeyInfo, openSealedKey, readSealedKey, sealKey } from "../../crypto/pbe.ts";
import { pbes2Pbe, readPbe } from "../../crypto/pbe-scheme.ts";
import { PkiError } from "../../model/error.ts";
import { Secret } from "../../model/secret.ts";
import type { ProtectionFact } from "../../model/store.ts";
import type { KeyMaterial, Passwords, Random } from "../codec.ts";

/** EncryptedPrivateKeyInfo, the password as UTF-8. */
export const PKCS8_SCHEME = "pkcs8";
/** OpenSSL's traditional encryption (`Proc-Type: 4,ENCRYPTED`); the blob is the block's text. */
export const TRADITIONAL_SCHEME = "pem";
/** Not a key at all: a request whose key is elsewhere. */
export const ABSENT_SCHEME = "absent";

/** PBKDF2 iterations of keys we write: about 50 ms for whoever opens one, and for each guess. */
const ITERATIONS = 100_000;

const RSA = "1.2.840.113549.1.1.1";
const EC = "1.2.840.10045.2.1";
const DSA = "1.2.840.10040.4.1";

/**
 * The key of a PEM block: PKCS#8 plain or encrypted (RFC 5958), PKCS#1 (RFC 8017), SEC 1 (RFC 5915) and OpenSSL's
 * DSA form; the last three plain or with traditional encryption. Plain keys become PKCS#8.
 *
 * @param raw - the block as it stands in the file
 * @returns undefined where the block is no private key
 * @throws PkiError `format-malformed`
 */
export function readKeyBlock(
  block: PemBlock,
  raw: Uint8Array,
  where: string,
): KeyMaterial | undefined {
  switch (block.label) {
    case "PRIVATE KEY":
      return open(privateKeyInfo(block.der, where));
    case "ENCRYPTED PRIVATE KEY":
      readSealedKey(block.der, where);
      return { state: "sealed", scheme: PKCS8_SCHEME, blob: block.der };
    case "RSA PRIVATE KEY":
    case "EC PRIVATE KEY":
    case "DSA PRIVATE KEY":
      if (isEncrypted(block)) {
        return { state: "sealed", scheme: TRADITIONAL_SCHEME, blob: raw };
      }
      return open(toPkcs8(block.label, block.der, where));
    default:
      return undefined;
  }
}

/**
 * Reads a private key that stands alone in DER: PKCS#8, encrypted PKCS#8, PKCS#1 or SEC 1.
 *
 * @returns undefined where the outermost tags are another structure's
 * @throws PkiError `format-malformed`
 */
export function readDerKey(bytes: Uint8Array, where: string): KeyMaterial | undefined {
  const file = new DerReader(bytes, where);
  const outer = file.inside(file.next(Tag.sequence, "the key"));
  file.finish("the key");
  if (outer.peek() === Tag.sequence) {
    outer.next();
    if (outer.peek() !== Tag.octetString) return undefined;
    readSealedKey(bytes, where);
    return { state: "sealed", scheme: PKCS8_SCHEME, blob: bytes };
  }
  if (outer.peek() !== Tag.integer) return undefined;
  outer.next();
  if (outer.peek() === Tag.sequence) return open(privateKeyInfo(bytes, where));
  if (outer.peek() === Tag.octetString) return open(toPkcs8("EC PRIVATE KEY", bytes, where));
  let integers = 1;
  while (outer.optional(Tag.integer) !== undefined) integers++;
  if (integers === 6) return open(toPkcs8("DSA PRIVATE KEY", bytes, where));
  return integers >= 9 ? open(toPkcs8("RSA PRIVATE KEY", bytes, where)) : undefined;
}

/**
 * Opens a key of this format to PKCS#8.
 *
 * @param budget - what the file's derivations may still cost
 * @throws PkiError `password-missing`, `key-password-wrong`, `format-unsupported`, `limit-exceeded`
 */
export async function unsealKey(
  key: KeyMaterial,
  passwords: Passwords,
  budget = new KdfBudget(),
): Promise<Secret> {
  if (key.state === "open") return key.pkcs8.copy();
  if (key.scheme === ABSENT_SCHEME) {
    throw new PkiError("format-unsupported", "the file holds the request without its private key", {
      hint: "name the file with the key",
    });
  }
  if (key.scheme !== PKCS8_SCHEME && key.scheme !== TRADITIONAL_SCHEME) {
    throw new PkiError("format-unsupported", "the key is sealed in another format's way");
  }
  const password = passwords.key ?? passwords.store;
  if (password === undefined) {
    throw new PkiError("password-missing", "the key does not open without a password");
  }
  if (key.scheme === TRADITIONAL_SCHEME) {
    return password.use((bytes) => openTraditional(key.blob, bytes));
  }
  const prepared = password.use(pkcs12Password);
  try {
    return new Secret(await openSealedKey(key.blob, prepared, budget, "key"));
  } finally {
    wipePassword(prepared);
  }
}

/** Seals a PKCS#8 key with PBES2: AES-256-CBC, PBKDF2 with HMAC-SHA-256. */
export async function sealPkcs8(
  pkcs8: Secret,
  password: Secret,
  random: Random,
): Promise<Uint8Array> {
  const prepared = password.use(pkcs12Password);
  const plain = pkcs8.use((bytes) => bytes.slice());
  try {
    const scheme = pbes2Pbe("aes256", "sha256", random(16), random(16), ITERATIONS);
    return await sealKey(scheme, plain, prepared);
  } finally {
    wipePassword(prepared);
    plain.fill(0);
  }
}

function open(pkcs8: Uint8Array): KeyMaterial {
  return { state: "open", pkcs8: new Secret(pkcs8) };
}

function privateKeyInfo(bytes: Uint8Array, where: string): Uint8Array {
  if (!isPrivateKeyInfo(bytes)) {
    throw new PkiError("format-malformed", "the private key is no PKCS#8 PrivateKeyInfo", {
      where,
    });
  }
  return bytes.slice();
}

/** Puts a key of an older form into PKCS#8, as `openssl pkcs8 -topk8` does. */
function toPkcs8(label: string, key: Uint8Array, where: string): Uint8Array {
  const file = new DerReader(key, where);
  const inside: DerReader = file.inside(file.next(Tag.sequence, "the key"));
  file.finish("the key");
  if (label === "RSA PRIVATE KEY") {
    inside.unsigned("version", 1);
    for (let i = 0; i < 8; i++) inside.integerBytes("a number of the RSA key");
    return pkcs8(der.sequence(der.oid(RSA), der.null()), key);
  }
  if (label === "DSA PRIVATE KEY") {
    inside.unsigned("version", 0);
    const numbers = ["p", "q", "g", "y", "x"].map((name) => inside.nextRaw(Tag.integer, name));
    inside.finish("the DSA key");
    const [p, q, g, , x] = numbers as [Uint8Array, Uint8Array, Uint8Array, Uint8Array, Uint8Array];
    return pkcs8(der.sequence(der.oid(DSA), der.sequence(p, q, g)), x);
  }
  const version = inside.nextRaw(Tag.integer, "version");
  const secret = inside.nextRaw(Tag.octetString, "privateKey");
  if (inside.peek() !== contextConstructed(0)) inside.fail("the EC key names no curve");
  const curve = inside.enter(contextConstructed(0), "parameters").nextRaw(undefined, "curve");
  const publicKey = inside.done ? [] : [inside.nextRaw(contextConstructed(1), "publicKey")];
  inside.finish("the EC key");
  return pkcs8(der.sequence(der.oid(EC), curve), der.sequence(version, secret, ...publicKey));
}

function pkcs8(algorithm: Uint8Array, key: Uint8Array): Uint8Array {
  return der.sequence(der.integer(0), algorithm, der.octetString(key));
}

function isEncrypted(block: PemBlock): boolean {
  return /^4\s*,\s*ENCRYPTED$/i.test(block.headers.get("Proc-Type") ?? "");
}

const TRADITIONAL_CIPHERS: Readonly<Record<string, Cipher>> = {
  "AES-128-CBC": CIPHERS.aes128,
  "AES-192-CBC": CIPHERS.aes192,
  "AES-256-CBC": CIPHERS.aes256,
  "DES-EDE3-CBC": CIPHERS["3des"],
  "DES-CBC": CIPHERS.des,
};

/** OpenSSL's `PEM_do_header`: the key is `EVP_BytesToKey` with MD5, one round, the IV's first 8 octets as salt. */
function openTraditional(text: Uint8Array, password: Uint8Array): Secret {
  const [block] = readPem(text);
  if (block === undefined) throw new PkiError("format-malformed", "the key's block is gone");
  const match = /^([A-Za-z0-9-]{1,32})\s*,\s*([0-9A-Fa-f]{2,64})$/.exec(
    block.headers.get("DEK-Info") ?? "",
  );
  if (match === null) {
    throw new PkiError("format-malformed", "the encrypted key has no readable DEK-Info header");
  }
  const cipher = TRADITIONAL_CIPHERS[(match[1] as string).toUpperCase()];
  if (cipher === undefined) {
    throw new PkiError(
      "format-unsupported",
      "the key is encrypted with a cipher that is not supported",
      {
        hint: "convert it with openssl pkcs8 -topk8 first",
      },
    );
  }
  const hex = match[2] as string;
  if (hex.length !== cipher.ivLength * 2) {
    throw new PkiError("format-malformed", "the DEK-Info header has an IV of the wrong length");
  }
  const iv = fromHex(hex);
  const key = bytesToKey(password, iv.subarray(0, 8), cipher.keyLength);
  const plain = decrypt(cipher, key, iv, block.der);
  key.fill(0);
  if (plain === undefined) throw wrongPassword();
  try {
    return new Secret(toPkcs8(block.label, plain, "key"));
  } catch (cause) {
    // One wrong password in 256 leaves a right padding; then the key inside is noise.
    if (cause instanceof PkiError) throw wrongPassword();
    throw cause;
  } finally {
    plain.fill(0);
  }
}

function wrongPassword(): PkiError {
  return new PkiError("key-password-wrong", "the password does not open the private key", {
    hint: "give the right password, or the key is damaged",
  });
}

function bytesToKey(password: Uint8Array, salt: Uint8Array, length: number): Uint8Array {
  let key: Uint8Array = new Uint8Array(0);
  let last: Uint8Array = new Uint8Array(0);
  while (key.length < length) {
    last = digest("md5", last, password, salt);
    key = concat([key, last]);
  }
  return key.slice(0, length);
}

/** What protects the first of some keys: `none` where there is no key or it is plain. */
export function protectionOf(keys: readonly KeyMaterial[]): {
  readonly protection: string;
  readonly iterations?: number;
  readonly protections?: readonly ProtectionFact[];
} {
  const sealed = keys.some((key) => key.state === "sealed" && key.blob.length > 0);
  return { ...protectionOfFirst(keys), ...(sealed ? { protections: keys.flatMap(factsOf) } : {}) };
}

function factsOf(key: KeyMaterial): readonly ProtectionFact[] {
  const { protection, iterations } = protectionOfFirst([key]);
  if (protection === "none" || protection === "unknown") return [];
  return [{ of: "keys", scheme: protection, ...(iterations === undefined ? {} : { iterations }) }];
}

function protectionOfFirst(keys: readonly KeyMaterial[]): {
  readonly protection: string;
  readonly iterations?: number;
} {
  const [key] = keys;
  if (key === undefined || key.state === "open") return { protection: "none" };
  if (key.scheme === TRADITIONAL_SCHEME) return { protection: "pem-md5" };
  try {
    const pbe = readPbe(readSealedKey(key.blob).algorithm);
    return { protection: pbe.id, iterations: pbe.kdf.iterations };
  } catch (error) {
    // What protects a key need not be known here to list its certificate.
    if (error instanceof PkiError) return { protection: "unknown" };
    throw error;
  }
}
