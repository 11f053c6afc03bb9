import { DerReader } from "../bytes/der-reader.ts";
import { Tag } from "../bytes/der-tag.ts";
import { der } from "../bytes/der-writer.ts";
import { PkiError } from "../model/error.ts";
import { CIPHERS, type Cipher } from "./cipher-shape.ts";
import type { HashName } from "./digest.ts";
import { MAX_ITERATIONS } from "./kdf.ts";

/** How key and IV come from the password. `salt` is at most 1,024 bytes, `iterations` at most 5,000,000. */
export type Kdf =
  | { readonly kind: "pkcs12"; readonly salt: Uint8Array; readonly iterations: number }
  | {
      readonly kind: "pbkdf1";
      readonly hash: "md5" | "sha1";
      readonly salt: Uint8Array;
      readonly iterations: number;
    }
  | Pbkdf2
  | {
      readonly kind: "scrypt";
      readonly salt: Uint8Array;
      /** cost × block size × parallelisation: about one PBKDF2 iteration each. */
      readonly iterations: number;
      readonly cost: number;
      readonly blockSize: number;
      readonly parallel: number;
    };

export interface Pbkdf2 {
  readonly kind: "pbkdf2";
  readonly prf: HashName;
  readonly salt: Uint8Array;
  readonly iterations: number;
  /** As the parameters declare it; undefined where they do not. */
  readonly keyLength?: number;
}

/** A password-based encryption, read from its AlgorithmIdentifier or about to become one. */
export interface Pbe {
  /** Stable id, such as `pbes2-aes256` or `pbe-sha1-rc2-40`: what `list --json` calls protection. */
  readonly id: string;
  readonly kdf: Kdf;
  readonly cipher: Cipher;
  /** PBES2 only: elsewhere the IV is derived. */
  readonly iv?: Uint8Array;
}

const MAX_SALT = 1024;

/** RFC 8018 appendix B.1 and RFC 8619: HMAC OIDs under 1.2.840.113549.2. */
const PRFS: Readonly<Record<string, HashName>> = {
  "1.2.840.113549.2.6": "md5",
  "1.2.840.113549.2.7": "sha1",
  "1.2.840.113549.2.8": "sha224",
  "1.2.840.113549.2.9": "sha256",
  "1.2.840.113549.2.10": "sha384",
  "1.2.840.113549.2.11": "sha512",
  "1.2.840.113549.2.12": "sha512-224",
  "1.2.840.113549.2.13": "sha512-256",
};

const rc2Cipher = (bits: number, keyLength = bits / 8): Cipher => ({
  name: "rc2",
  keyLength,
  ivLength: 8,
  effectiveBits: bits,
});
const rc4Cipher = (bits: number): Cipher => ({ name: "rc4", keyLength: bits / 8, ivLength: 0 });

interface OneStep {
  readonly id: string;
  readonly kdf: "pkcs12" | "md5" | "sha1";
  readonly cipher: Cipher;
}

/** RFC 7292 appendix C, and PBES1 of RFC 8018 appendix A.3. */
const ONE_STEP: Readonly<Record<string, OneStep>> = {
  "1.2.840.113549.1.12.1.1": { id: "pbe-sha1-rc4-128", kdf: "pkcs12", cipher: rc4Cipher(128) },
  "1.2.840.113549.1.12.1.2": { id: "pbe-sha1-rc4-40", kdf: "pkcs12", cipher: rc4Cipher(40) },
  "1.2.840.113549.1.12.1.3": { id: "pbe-sha1-3des", kdf: "pkcs12", cipher: CIPHERS["3des"] },
  "1.2.840.113549.1.12.1.4": {
    id: "pbe-sha1-3des-2key",
    kdf: "pkcs12",
    cipher: CIPHERS["3des-2key"],
  },
  "1.2.840.113549.1.12.1.5": { id: "pbe-sha1-rc2-128", kdf: "pkcs12", cipher: rc2Cipher(128) },
  "1.2.840.113549.1.12.1.6": { id: "pbe-sha1-rc2-40", kdf: "pkcs12", cipher: rc2Cipher(40) },
  "1.2.840.113549.1.5.3": { id: "pbe-md5-des", kdf: "md5", cipher: CIPHERS.des },
  "1.2.840.113549.1.5.6": { id: "pbe-md5-rc2", kdf: "md5", cipher: rc2Cipher(64) },
  "1.2.840.113549.1.5.10": { id: "pbe-sha1-des", kdf: "sha1", cipher: CIPHERS.des },
  "1.2.840.113549.1.5.11": { id: "pbe-sha1-rc2", kdf: "sha1", cipher: rc2Cipher(64) },
};

const PBES2 = "1.2.840.113549.1.5.13";
const PBKDF2 = "1.2.840.113549.1.5.12";
const SCRYPT = "1.3.6.1.4.1.11591.4.11";
const RC2_CBC = "1.2.840.113549.3.2";

const PBES2_CIPHERS: Readonly<Record<string, Cipher>> = {
  "2.16.840.1.101.3.4.1.2": CIPHERS.aes128,
  "2.16.840.1.101.3.4.1.22": CIPHERS.aes192,
  "2.16.840.1.101.3.4.1.42": CIPHERS.aes256,
  // RFC 3657: some Bouncy Castle and Japanese products
  "1.2.392.200011.61.1.1.1.2": CIPHERS.camellia128,
  "1.2.392.200011.61.1.1.1.3": CIPHERS.camellia192,
  "1.2.392.200011.61.1.1.1.4": CIPHERS.camellia256,
  "1.2.840.113549.3.7": CIPHERS["3des"],
  "1.3.14.3.2.7": CIPHERS.des,
};

/** RFC 8018 appendix B.2.3: how an RC2 parameter encodes the effective key bits below 256. */
const RC2_VERSIONS: Readonly<Record<number, number>> = { 160: 40, 120: 64, 58: 128 };

/** True for what nobody should protect a key with any more. */
export function isWeakPbe(pbe: Pbe): boolean {
  return !/^(aes|camellia)/.test(pbe.cipher.name);
}

/**
 * Reads and judges a password-based AlgorithmIdentifier: PKCS#12's own schemes, PBES1 and PBES2.
 *
 * Everything is checked before anything is derived: iterations (at most 5,000,000, on the encoded
 * INTEGER), scrypt's cost, salt, IV and key length.
 *
 * @param algorithm - the whole AlgorithmIdentifier in DER
 * @throws PkiError `format-unsupported` naming the OID, `limit-exceeded`, `format-malformed`
 */
export function readPbe(algorithm: Uint8Array, where = ""): Pbe {
  const outer = new DerReader(algorithm, where);
  const reader = outer.sequence("algorithm");
  outer.finish("the algorithm");
  const oid = reader.oid("encryption algorithm");
  const oneStep = ONE_STEP[oid];
  if (oneStep !== undefined) return readOneStep(reader, oneStep);
  if (oid !== PBES2) throw unsupported("encryption algorithm", oid, reader.where);
  const parameters = reader.sequence("PBES2 parameters");
  reader.finish("the algorithm");
  const kdf = readKdf(parameters.sequence("keyDerivation"));
  const { cipher, iv } = readScheme(parameters.sequence("encryptionScheme"), kdf);
  parameters.finish("the PBES2 parameters");
  return { id: `pbes2-${cipher.name}`, kdf, cipher, iv };
}

function readOneStep(reader: DerReader, { id, kdf, cipher }: OneStep): Pbe {
  const parameters = reader.sequence("parameters");
  reader.finish("the algorithm");
  const salt = readSalt(parameters);
  const iterations = readIterations(parameters);
  parameters.finish("the parameters");
  return {
    id,
    cipher,
    kdf:
      kdf === "pkcs12"
        ? { kind: "pkcs12", salt, iterations }
        : { kind: "pbkdf1", hash: kdf, salt, iterations },
  };
}

function readSalt(reader: DerReader): Uint8Array {
  const salt = reader.octetString("salt");
  if (salt.length > MAX_SALT) {
    throw new PkiError("limit-exceeded", `a salt of ${salt.length} bytes`, { where: reader.where });
  }
  return salt;
}

function readIterations(reader: DerReader): number {
  const iterations = reader.unsigned("the iteration count", MAX_ITERATIONS);
  if (iterations === 0) reader.fail("an iteration count of zero");
  return iterations;
}

function readKdf(reader: DerReader): Kdf {
  const oid = reader.oid("key derivation");
  if (oid === PBKDF2) return readPbkdf2(reader);
  if (oid !== SCRYPT) throw unsupported("key derivation", oid, reader.where);
  const parameters = reader.sequence("scrypt");
  reader.finish("the key derivation");
  const salt = readSalt(parameters);
  const cost = parameters.unsigned("scrypt's cost", MAX_ITERATIONS);
  const blockSize = parameters.unsigned("scrypt's block size", MAX_ITERATIONS);
  const parallel = parameters.unsigned("scrypt's parallelisation", MAX_ITERATIONS);
  if (parameters.peek() === Tag.integer) parameters.unsigned("the key length", 1024);
  parameters.finish("scrypt's parameters");
  if (cost < 2 || (cost & (cost - 1)) !== 0 || blockSize === 0 || parallel === 0) {
    parameters.fail("impossible scrypt parameters");
  }
  const iterations = cost * blockSize * parallel;
  if (iterations > MAX_ITERATIONS) {
    throw new PkiError("limit-exceeded", `scrypt's work is over the limit of ${MAX_ITERATIONS}`, {
      where: parameters.where,
    });
  }
  return { kind: "scrypt", salt, iterations, cost, blockSize, parallel };
}

/** Reads the rest of a PBKDF2 AlgorithmIdentifier whose OID was read (RFC 8018 appendix A.2). */
export function readPbkdf2(reader: DerReader): Pbkdf2 {
  const parameters = reader.sequence("PBKDF2");
  reader.finish("the key derivation");
  const salt = readSalt(parameters);
  const iterations = readIterations(parameters);
  const keyLength =
    parameters.peek() === Tag.integer ? parameters.unsigned("the key length", 1024) : undefined;
  let prf: HashName = "sha1";
  if (!parameters.done) {
    const algorithm = parameters.sequence("prf");
    prf = readHmac(algorithm);
  }
  parameters.finish("PBKDF2's parameters");
  return {
    kind: "pbkdf2",
    prf,
    salt,
    iterations,
    ...(keyLength === undefined ? {} : { keyLength }),
  };
}

/** Reads the content of an HMAC AlgorithmIdentifier: an OID of RFC 8018 appendix B.1, NULL or nothing. */
export function readHmac(reader: DerReader): HashName {
  const oid = reader.oid("message authentication");
  const hash = PRFS[oid];
  if (hash === undefined) throw unsupported("message authentication", oid, reader.where);
  reader.optional(Tag.null);
  reader.finish("the algorithm");
  return hash;
}

function readScheme(reader: DerReader, kdf: Kdf): { cipher: Cipher; iv: Uint8Array } {
  const oid = reader.oid("encryption scheme");
  const declared = kdf.kind === "pbkdf2" ? kdf.keyLength : undefined;
  let cipher = PBES2_CIPHERS[oid];
  let iv: Uint8Array;
  if (cipher !== undefined) {
    iv = reader.octetString("initialisation vector");
  } else if (oid === RC2_CBC) {
    const parameters = reader.sequence("RC2");
    let bits = 32;
    if (parameters.peek() === Tag.integer) {
      const version = parameters.unsigned("RC2's version", 1024);
      const known = RC2_VERSIONS[version];
      if (known === undefined && version < 256) {
        throw new PkiError("format-unsupported", "an unknown RC2 parameter version", {
          where: parameters.where,
        });
      }
      bits = known ?? version;
    }
    iv = parameters.octetString("initialisation vector");
    parameters.finish("RC2's parameters");
    const keyLength = declared ?? Math.ceil(bits / 8);
    if (keyLength === 0 || keyLength > 128) reader.fail("an impossible RC2 key length");
    cipher = rc2Cipher(bits, keyLength);
  } else {
    throw unsupported("encryption scheme", oid, reader.where);
  }
  reader.finish("the encryption scheme");
  if (iv.length !== cipher.ivLength) reader.fail("an initialisation vector of the wrong length");
  if (declared !== undefined && declared !== cipher.keyLength) {
    reader.fail(`a key length of ${declared} bytes for a cipher that needs ${cipher.keyLength}`);
  }
  return { cipher, iv };
}

function unsupported(what: string, oid: string, where: string): PkiError {
  return new PkiError("format-unsupported", `${what} ${oid} is not supported`, { where });
}

const oidOf = (table: Readonly<Record<string, unknown>>, value: unknown): string => {
  for (const oid of Object.keys(table)) if (table[oid] === value) return oid;
  throw new RangeError("no such algorithm");
};

/** The AlgorithmIdentifier of a scheme, DER. @throws RangeError for one this project does not know */
export function encodePbe(pbe: Pbe): Uint8Array {
  const { kdf, cipher, iv } = pbe;
  if (iv === undefined) {
    const found = Object.entries(ONE_STEP).find(([, scheme]) => scheme.id === pbe.id);
    if (found === undefined) throw new RangeError(`no such encryption: ${pbe.id}`);
    return der.sequence(
      der.oid(found[0]),
      der.sequence(der.octetString(kdf.salt), der.integer(kdf.iterations)),
    );
  }
  return der.sequence(der.oid(PBES2), der.sequence(encodeKdf(kdf), encodeScheme(cipher, iv)));
}

function encodeKdf(kdf: Kdf): Uint8Array {
  if (kdf.kind === "pbkdf2") return encodePbkdf2(kdf);
  if (kdf.kind !== "scrypt") throw new RangeError("PBES2 takes PBKDF2 or scrypt");
  return der.sequence(
    der.oid(SCRYPT),
    der.sequence(
      der.octetString(kdf.salt),
      ...[kdf.cost, kdf.blockSize, kdf.parallel].map((value) => der.integer(value)),
    ),
  );
}

/** A whole PBKDF2 AlgorithmIdentifier; HMAC-SHA-1 is the default and left out, as DER asks. */
export function encodePbkdf2(kdf: Pbkdf2): Uint8Array {
  return der.sequence(
    der.oid(PBKDF2),
    der.sequence(
      der.octetString(kdf.salt),
      der.integer(kdf.iterations),
      ...(kdf.keyLength === undefined ? [] : [der.integer(kdf.keyLength)]),
      ...(kdf.prf === "sha1" ? [] : [encodeHmac(kdf.prf)]),
    ),
  );
}

export function encodeHmac(hash: HashName): Uint8Array {
  return der.sequence(der.oid(oidOf(PRFS, hash)), der.null());
}

function encodeScheme(cipher: Cipher, iv: Uint8Array): Uint8Array {
  if (cipher.name !== "rc2") {
    return der.sequence(der.oid(oidOf(PBES2_CIPHERS, cipher)), der.octetString(iv));
  }
  const bits = cipher.effectiveBits as number;
  const version = Object.entries(RC2_VERSIONS).find(([, known]) => known === bits)?.[0];
  const encoded = version === undefined ? bits : Number(version);
  return der.sequence(
    der.oid(RC2_CBC),
    der.sequence(...(bits === 32 ? [] : [der.integer(encoded)]), der.octetString(iv)),
  );
}

/** The one-step scheme of an id such as `pbe-sha1-3des`, with its own salt and iterations. */
export function oneStepPbe(id: string, salt: Uint8Array, iterations: number): Pbe {
  const scheme = Object.values(ONE_STEP).find((candidate) => candidate.id === id);
  if (scheme === undefined) throw new RangeError(`no such encryption: ${id}`);
  return {
    id,
    cipher: scheme.cipher,
    kdf:
      scheme.kdf === "pkcs12"
        ? { kind: "pkcs12", salt, iterations }
        : { kind: "pbkdf1", hash: scheme.kdf, salt, iterations },
  };
}

/** PBES2 with PBKDF2, as OpenSSL writes it: no key length in the parameters. */
export function pbes2Pbe(
  cipher: keyof typeof CIPHERS,
  prf: HashName,
  salt: Uint8Array,
  iv: Uint8Array,
  iterations: number,
): Pbe {
  return {
    id: `pbes2-${cipher}`,
    cipher: CIPHERS[cipher],
    kdf: { kind: "pbkdf2", prf, salt, iterations },
    iv,
  };
}
