/**
 * Makes `src/crypto/chain-wasm.ts`: the WebAssembly kernels of the PKCS#12 key derivation, a module each, since
 * a command that lists a store needs one and pays for every byte of it.
 *
 * A kernel hashes a digest again and again (`A = H(A)`, RFC 7292 appendix B.2 step 6A), which for every
 * hash of the family is one compression a turn. Rounds are rolled into small loops on purpose: a
 * one-shot command runs most of its turns in the engine's baseline tier, where big code costs more
 * than it saves (docs/decisions/0031).
 *
 * Run `node scripts/run.mjs scripts/kdf-wasm-write.ts`; test/unit/crypto/chain-wasm.test.ts fails when the
 * committed bytes are not what this file makes.
 *
 * Memory of the instance, in bytes (words are native integers, so no byte is ever swapped):
 *    0  digest, 8 words          64  initial value, 8 words      128  mask of the digest, 8 words
 *  192  padding, 16 words       320  round constants (SHA-512's; SHA-256's are their upper halves)
 *  960  message schedule, 80 words
 */

export type Code = readonly number[];

const DIGEST = 0;
const INITIAL = 64;
const MASK = 128;
const PAD = 192;
const CONSTANTS = 320;
const SCHEDULE = 960;

const I32 = 0x7f;
const I64 = 0x7e;

export function unsignedLeb(value: number): number[] {
  const out: number[] = [];
  do {
    const more = value > 0x7f;
    out.push((value & 0x7f) | (more ? 0x80 : 0));
    value = Math.floor(value / 128);
  } while (value > 0);
  return out;
}

function signedLeb(value: bigint): number[] {
  const out: number[] = [];
  for (;;) {
    const byte = Number(value & 0x7fn);
    value >>= 7n;
    const last = (value === 0n && (byte & 0x40) === 0) || (value === -1n && (byte & 0x40) !== 0);
    out.push(last ? byte : byte | 0x80);
    if (last) return out;
  }
}

/** Instructions of one word size. A SIMD build gives another of these (i32x4, i64x2). */
interface Word {
  readonly type: number;
  readonly bytes: number;
  constant(value: bigint): Code;
  load(offset: number, address: Code): Code;
  store(offset: number, address: Code, value: Code): Code;
  add(...terms: Code[]): Code;
  xor(...terms: Code[]): Code;
  and(a: Code, b: Code): Code;
  or(a: Code, b: Code): Code;
  rotateRight(value: Code, bits: number): Code;
  shiftRight(value: Code, bits: number): Code;
}

function fold(terms: readonly Code[], opcode: number): Code {
  return terms.flatMap((term, i) => (i === 0 ? [...term] : [...term, opcode]));
}

const word32: Word = {
  type: I32,
  bytes: 4,
  constant: (value) => [0x41, ...signedLeb(BigInt.asIntN(32, value))],
  load: (offset, address) => [...address, 0x28, 2, ...unsignedLeb(offset)],
  store: (offset, address, value) => [...address, ...value, 0x36, 2, ...unsignedLeb(offset)],
  add: (...terms) => fold(terms, 0x6a),
  xor: (...terms) => fold(terms, 0x73),
  and: (a, b) => [...a, ...b, 0x71],
  or: (a, b) => [...a, ...b, 0x72],
  rotateRight: (value, bits) => [...value, 0x41, ...signedLeb(BigInt(bits)), 0x78],
  shiftRight: (value, bits) => [...value, 0x41, ...signedLeb(BigInt(bits)), 0x76],
};

const word64: Word = {
  type: I64,
  bytes: 8,
  constant: (value) => [0x42, ...signedLeb(BigInt.asIntN(64, value))],
  load: (offset, address) => [...address, 0x29, 3, ...unsignedLeb(offset)],
  store: (offset, address, value) => [...address, ...value, 0x37, 3, ...unsignedLeb(offset)],
  add: (...terms) => fold(terms, 0x7c),
  xor: (...terms) => fold(terms, 0x85),
  and: (a, b) => [...a, ...b, 0x83],
  or: (a, b) => [...a, ...b, 0x84],
  rotateRight: (value, bits) => [...value, 0x42, ...signedLeb(BigInt(bits)), 0x8a],
  shiftRight: (value, bits) => [...value, 0x42, ...signedLeb(BigInt(bits)), 0x88],
};

export const get = (local: number): Code => [0x20, ...unsignedLeb(local)];
export const set = (local: number, value: Code): Code => [...value, 0x21, ...unsignedLeb(local)];
export const number32 = (value: number): Code => [0x41, ...signedLeb(BigInt(value))];
const zero = number32(0);

/** Locals of every kernel: 0 is the parameter `count`, 1 the loop's byte offset, 2 a spare word. */
const COUNT = 0;
const AT = 1;
const SPARE = 2;
const FIRST = 3;

/** do { body; at += step } while (at < end) */
function loop(start: number, step: number, end: number, body: Code): Code {
  return [
    ...set(AT, number32(start)),
    ...[0x03, 0x40],
    ...body,
    ...set(AT, [...get(AT), ...number32(step), 0x6a]),
    ...get(AT),
    ...number32(end),
    0x49,
    ...[0x0d, 0],
    0x0b,
  ];
}

/** while (count-- > 0) body */
export function repeat(body: Code): Code {
  return [
    ...[0x02, 0x40, 0x03, 0x40],
    ...get(COUNT),
    0x45,
    ...[0x0d, 1],
    ...body,
    ...set(COUNT, [...get(COUNT), ...number32(1), 0x6b]),
    ...[0x0c, 0, 0x0b, 0x0b],
  ];
}

/** The message block: the digest cut to its length, then padding. */
function block(word: Word, words: number): Code {
  const code: number[] = [];
  for (let i = 0; i < 16; i++) {
    const at = i * word.bytes;
    const pad = word.load(PAD + at, zero);
    const value =
      i < words
        ? word.or(word.and(word.load(DIGEST + at, zero), word.load(MASK + at, zero)), pad)
        : pad;
    code.push(...word.store(SCHEDULE + at, zero, value));
  }
  return code;
}

function loadState(word: Word, words: number): Code {
  const code: number[] = [];
  for (let i = 0; i < words; i++) {
    code.push(...set(FIRST + i, word.load(INITIAL + i * word.bytes, zero)));
  }
  return code;
}

/** digest = initial value + state */
function storeState(word: Word, words: number): Code {
  const code: number[] = [];
  for (let i = 0; i < words; i++) {
    const at = i * word.bytes;
    code.push(
      ...word.store(DIGEST + at, zero, word.add(get(FIRST + i), word.load(INITIAL + at, zero))),
    );
  }
  return code;
}

interface Sigma {
  readonly rotations: readonly number[];
  readonly shift?: number;
}

function sigma(word: Word, local: number, { rotations, shift }: Sigma): Code {
  const terms = rotations.map((bits) => word.rotateRight(get(local), bits));
  if (shift !== undefined) terms.push(word.shiftRight(get(local), shift));
  return word.xor(...terms);
}

interface Sha2 {
  readonly rounds: number;
  readonly big0: Sigma;
  readonly big1: Sigma;
  readonly small0: Sigma;
  readonly small1: Sigma;
}

/** FIPS 180-4 §6.2 and §6.4. */
function sha2(word: Word, shape: Sha2): Code {
  const size = word.bytes;
  const end = shape.rounds * size;
  const w = (back: number): Code => word.load(SCHEDULE - back * size, get(AT));
  const expand = loop(16 * size, size, end, [
    ...set(SPARE, w(15)),
    ...set(FIRST, w(2)),
    ...word.store(
      SCHEDULE,
      get(AT),
      word.add(w(16), sigma(word, SPARE, shape.small0), w(7), sigma(word, FIRST, shape.small1)),
    ),
  ]);
  const rounds: number[] = [];
  for (let i = 0; i < 8; i++) {
    // Instead of moving eight variables a round, the names move: eight rounds bring them home.
    const name = (n: number): number => FIRST + ((n - i + 8) % 8);
    const [a, b, c, d, e, f, g, h] = [0, 1, 2, 3, 4, 5, 6, 7].map(name) as [
      number,
      number,
      number,
      number,
      number,
      number,
      number,
      number,
    ];
    // SHA-256's constants are the upper halves of SHA-512's: every second 32-bit word.
    const constant =
      size === 8
        ? word.load(CONSTANTS + i * 8, get(AT))
        : word.load(CONSTANTS + i * 8 + 4, [...get(AT), ...number32(1), 0x74]);
    const choose = word.xor(get(g), word.and(get(e), word.xor(get(f), get(g))));
    const majority = word.or(word.and(get(a), get(b)), word.and(get(c), word.or(get(a), get(b))));
    rounds.push(
      ...set(
        SPARE,
        word.add(
          get(h),
          sigma(word, e, shape.big1),
          choose,
          constant,
          word.load(SCHEDULE + i * size, get(AT)),
        ),
      ),
      ...set(d, word.add(get(d), get(SPARE))),
      ...set(h, word.add(get(SPARE), sigma(word, a, shape.big0), majority)),
    );
  }
  return [
    ...repeat([
      ...block(word, 8),
      ...expand,
      ...loadState(word, 8),
      ...loop(0, 8 * size, end, rounds),
      ...storeState(word, 8),
    ]),
    0x0b,
  ];
}

/** FIPS 180-4 §6.1. */
function sha1(): Code {
  const word = word32;
  const w = (back: number): Code => word.load(SCHEDULE - back * 4, get(AT));
  const expand = loop(64, 4, 320, [
    ...word.store(SCHEDULE, get(AT), word.rotateRight(word.xor(w(3), w(8), w(14), w(16)), 31)),
  ]);
  const stage = (
    from: number,
    constant: bigint,
    mix: (b: Code, c: Code, d: Code) => Code,
  ): Code => {
    const rounds: number[] = [];
    for (let i = 0; i < 5; i++) {
      const name = (n: number): number => FIRST + ((n - i + 5) % 5);
      const [a, b, c, d, e] = [0, 1, 2, 3, 4].map(name) as [number, number, number, number, number];
      rounds.push(
        ...set(
          e,
          word.add(
            get(e),
            word.rotateRight(get(a), 27),
            mix(get(b), get(c), get(d)),
            word.constant(constant),
            word.load(SCHEDULE + i * 4, get(AT)),
          ),
        ),
        ...set(b, word.rotateRight(get(b), 2)),
      );
    }
    return loop(from * 4, 20, (from + 20) * 4, rounds);
  };
  const choose = (b: Code, c: Code, d: Code): Code => word.xor(d, word.and(b, word.xor(c, d)));
  const parity = (b: Code, c: Code, d: Code): Code => word.xor(b, c, d);
  const majority = (b: Code, c: Code, d: Code): Code =>
    word.or(word.and(b, c), word.and(d, word.or(b, c)));
  return [
    ...repeat([
      ...block(word, 5),
      ...expand,
      ...loadState(word, 5),
      ...stage(0, 0x5a827999n, choose),
      ...stage(20, 0x6ed9eba1n, parity),
      ...stage(40, 0x8f1bbcdcn, majority),
      ...stage(60, 0xca62c1d6n, parity),
      ...storeState(word, 5),
    ]),
    0x0b,
  ];
}

/** FIPS 180-4 §4.2.3: the first 64 bits of the fractional parts of the cube roots of 80 primes. */
export function constants(): number[] {
  const out: number[] = [];
  for (let candidate = 2, found = 0; found < 80; candidate++) {
    let prime = true;
    for (let n = 2; n * n <= candidate; n++) if (candidate % n === 0) prime = false;
    if (!prime) continue;
    found++;
    const target = BigInt(candidate) << 192n; // cube root scaled by 2^64
    let root = 0n;
    for (let bit = 1n << 68n; bit > 0n; bit >>= 1n) {
      const next = root | bit;
      if (next * next * next <= target) root = next;
    }
    const fraction = BigInt.asUintN(64, root);
    for (let i = 0n; i < 8n; i++) out.push(Number((fraction >> (8n * i)) & 0xffn));
  }
  return out;
}

export const section = (id: number, content: Code): Code => [
  id,
  ...unsignedLeb(content.length),
  ...content,
];

export const name = (text: string): Code => [text.length, ...new TextEncoder().encode(text)];

function body(word: Word, code: Code): Code {
  // One i32 (the loop offset), then nine words (spare and state).
  const content = [2, 1, I32, 9, word.type, ...code];
  return [...unsignedLeb(content.length), ...content];
}

/** The kernels and what each runs. SHA-1 keeps its four constants in its code. */
const KERNELS = {
  sha1: { code: () => body(word32, sha1()), constants: 0 },
  sha256: {
    code: () =>
      body(
        word32,
        sha2(word32, {
          rounds: 64,
          big0: { rotations: [2, 13, 22] },
          big1: { rotations: [6, 11, 25] },
          small0: { rotations: [7, 18], shift: 3 },
          small1: { rotations: [17, 19], shift: 10 },
        }),
      ),
    constants: 64,
  },
  sha512: {
    code: () =>
      body(
        word64,
        sha2(word64, {
          rounds: 80,
          big0: { rotations: [28, 34, 39] },
          big1: { rotations: [14, 18, 41] },
          small0: { rotations: [1, 8], shift: 7 },
          small1: { rotations: [19, 61], shift: 6 },
        }),
      ),
    constants: 80,
  },
};

/** A module's bytes: it exports `memory` and its kernel, which takes a count of turns. */
export function kdfModule(kernel: keyof typeof KERNELS): Uint8Array {
  const { code, constants: count } = KERNELS[kernel];
  const table = constants().slice(0, 8 * count);
  const data = [1, 0, ...number32(CONSTANTS), 0x0b, ...unsignedLeb(table.length), ...table];
  return Uint8Array.from([
    ...[0, 0x61, 0x73, 0x6d, 1, 0, 0, 0],
    ...section(1, [1, 0x60, 1, I32, 0]),
    ...section(3, [1, 0]),
    ...section(5, [1, 0, 1]),
    ...section(7, [2, ...[...name("memory"), 2, 0], ...[...name(kernel), 0, 0]]),
    ...section(10, [1, ...code()]),
    ...(count === 0 ? [] : section(11, data)),
  ]);
}

/** The text of src/crypto/chain-wasm.ts. */
export function kdfModuleSource(): string {
  const members = (["sha1", "sha256", "sha512"] as const).map((kernel) => {
    const lines =
      Buffer.from(kdfModule(kernel))
        .toString("base64")
        .match(/.{1,88}/g) ?? [];
    return `  ${kernel}:\n${lines.map((line) => `    "${line}"`).join(" +\n")},\n`;
  });
  return `// Made by scripts/kdf-wasm.ts; a test fails when this is not what it makes. Do not edit.

/** WebAssembly modules of the iterated hashes, base64. Their memory map is in scripts/kdf-wasm.ts. */
export const CHAIN_WASM = {
${members.join("")}};
`;
}
