import { pbkdf2 as nativePbkdf2, scrypt as nativeScrypt } from "node:crypto";
import { PkiError } from "../model/error.ts";
import {
  type ChainHash,
  type ChainRunner,
  type ChainStep,
  HASH_SHAPES,
  hashChain,
} from "./chain.ts";
import { digest, type HashName } from "./digest.ts";

/** The most iterations of one derivation: what the JDK allows. */
export const MAX_ITERATIONS = 5_000_000;
/** The most iterations that all derivations of one file may ask for together. */
export const MAX_FILE_ITERATIONS = 10_000_000;
/** The most memory one scrypt derivation may take, in bytes. */
export const MAX_SCRYPT_MEMORY = 256 * 1024 * 1024;

/**
 * What one file may still cost. Every derivation is paid for before it starts, so a hostile file with
 * many expensive parts ends early.
 */
export class KdfBudget {
  /** Where the hash chains of this file run beside those of others; undefined: here and now. */
  readonly chains: ChainRunner | undefined;
  #left: number;

  constructor(limit = MAX_FILE_ITERATIONS, chains?: ChainRunner) {
    this.#left = limit;
    this.chains = chains;
  }

  get left(): number {
    return this.#left;
  }

  /** @throws PkiError `limit-exceeded` when the file has asked for too much in total */
  spend(iterations: number, where?: string): void {
    if (iterations > this.#left) {
      throw new PkiError(
        "limit-exceeded",
        `the key derivations of this file need more than ${MAX_FILE_ITERATIONS} iterations in total`,
        where === undefined ? {} : { where },
      );
    }
    this.#left -= iterations;
  }
}

/** What the PKCS#12 derivation makes (RFC 7292 appendix B.3): the diversifier octet. */
export const Purpose = { key: 1, iv: 2, mac: 3 } as const;
export type PurposeId = (typeof Purpose)[keyof typeof Purpose];

/**
 * The PKCS#12 key derivation (RFC 7292 appendix B.2) as steps: it hands out each long hash chain and
 * continues when given the result. So a caller with many files can run several chains side by side.
 */
export function* pkcs12KdfSteps(
  hash: ChainHash,
  purpose: PurposeId,
  password: Uint8Array,
  salt: Uint8Array,
  iterations: number,
  length: number,
): Generator<ChainStep, Uint8Array, Uint8Array> {
  const { digest: size, block } = HASH_SHAPES[hash];
  const fill = (from: Uint8Array): Uint8Array => {
    const out = new Uint8Array(block * Math.ceil(from.length / block));
    for (let i = 0; i < out.length; i++) out[i] = from[i % from.length] as number;
    return out;
  };
  const diversifier = new Uint8Array(block).fill(purpose);
  const saltBlocks = fill(salt);
  const input = new Uint8Array(saltBlocks.length + block * Math.ceil(password.length / block));
  input.set(saltBlocks);
  const passwordBlocks = fill(password);
  input.set(passwordBlocks, saltBlocks.length);
  passwordBlocks.fill(0);

  const out = new Uint8Array(length);
  for (let done = 0; ; ) {
    const first = digest(hash as HashName, diversifier, input);
    const made = yield { hash, digest: first, turns: iterations - 1 };
    first.fill(0);
    out.set(made.subarray(0, Math.min(size, length - done)), done);
    done += size;
    if (done >= length) {
      input.fill(0);
      made.fill(0);
      return out;
    }
    // Step 6C: every block of the input plus the repeated digest plus one, modulo 2^(8·block).
    for (let at = 0; at < input.length; at += block) {
      let carry = 1;
      for (let i = block - 1; i >= 0; i--) {
        carry += (input[at + i] as number) + (made[i % size] as number);
        input[at + i] = carry & 0xff;
        carry >>= 8;
      }
    }
    made.fill(0);
  }
}

/**
 * Derives key, IV or MAC key by the PKCS#12 scheme, on the calling thread.
 *
 * @param password - 16 bits a character with terminator: see password.ts; zero octets for no password
 * @param iterations - 1 or more; the caller has checked the limit and paid the budget
 * @param chains - where the hashing runs; absent: here and now
 */
export async function pkcs12Kdf(
  hash: ChainHash,
  purpose: PurposeId,
  password: Uint8Array,
  salt: Uint8Array,
  iterations: number,
  length: number,
  chains?: ChainRunner,
): Promise<Uint8Array> {
  const steps = pkcs12KdfSteps(hash, purpose, password, salt, iterations, length);
  let state = steps.next();
  while (!state.done) {
    const step = state.value;
    const made =
      chains === undefined ? hashChain(step.hash, step.digest, step.turns) : await chains.run(step);
    state = steps.next(made);
  }
  return state.value;
}

/**
 * PBKDF1 (RFC 8018 §5.1): the hash of password and salt, hashed again.
 *
 * @param length - at most the digest's length
 */
export function pbkdf1(
  hash: "md5" | "sha1",
  password: Uint8Array,
  salt: Uint8Array,
  iterations: number,
  length: number,
): Uint8Array {
  const size = HASH_SHAPES[hash].digest;
  if (length > size) throw new RangeError(`PBKDF1 gives at most ${size} bytes`);
  const made = hashChain(hash, digest(hash, password, salt), iterations - 1);
  const out = made.slice(0, length);
  made.fill(0);
  return out;
}

/**
 * PBKDF2 (RFC 8018 §5.2), OpenSSL's, in a thread of the pool: it runs while the caller goes on.
 *
 * @param chains - may derive it instead, side by side with what other files need
 * @throws PkiError `format-unsupported` where this engine has no such hash
 */
export function pbkdf2(
  hash: HashName,
  password: Uint8Array,
  salt: Uint8Array,
  iterations: number,
  length: number,
  chains?: ChainRunner,
): Promise<Uint8Array> {
  const taken = chains?.pbkdf2?.({ hash, password, salt, iterations, length });
  if (taken !== undefined) return taken;
  return new Promise((resolve, reject) => {
    try {
      nativePbkdf2(password, salt, iterations, length, hash, (error, key) => {
        if (error === null) resolve(bytesOf(key));
        else reject(unsupported("PBKDF2", hash, error));
      });
    } catch (error) {
      reject(unsupported("PBKDF2", hash, error));
    }
  });
}

export interface ScryptCost {
  readonly cost: number;
  readonly blockSize: number;
  readonly parallel: number;
}

/**
 * scrypt (RFC 7914), OpenSSL's, in a thread of the pool.
 *
 * @throws PkiError `limit-exceeded` over MAX_SCRYPT_MEMORY
 */
export function scrypt(
  password: Uint8Array,
  salt: Uint8Array,
  { cost, blockSize, parallel }: ScryptCost,
  length: number,
): Promise<Uint8Array> {
  const memory = 128 * blockSize * (cost + parallel);
  if (memory > MAX_SCRYPT_MEMORY) {
    return Promise.reject(
      new PkiError("limit-exceeded", `scrypt would need ${memory} bytes of memory`),
    );
  }
  return new Promise((resolve, reject) => {
    const options = { N: cost, r: blockSize, p: parallel, maxmem: memory + 1024 * 1024 };
    try {
      nativeScrypt(password, salt, length, options, (error, key) => {
        if (error === null) resolve(bytesOf(key));
        else reject(unsupported("scrypt", "these parameters", error));
      });
    } catch (error) {
      reject(unsupported("scrypt", "these parameters", error));
    }
  });
}

function unsupported(scheme: string, detail: string, cause: unknown): PkiError {
  return new PkiError("format-unsupported", `${scheme} with ${detail} is not available`, { cause });
}

/** Node gives a Buffer; the same memory without its class. */
function bytesOf(buffer: Uint8Array): Uint8Array {
  return new Uint8Array(buffer.buffer, buffer.byteOffset, buffer.byteLength);
}
