import { createHash } from "node:crypto";
import { fromHex } from "../bytes/octets.ts";
import { CHAIN_WASM } from "./chain-wasm.ts";
import type { HashName } from "./digest.ts";

/** Hashes that a PKCS#12 key derivation may name; OpenSSL writes such a MAC with SHA-3 too. */
export type ChainHash = HashName | "sha3-224" | "sha3-256" | "sha3-384" | "sha3-512";

/** Digest and block length of a hash in bytes (`u/8` and `v/8` of RFC 7292 appendix B.2). */
export interface HashShape {
  readonly digest: number;
  readonly block: number;
}

/** FIPS 180-4, FIPS 202, RFC 1321. */
export const HASH_SHAPES: Readonly<Record<ChainHash, HashShape>> = {
  md5: { digest: 16, block: 64 },
  sha1: { digest: 20, block: 64 },
  sha224: { digest: 28, block: 64 },
  sha256: { digest: 32, block: 64 },
  sha384: { digest: 48, block: 128 },
  sha512: { digest: 64, block: 128 },
  "sha512-224": { digest: 28, block: 128 },
  "sha512-256": { digest: 32, block: 128 },
  "sha3-224": { digest: 28, block: 144 },
  "sha3-256": { digest: 32, block: 136 },
  "sha3-384": { digest: 48, block: 104 },
  "sha3-512": { digest: 64, block: 72 },
};

type KernelName = "sha1" | "sha256" | "sha512";

/** A hash that one of the WebAssembly kernels computes. */
export interface Kernel {
  readonly name: KernelName;
  /** FIPS 180-4 §5.3, in hex. */
  readonly initial: string;
}

export const KERNELS: Readonly<Partial<Record<ChainHash, Kernel>>> = {
  sha1: { name: "sha1", initial: "67452301efcdab8998badcfe10325476c3d2e1f0" },
  sha224: {
    name: "sha256",
    initial: "c1059ed8367cd5073070dd17f70e5939ffc00b316858151164f98fa7befa4fa4",
  },
  sha256: {
    name: "sha256",
    initial: "6a09e667bb67ae853c6ef372a54ff53a510e527f9b05688c1f83d9ab5be0cd19",
  },
  sha384: {
    name: "sha512",
    initial:
      "cbbb9d5dc1059ed8629a292a367cd5079159015a3070dd17152fecd8f70e5939" +
      "67332667ffc00b318eb44a8768581511db0c2e0d64f98fa747b5481dbefa4fa4",
  },
  sha512: {
    name: "sha512",
    initial:
      "6a09e667f3bcc908bb67ae8584caa73b3c6ef372fe94f82ba54ff53a5f1d36f1" +
      "510e527fade682d19b05688c2b3e6c1f1f83d9abfb41bd6b5be0cd19137e2179",
  },
  "sha512-224": {
    name: "sha512",
    initial:
      "8c3d37c819544da273e1996689dcd4d61dfab7ae32ff9c82679dd514582f9fcf" +
      "0f6d2b697bd44da877e36f7304c489423f9d85a86a1d36c81112e6ad91d692a1",
  },
  "sha512-256": {
    name: "sha512",
    initial:
      "22312194fc2bf72c9f555fa3c84c64c22393b86b6f53b151963877195940eabd" +
      "96283ee2a88effe3be5e1e25538639922b0199fc2c85b8aa0eb72ddc81c52ca2",
  },
};

/** Turns in one call: the engine changes to optimised code only between calls (docs/decisions/0031). */
const TURNS_PER_CALL = 128;

/** Byte offsets of the kernel's memory; scripts/kdf-wasm.ts has the whole map. */
export const INITIAL = 64;
export const MASK = 128;
export const PAD = 192;
const USED = PAD + 128;

/** One long hash chain: `turns` more hashes of `digest`. */
export interface ChainStep {
  readonly hash: ChainHash;
  readonly digest: Uint8Array;
  readonly turns: number;
}

/** What PBKDF2 derives (RFC 8018 §5.2). The caller has checked the limit of iterations and paid the budget. */
export interface Pbkdf2Work {
  readonly hash: HashName;
  readonly password: Uint8Array;
  readonly salt: Uint8Array;
  readonly iterations: number;
  /** Of the key, in octets. */
  readonly length: number;
}

/** Where derivations run: several at once, where there are several (`ChainLanes`). */
export interface ChainRunner {
  run(step: ChainStep): Promise<Uint8Array>;
  /** Copies the password before it returns. @returns undefined: Node's own is the better place */
  pbkdf2?(work: Pbkdf2Work): Promise<Uint8Array> | undefined;
}

type Kernels<Name extends string> = Readonly<Record<Name, (turns: number) => void>>;

/** What is used here of WebAssembly: neither Node's types nor ES2023's have it. */
interface WebAssemblyApi {
  readonly Module: new (bytes: Uint8Array) => object;
  readonly Instance: new (module: object) => { readonly exports: unknown };
}

/** A module's kernels and memory. @returns undefined where the engine has no WebAssembly, or not all that this needs */
export function wasmExports<Name extends string>(
  base64: string,
): (Kernels<Name> & { readonly memory: { readonly buffer: ArrayBuffer } }) | undefined {
  const { WebAssembly: api } = globalThis as { WebAssembly?: WebAssemblyApi };
  if (api === undefined) return undefined; // node --jitless
  try {
    const module = new api.Module(new Uint8Array(Buffer.from(base64, "base64")));
    return new api.Instance(module).exports as ReturnType<typeof wasmExports<Name>>;
  } catch {
    return undefined; // a processor without the vectors that the four lanes take
  }
}

export interface Instance {
  readonly view: DataView;
  /** Takes a count of turns. */
  readonly run: (turns: number) => void;
}

/** Filled at first use. A compiled constant, not state: it remembers nothing of what it computed. */
const compiled: Partial<Record<KernelName, Instance>> = {};

/** A kernel; undefined where the engine has no WebAssembly. Nothing of one call is left for the next. */
export function instance(name: KernelName): Instance | undefined {
  const before = compiled[name];
  if (before !== undefined) return before;
  const exports = wasmExports<KernelName>(CHAIN_WASM[name]);
  if (exports === undefined) return undefined;
  const made = { view: new DataView(exports.memory.buffer), run: exports[name] };
  compiled[name] = made;
  return made;
}

/**
 * Hashes a digest again, `turns` times: the inner loop of the PKCS#12 key derivation (RFC 7292
 * appendix B.2 step 6A).
 *
 * The SHA-1 and SHA-2 families run in a small WebAssembly kernel; others, and engines without
 * WebAssembly, through OpenSSL one call a turn, which is ten times slower.
 *
 * @param start - a digest of `hash`, exactly its length
 * @returns a new array; the kernel's memory is wiped
 */
export function hashChain(hash: ChainHash, start: Uint8Array, turns: number): Uint8Array {
  const kernel = KERNELS[hash];
  const engine = kernel === undefined ? undefined : instance(kernel.name);
  return kernel === undefined || engine === undefined
    ? slowChain(hash, start, turns)
    : fastChain(engine, kernel, HASH_SHAPES[hash], start, turns);
}

/** One OpenSSL call a turn: what `hashChain` falls back to, and what it is tested against. */
export function slowChain(hash: ChainHash, start: Uint8Array, turns: number): Uint8Array {
  let digest: Uint8Array = start.slice();
  for (let i = 0; i < turns; i++) {
    const next = new Uint8Array(createHash(hash).update(digest).digest());
    digest.fill(0);
    digest = next;
  }
  return digest;
}

/**
 * Hashes a digest again until `done` likes what comes, at least once.
 *
 * @param done - told how to look at an octet of the digest
 * @returns a new array; the kernel's memory is wiped
 */
export function hashUntil(
  hash: ChainHash,
  start: Uint8Array,
  done: (octet: (i: number) => number) => boolean,
): Uint8Array {
  const kernel = KERNELS[hash];
  const engine = kernel === undefined ? undefined : instance(kernel.name);
  if (kernel === undefined || engine === undefined) {
    let digest = start;
    do digest = slowChain(hash, digest, 1);
    while (!done((i) => digest[i] as number));
    return digest;
  }
  const place = placing(kernel);
  const octet = (i: number): number => engine.view.getUint8(place(i));
  enter(engine, kernel, HASH_SHAPES[hash], start);
  do engine.run(1);
  while (!done(octet));
  return takeDigest(engine, kernel, HASH_SHAPES[hash]);
}

function fastChain(
  engine: Instance,
  kernel: Kernel,
  shape: HashShape,
  start: Uint8Array,
  turns: number,
): Uint8Array {
  enter(engine, kernel, shape, start);
  for (let left = turns; left > 0; left -= TURNS_PER_CALL) {
    engine.run(Math.min(left, TURNS_PER_CALL));
  }
  return takeDigest(engine, kernel, shape);
}

/** Where octet `i` of the standard's big-endian words stands: the kernel has them in native order. */
function placing({ name }: Kernel): (i: number) => number {
  return name === "sha512" ? (i) => i ^ 7 : (i) => i ^ 3;
}

/** Puts what to hash, and how a message of a digest's length is padded, into the kernel's memory. */
function enter(
  { view }: Instance,
  kernel: Kernel,
  { digest, block }: HashShape,
  start: Uint8Array,
): void {
  const place = placing(kernel);
  const initial = fromHex(kernel.initial);
  for (let i = 0; i < initial.length; i++) view.setUint8(INITIAL + place(i), initial[i] as number);
  for (let i = 0; i < digest; i++) {
    view.setUint8(place(i), start[i] as number);
    view.setUint8(MASK + place(i), 0xff);
  }
  view.setUint8(PAD + place(digest), 0x80);
  view.setUint8(PAD + place(block - 2), (digest * 8) >> 8);
  view.setUint8(PAD + place(block - 1), (digest * 8) & 0xff);
}

/** Takes the digest out, and wipes the memory. */
export function takeDigest({ view }: Instance, kernel: Kernel, { digest }: HashShape): Uint8Array {
  const place = placing(kernel);
  const out = new Uint8Array(digest);
  for (let i = 0; i < digest; i++) out[i] = view.getUint8(place(i));
  new Uint8Array(view.buffer, 0, USED).fill(0);
  // The schedule at 960 holds the last digest but one, which the result follows from.
  new Uint8Array(view.buffer, 960, 640).fill(0);
  return out;
}
