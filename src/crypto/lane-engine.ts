import { HASH_SHAPES, wasmExports } from "./chain.ts";
import { LANES_WASM } from "./chain-lanes-wasm.ts";

/** Hashes with a kernel of four lanes. */
export const LANE_HASHES = ["sha1", "sha256"] as const;
export type LaneHash = (typeof LANE_HASHES)[number];

export const LANES = 4;
/** In one call: the engine changes to optimised code only between calls (docs/decisions/0031). */
const TURNS_PER_CALL = 64;
/** Words of a lane in the kernel's memory: digest, two initial values, sum, each 8; then the length. */
const DIGEST = 0;
const FIRST = 8;
const SECOND = 16;
const SUM = 24;
const LENGTH = 32;
export const LANE_WORDS = 33;
/** Bytes of the kernel's memory that hold these, and what it makes of the length. */
const USED = (LANE_WORDS + 2) * LANES * 4;

/**
 * Where one derivation stands, as a lane has it: a turn hashes the digest from the first initial value, what comes
 * from the second, and adds the outcome to the sum. Native integers.
 */
export type LaneState = Uint32Array;

/**
 * A lane's start.
 *
 * @param initial - the two initial values, each as octets: a hash's own, or the states behind HMAC's pads
 * @param before - bits that were hashed already when an initial value is reached
 */
export function laneState(
  hash: LaneHash,
  digest: Uint8Array,
  initial: readonly [Uint8Array, Uint8Array],
  before: number,
): LaneState {
  // In memory that threads may share: nothing is copied where another thread's lanes take it further.
  const state = new Uint32Array(new SharedArrayBuffer(LANE_WORDS * 4));
  enter(state, DIGEST, digest);
  enter(state, FIRST, initial[0]);
  enter(state, SECOND, initial[1]);
  state[LENGTH] = before + HASH_SHAPES[hash].digest * 8;
  return state;
}

export function setDigest(state: LaneState, digest: Uint8Array): void {
  enter(state, DIGEST, digest);
}

/** What came before the first turn is a term of the sum. */
export function setSum(state: LaneState, digest: Uint8Array): void {
  enter(state, SUM, digest);
}

function enter(state: LaneState, at: number, octets: Uint8Array): void {
  const words = new DataView(octets.buffer, octets.byteOffset, octets.length);
  for (let i = 0; i < octets.length; i += 4) state[at + i / 4] = words.getUint32(i);
}

/** @returns new octets */
export function digestOf(hash: LaneHash, state: LaneState): Uint8Array {
  return leave(hash, state, DIGEST);
}

/** @returns new octets */
export function sumOf(hash: LaneHash, state: LaneState): Uint8Array {
  return leave(hash, state, SUM);
}

function leave(hash: LaneHash, state: LaneState, at: number): Uint8Array {
  const octets = new Uint8Array(HASH_SHAPES[hash].digest);
  const words = new DataView(octets.buffer);
  for (let i = 0; i < octets.length; i += 4) words.setUint32(i, state[at + i / 4] as number);
  return octets;
}

/** The kernels of four lanes (scripts/kdf-lanes-wasm.ts). */
export class LaneEngine {
  readonly #memory: Uint32Array;
  readonly #run: Readonly<Record<LaneHash, (turns: number) => void>>;

  private constructor(
    memory: ArrayBuffer,
    run: Readonly<Record<LaneHash, (turns: number) => void>>,
  ) {
    this.#memory = new Uint32Array(memory);
    this.#run = run;
  }

  /** undefined where the engine has no WebAssembly, or the processor no such vectors. */
  static make(): LaneEngine | undefined {
    const exports = wasmExports<LaneHash>(LANES_WASM);
    return exports === undefined ? undefined : new LaneEngine(exports.memory.buffer, exports);
  }

  /**
   * Takes up to four states some turns further. Lanes without one hash zeros; nothing is left in the kernel's memory.
   */
  advance(hash: LaneHash, states: readonly LaneState[], turns: number): void {
    const memory = this.#memory;
    states.forEach((state, lane) => {
      for (let i = 0; i < LANE_WORDS; i++) memory[i * LANES + lane] = state[i] as number;
    });
    const run = this.#run[hash];
    for (let left = turns; left > 0; left -= TURNS_PER_CALL) run(Math.min(left, TURNS_PER_CALL));
    states.forEach((state, lane) => {
      for (let i = 0; i < FIRST; i++) state[i] = memory[i * LANES + lane] as number;
      for (let i = SUM; i < LENGTH; i++) state[i] = memory[i * LANES + lane] as number;
    });
    memory.fill(0, 0, USED / 4);
  }
}
