/**
 * Makes `src/crypto/chain-lanes-wasm.ts`: four key derivations at once, in the lanes of 128-bit vectors.
 *
 * What an audit of many files runs; one file alone is quicker with the small kernels of scripts/kdf-wasm.ts
 * (docs/decisions/0105). A kernel hashes a digest twice a turn, from two initial values, and adds up (xor) what
 * comes: with the states behind HMAC's two pads that is an iteration of PBKDF2 (RFC 8018 §5.2), with the hash's own
 * initial value two steps of the PKCS#12 derivation (RFC 7292 appendix B.2), and every lane may be at another of
 * these (docs/decisions/0125). Rounds are spelled out, since then no value moves between locals, and words of the
 * padding are in the code: what is made of them alone is computed here. The second half of SHA-256's rounds are a
 * loop of sixteen: all 64 are more than a processor keeps decoded, and a seventh slower.
 *
 * Run `node scripts/run.mjs scripts/kdf-wasm-write.ts`; test/unit/crypto/chain-wasm.test.ts fails when the
 * committed bytes are not what this file makes.
 *
 * Memory of the instance, in bytes, native integers, a word of four lanes in 16:
 *    0  digest, 8 words       128  first initial value, 8 words      256  second, 8 words
 *  384  sum, 8 words          512  length of the messages in bits; 528, 544 what SHA-256's schedule makes of it
 *  640  SHA-1's constants    1024  SHA-256's constants
 */
import {
  type Code,
  constants,
  get,
  name,
  number32,
  repeat,
  section,
  set,
  unsignedLeb,
} from "./kdf-wasm.ts";

const INITIAL = 128;
const SECOND_INITIAL = 256;
const SUM = 384;
const LENGTH = 512;
const LENGTH_SIGMA1 = 528;
const LENGTH_SIGMA0 = 544;
const SHA1_CONSTANTS = 640;
const SHA256_CONSTANTS = 1024;
const I32 = 0x7f;
const V128 = 0x7b;
/** Locals: 0 the parameter, 1 which initial value, 2 a loop's place, then the message words, the state, three spare ones. */
const AT = 1;
const PLACE = 2;
const WORDS = 3;
const STATE = WORDS + 16;
const SPARE = STATE + 8;
const BOTH = SPARE + 1;
const NEXT_BOTH = SPARE + 2;
const LOCALS = 16 + 8 + 3;

const vector = (opcode: number): Code => [0xfd, ...unsignedLeb(opcode)];
const two =
  (opcode: number) =>
  (...terms: Code[]): Code =>
    terms.flatMap((term, i) => (i === 0 ? [...term] : [...term, ...vector(opcode)]));
const add = two(0xae);
const xor = two(0x51);
const and = two(0x4e);
const or = two(0x50);
const shiftLeft = (value: Code, bits: number): Code => [
  ...value,
  ...number32(bits),
  ...vector(0xab),
];
const shiftRight = (value: Code, bits: number): Code => [
  ...value,
  ...number32(bits),
  ...vector(0xad),
];
const splat = (value: number): Code => [...number32(value | 0), ...vector(0x11)];
const load = (offset: number, address: Code = number32(0)): Code => [
  ...address,
  ...vector(0),
  4,
  ...unsignedLeb(offset),
];
const store = (offset: number, value: Code): Code => [
  ...number32(0),
  ...value,
  ...vector(0x0b),
  4,
  ...unsignedLeb(offset),
];
const tee = (local: number, value: Code): Code => [...value, 0x22, ...unsignedLeb(local)];
/** Of a local: the value stands in it twice. */
const rotateLeft = (local: number, bits: number): Code =>
  or(shiftLeft(get(local), bits), shiftRight(get(local), 32 - bits));
const rotateRight = (local: number, bits: number): Code => rotateLeft(local, 32 - bits);

const word = (t: number): number => WORDS + (t % 16);

type Kind = "word" | "length" | number;

/** Runs `body` with `local` at 0 and at `step`. */
function twice(local: number, step: number, body: Code): Code {
  return [
    ...set(local, number32(0)),
    ...[0x03, 0x40],
    ...body,
    ...set(local, [...get(local), ...number32(step), 0x6a]),
    ...get(local),
    ...number32(2 * step),
    0x49,
    ...[0x0d, 0],
    0x0b,
  ];
}

/**
 * What word `t` of a padded digest of `words` words is (FIPS 180-4 §5.1.1): of the digest or of the schedule, the
 * message's length, or a number that is known here.
 */
function kindOf(t: number, words: number): Kind {
  if (t < words || t > 15) return "word";
  if (t === 15) return "length";
  return t === words ? 0x80000000 : 0;
}

/** Twice a turn `hash`, which leaves the digest's words in the state; then what came is added up. */
function kernel(words: number, before: Code, hash: Code): Code {
  const once: number[] = [];
  for (let i = 0; i < words; i++) {
    once.push(...set(word(i), load(i * 16)), ...set(STATE + i, load(INITIAL + i * 16, get(AT))));
  }
  once.push(...hash);
  for (let i = 0; i < words; i++) {
    once.push(...store(i * 16, add(get(STATE + i), load(INITIAL + i * 16, get(AT)))));
  }
  const turn = [...twice(AT, SECOND_INITIAL - INITIAL, once)];
  for (let i = 0; i < words; i++) {
    turn.push(...store(SUM + i * 16, xor(load(SUM + i * 16), load(i * 16))));
  }
  return [...before, ...repeat(turn), 0x0b];
}

/** FIPS 180-4 §6.1. */
const SHA1_STAGES = [0x5a827999, 0x6ed9eba1, 0x8f1bbcdc, 0xca62c1d6];

function sha1(): Code {
  const choose = (b: Code, c: Code, d: Code): Code => xor(d, and(b, xor(c, d)));
  const parity = (b: Code, c: Code, d: Code): Code => xor(b, c, d);
  const majority = (b: Code, c: Code, d: Code): Code => or(and(b, c), and(d, or(b, c)));
  const mixes = [choose, parity, majority, parity];
  const words = 5;
  const code: number[] = [];
  for (let t = 0; t < 80; t++) {
    if (t >= 16) code.push(...sha1Schedule(t, words));
    // Instead of moving five variables a round, the names move.
    const names = [0, 1, 2, 3, 4].map((n) => STATE + ((n + 80 - t) % 5));
    const [a, b, c, d, e] = names as [number, number, number, number, number];
    const stage = Math.floor(t / 20);
    const mix = mixes[stage] as (typeof mixes)[number];
    const kind = kindOf(t, words);
    const terms = [get(e)];
    // The last constant is the first one with the padding's bit added.
    terms.push(load(SHA1_CONSTANTS + 16 * (t === words ? SHA1_STAGES.length : stage)));
    if (kind === "word") terms.push(get(word(t)));
    if (kind === "length") terms.push(load(LENGTH));
    terms.push(mix(get(b), get(c), get(d)), rotateLeft(a, 5));
    code.push(...set(e, add(...terms)), ...set(b, rotateLeft(b, 30)));
  }
  return kernel(words, [], code);
}

function sha1Schedule(t: number, words: number): Code {
  const terms: Code[] = [];
  let known = 0;
  for (const at of [t - 3, t - 8, t - 14, t - 16]) {
    const kind = kindOf(at, words);
    if (kind === "word") terms.push(get(word(at)));
    else if (kind === "length") terms.push(load(LENGTH));
    else known ^= kind;
  }
  if (known !== 0) terms.push(splat(known));
  return [...set(SPARE, xor(...terms)), ...set(word(t), rotateLeft(SPARE, 1))];
}

type Sigma = readonly [number, number, number];
/** FIPS 180-4 §4.1.2: the last of the small ones is a shift. */
const BIG0: Sigma = [2, 13, 22];
const BIG1: Sigma = [6, 11, 25];
const SMALL0: Sigma = [7, 18, 3];
const SMALL1: Sigma = [17, 19, 10];

const bigSigma = (local: number, [x, y, z]: Sigma): Code =>
  xor(rotateRight(local, x), rotateRight(local, y), rotateRight(local, z));
const smallSigma = (local: number, [x, y, shift]: Sigma): Code =>
  xor(rotateRight(local, x), rotateRight(local, y), shiftRight(get(local), shift));

function smallSigmaOf(value: number, [x, y, shift]: Sigma): number {
  const rotated = (bits: number): number => (value >>> bits) | (value << (32 - bits));
  return rotated(x) ^ rotated(y) ^ (value >>> shift);
}

/** FIPS 180-4 §6.2. */
function sha256(): Code {
  const words = 8;
  const code: number[] = [];
  // The majority of a, b, c is b where a = b or b = c: b ^ ((a ^ b) & (b ^ c)), and a ^ b is the next round's b ^ c.
  code.push(...set(BOTH, xor(get(STATE + 1), get(STATE + 2))));
  const kind = (t: number): Kind => kindOf(t, words);
  for (let t = 0; t < 32; t++) {
    if (t >= 16) code.push(...sha256Schedule(t, kind));
    code.push(...sha256Round(t, kind(t), load(SHA256_CONSTANTS + t * 16)));
  }
  const sixteen: number[] = [];
  for (let t = 32; t < 48; t++) {
    const constant = load(SHA256_CONSTANTS + t * 16, get(PLACE));
    sixteen.push(...sha256Schedule(t, () => "word"), ...sha256Round(t, "word", constant));
  }
  code.push(...twice(PLACE, 16 * 16, sixteen));
  const before = [
    ...set(SPARE, load(LENGTH)),
    ...store(LENGTH_SIGMA1, smallSigma(SPARE, SMALL1)),
    ...store(LENGTH_SIGMA0, smallSigma(SPARE, SMALL0)),
  ];
  return kernel(words, before, code);
}

function sha256Round(t: number, kind: Kind, constant: Code): Code {
  const [a, b, , d, e, f, g, h] = [0, 1, 2, 3, 4, 5, 6, 7].map(
    (n) => STATE + ((n + 64 - t) % 8),
  ) as [number, number, number, number, number, number, number, number];
  const terms = [get(h), constant];
  if (kind === "word") terms.push(get(word(t)));
  if (kind === "length") terms.push(load(LENGTH));
  const choose = xor(get(g), and(get(e), xor(get(f), get(g))));
  const both = tee(NEXT_BOTH, xor(get(a), get(b)));
  const majority = xor(get(b), and(both, get(BOTH)));
  return [
    ...set(SPARE, add(...terms, choose, bigSigma(e, BIG1))),
    ...set(d, add(get(d), get(SPARE))),
    ...set(h, add(get(SPARE), bigSigma(a, BIG0), majority)),
    ...set(BOTH, get(NEXT_BOTH)),
  ];
}

function sha256Schedule(t: number, kindAt: (t: number) => Kind): Code {
  const terms: Code[] = [];
  let known = 0;
  const take = (at: number, of: (local: number) => Code, length: number, value: Known): void => {
    const kind = kindAt(at);
    if (kind === "word") terms.push(of(word(at)));
    else if (kind === "length") terms.push(load(length));
    else known += value(kind);
  };
  const itself = (value: number): number => value;
  take(t - 16, get, LENGTH, itself);
  take(t - 7, get, LENGTH, itself);
  const small0: Known = (value) => smallSigmaOf(value, SMALL0);
  take(t - 15, (local) => smallSigma(local, SMALL0), LENGTH_SIGMA0, small0);
  const small1: Known = (value) => smallSigmaOf(value, SMALL1);
  take(t - 2, (local) => smallSigma(local, SMALL1), LENGTH_SIGMA1, small1);
  if ((known | 0) !== 0) terms.push(splat(known));
  return set(word(t), add(...terms));
}

type Known = (value: number) => number;

/** Words in all four lanes, little-endian as WebAssembly's memory is. */
function inLanes(values: readonly number[]): readonly number[] {
  return values.flatMap((value) => {
    const octets = [0, 8, 16, 24].map((bits) => (value >>> bits) & 0xff);
    return [...octets, ...octets, ...octets, ...octets];
  });
}

/** With what is known of the padding in them. */
function sha256Constants(): readonly number[] {
  // SHA-256's constants are the upper halves of SHA-512's.
  const wide = new DataView(Uint8Array.from(constants()).buffer);
  return Array.from({ length: 64 }, (_, t) => {
    const kind = kindOf(t, 8);
    return wide.getUint32(t * 8 + 4, true) + (typeof kind === "number" ? kind : 0);
  });
}

const sha1Constants = (): readonly number[] => [
  ...SHA1_STAGES,
  (SHA1_STAGES[0] as number) + 0x80000000,
];

function data(offset: number, bytes: readonly number[]): Code {
  return [0, ...number32(offset), 0x0b, ...unsignedLeb(bytes.length), ...bytes];
}

function body(code: Code): Code {
  const content = [2, 2, I32, LOCALS, V128, ...code];
  return [...unsignedLeb(content.length), ...content];
}

/** The module's bytes: exports `memory`, `sha1`, `sha256`, each taking a count of turns. */
export function lanesModule(): Uint8Array {
  return Uint8Array.from([
    ...[0, 0x61, 0x73, 0x6d, 1, 0, 0, 0],
    ...section(1, [1, 0x60, 1, I32, 0]),
    ...section(3, [2, 0, 0]),
    ...section(5, [1, 0, 1]),
    ...section(7, [
      3,
      ...[...name("memory"), 2, 0],
      ...[...name("sha1"), 0, 0],
      ...[...name("sha256"), 0, 1],
    ]),
    ...section(10, [2, ...body(sha1()), ...body(sha256())]),
    ...section(11, [
      2,
      ...data(SHA1_CONSTANTS, inLanes(sha1Constants())),
      ...data(SHA256_CONSTANTS, inLanes(sha256Constants())),
    ]),
  ]);
}

/** The text of src/crypto/chain-lanes-wasm.ts. */
export function lanesModuleSource(): string {
  const base64 = Buffer.from(lanesModule()).toString("base64");
  const lines = base64.match(/.{1,88}/g) ?? [];
  return `// Made by scripts/kdf-lanes-wasm.ts; a test fails when this is not what it makes. Do not edit.

/** WebAssembly module of key derivations in four lanes, base64. Its memory map is in scripts/kdf-lanes-wasm.ts. */
export const LANES_WASM =
${lines.map((line) => `  "${line}"`).join(" +\n")};
`;
}
