/**
 * Makes `src/crypto/chain-lanes-wasm.ts`: the iterated hashes of four chains at once, in the lanes of 128-bit vectors.
 *
 * What an audit of many files runs; one file alone is quicker with the small kernels of scripts/kdf-wasm.ts
 * (docs/decisions/0105). The digests stay in locals from turn to turn, and the padding is in the code: a kernel does one
 * hash only. SHA-1's rounds are all spelled out, SHA-256's by sixteens, since then no value moves between locals.
 *
 * Run `node scripts/run.mjs scripts/kdf-wasm-write.ts`; test/unit/crypto/chain-wasm.test.ts fails when the
 * committed bytes are not what this file makes.
 *
 * Memory of the instance, in bytes: 0 the digests, 8 words of 4 lanes, native integers; 256 SHA-256's round constants.
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

const CONSTANTS = 256;
const I32 = 0x7f;
const V128 = 0x7b;
/** Locals: 0 the parameter, 1 a loop's byte offset, then the message words, then the state, then two spare ones. */
const AT = 1;
const WORDS = 2;
const STATE = WORDS + 16;
const SPARE = STATE + 8;
const LOCALS = 16 + 8 + 2;

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
const load = (offset: number): Code => [...number32(0), ...vector(0), 4, ...unsignedLeb(offset)];
const store = (offset: number, value: Code): Code => [
  ...number32(0),
  ...value,
  ...vector(0x0b),
  4,
  ...unsignedLeb(offset),
];
/** One 32-bit word of memory in every lane. */
const loadSplat = (offset: number, address: Code): Code => [
  ...address,
  ...vector(0x09),
  2,
  ...unsignedLeb(offset),
];
/** Of a local: the value stands in it twice. */
const rotateLeft = (local: number, bits: number): Code =>
  or(shiftLeft(get(local), bits), shiftRight(get(local), 32 - bits));
const rotateRight = (local: number, bits: number): Code => rotateLeft(local, 32 - bits);

const word = (i: number): number => WORDS + (i % 16);

/** The message of a digest of `words` words: itself, the bit that ends it, its length in bits (FIPS 180-4 §5.1.1). */
function padding(words: number): Code {
  const code: number[] = [];
  for (let i = words; i < 16; i++) {
    const value = i === words ? 0x80000000 : i === 15 ? words * 32 : 0;
    code.push(...set(word(i), splat(value)));
  }
  return code;
}

/** Reads the digests, runs `turn` that many times, writes them back. `turn` leaves them in the first message words. */
function kernel(words: number, turn: Code): Code {
  const code: number[] = [];
  for (let i = 0; i < words; i++) code.push(...set(word(i), load(i * 16)));
  code.push(...repeat([...padding(words), ...turn]));
  for (let i = 0; i < words; i++) code.push(...store(i * 16, get(word(i))));
  return [...code, 0x0b];
}

function start(initial: readonly number[]): Code {
  return initial.flatMap((value, i) => set(STATE + i, splat(value)));
}

function finish(initial: readonly number[]): Code {
  return initial.flatMap((value, i) => set(word(i), add(get(STATE + i), splat(value))));
}

/** FIPS 180-4 §6.1. */
function sha1(): Code {
  const initial = [0x67452301, 0xefcdab89, 0x98badcfe, 0x10325476, 0xc3d2e1f0];
  const choose = (b: Code, c: Code, d: Code): Code => xor(d, and(b, xor(c, d)));
  const parity = (b: Code, c: Code, d: Code): Code => xor(b, c, d);
  const majority = (b: Code, c: Code, d: Code): Code => or(and(b, c), and(d, or(b, c)));
  const stages = [
    [choose, 0x5a827999],
    [parity, 0x6ed9eba1],
    [majority, 0x8f1bbcdc],
    [parity, 0xca62c1d6],
  ] as const;
  const turn: number[] = [...start(initial)];
  for (let t = 0; t < 80; t++) {
    if (t >= 16) {
      const mixed = xor(get(word(t - 3)), get(word(t - 8)), get(word(t - 14)), get(word(t)));
      turn.push(...set(SPARE, mixed), ...set(word(t), rotateLeft(SPARE, 1)));
    }
    // Instead of moving five variables a round, the names move.
    const names = [0, 1, 2, 3, 4].map((n) => STATE + ((n + 80 - t) % 5));
    const [a, b, c, d, e] = names as [number, number, number, number, number];
    const [mix, constant] = stages[Math.floor(t / 20)] as (typeof stages)[number];
    const sum = add(
      add(get(e), splat(constant), get(word(t))),
      mix(get(b), get(c), get(d)),
      rotateLeft(a, 5),
    );
    turn.push(...set(e, sum), ...set(b, rotateLeft(b, 30)));
  }
  return kernel(5, [...turn, ...finish(initial)]);
}

/** FIPS 180-4 §6.2. */
function sha256(): Code {
  const initial = [
    0x6a09e667, 0xbb67ae85, 0x3c6ef372, 0xa54ff53a, 0x510e527f, 0x9b05688c, 0x1f83d9ab, 0x5be0cd19,
  ];
  const sigma = (local: number, [x, y, z]: readonly [number, number, number]): Code =>
    xor(rotateRight(local, x), rotateRight(local, y), rotateRight(local, z));
  const small = (local: number, [x, y]: readonly [number, number], shift: number): Code =>
    xor(rotateRight(local, x), rotateRight(local, y), shiftRight(get(local), shift));
  const sixteen = (expand: boolean, at: Code): Code => {
    const code: number[] = [];
    for (let t = 0; t < 16; t++) {
      if (expand) {
        const sum = add(
          add(get(word(t)), get(word(t + 9))),
          small(word(t + 1), [7, 18], 3),
          small(word(t + 14), [17, 19], 10),
        );
        code.push(...set(word(t), sum));
      }
      const names = [0, 1, 2, 3, 4, 5, 6, 7].map((n) => STATE + ((n + 16 - t) % 8));
      const [a, b, c, d, e, f, g, h] = names as [
        number,
        number,
        number,
        number,
        number,
        number,
        number,
        number,
      ];
      const choose = xor(get(g), and(get(e), xor(get(f), get(g))));
      const majority = or(and(get(a), get(b)), and(get(c), or(get(a), get(b))));
      const constant = loadSplat(CONSTANTS + t * 4, at);
      const first = add(add(get(h), constant, get(word(t))), choose, sigma(e, [6, 11, 25]));
      code.push(
        ...set(SPARE, first),
        ...set(d, add(get(d), get(SPARE))),
        ...set(h, add(get(SPARE), majority, sigma(a, [2, 13, 22]))),
      );
    }
    return code;
  };
  const rest = [
    ...set(AT, number32(64)),
    ...[0x03, 0x40],
    ...sixteen(true, get(AT)),
    ...set(AT, [...get(AT), ...number32(64), 0x6a]),
    ...get(AT),
    ...number32(256),
    0x49,
    ...[0x0d, 0],
    0x0b,
  ];
  return kernel(8, [
    ...start(initial),
    ...sixteen(false, number32(0)),
    ...rest,
    ...finish(initial),
  ]);
}

function body(code: Code): Code {
  const content = [2, 1, I32, LOCALS, V128, ...code];
  return [...unsignedLeb(content.length), ...content];
}

/** The module's bytes: exports `memory`, `sha1`, `sha256`, each taking a count of turns. */
export function lanesModule(): Uint8Array {
  // SHA-256's constants are the upper halves of SHA-512's.
  const wide = constants();
  const table = Array.from({ length: 64 }, (_, i) => wide.slice(i * 8 + 4, i * 8 + 8)).flat();
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
    ...section(11, [1, 0, ...number32(CONSTANTS), 0x0b, ...unsignedLeb(table.length), ...table]),
  ]);
}

/** The text of src/crypto/chain-lanes-wasm.ts. */
export function lanesModuleSource(): string {
  const base64 = Buffer.from(lanesModule()).toString("base64");
  const lines = base64.match(/.{1,88}/g) ?? [];
  return `// Made by scripts/kdf-lanes-wasm.ts; a test fails when this is not what it makes. Do not edit.

/** WebAssembly module of the iterated hashes in four lanes, base64. Its memory map is in scripts/kdf-lanes-wasm.ts. */
export const LANES_WASM =
${lines.map((line) => `  "${line}"`).join(" +\n")};
`;
}
