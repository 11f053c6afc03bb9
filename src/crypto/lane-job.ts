import { fromHex } from "../bytes/octets.ts";
import {
  type ChainStep,
  HASH_SHAPES,
  hashChain,
  KERNELS,
  type Kernel,
  type Pbkdf2Work,
} from "./chain.ts";
import { digest, hmac } from "./digest.ts";
import { pbkdf2 } from "./kdf.ts";
import { stateBehind } from "./kernel-digest.ts";
import {
  digestOf,
  type LaneHash,
  type LaneState,
  laneState,
  setDigest,
  setSum,
  sumOf,
} from "./lane-engine.ts";

/** One derivation that a lane takes further: a chain of the PKCS#12 derivation, or a block of PBKDF2. */
export interface LaneJob {
  readonly hash: LaneHash;
  readonly state: LaneState;
  /** Of the kernel: two hashes each. */
  readonly turns: number;
  left: number;
  /** Takes the result out, and wipes the state. */
  finish(): void;
  /** Takes it some turns further without lanes. */
  readonly alone?: (turns: number) => void;
  /** Has Node derive it, as it was before its first turn; the state is wiped. */
  readonly elsewhere?: () => void;
}

/** Two steps of the chain are a turn. */
export function chainJob(
  hash: LaneHash,
  { digest: start, turns }: ChainStep,
  resolve: (digest: Uint8Array) => void,
): LaneJob {
  const initial = fromHex((KERNELS[hash] as Kernel).initial);
  // Where they are odd, one comes before.
  const first = hashChain(hash, start, turns % 2);
  const state = laneState(hash, first, [initial, initial], 0);
  first.fill(0);
  const count = Math.floor(turns / 2);
  return {
    hash,
    state,
    turns: count,
    left: count,
    finish() {
      const made = digestOf(hash, state);
      state.fill(0);
      resolve(made);
    },
    alone(some) {
      const before = digestOf(hash, state);
      const after = hashChain(hash, before, 2 * some);
      setDigest(state, after);
      before.fill(0);
      after.fill(0);
    },
  };
}

/** How many blocks a key has (`l` of RFC 8018 §5.2). */
export function blocksOf(hash: LaneHash, length: number): number {
  return Math.ceil(length / HASH_SHAPES[hash].digest);
}

/**
 * A block of PBKDF2: an iteration is a turn, but the first, which is made here.
 *
 * @param block - from 1. The password is copied
 */
export function pbkdf2Job(
  hash: LaneHash,
  { password, salt, iterations }: Pbkdf2Work,
  block: number,
  resolve: (octets: Uint8Array) => void,
  reject: (error: unknown) => void,
): LaneJob {
  const pads = padStates(hash, password);
  const number = new Uint8Array(4);
  new DataView(number.buffer).setUint32(0, block);
  const first = hmac(hash, password, salt, number);
  const state = laneState(hash, first, pads, HASH_SHAPES[hash].block * 8);
  setSum(state, first);
  for (const secret of [first, ...pads]) secret.fill(0);
  const copy = password.slice();
  const turns = iterations - 1;
  const wipe = (): void => {
    copy.fill(0);
    state.fill(0);
  };
  return {
    hash,
    state,
    turns,
    left: turns,
    finish() {
      const made = sumOf(hash, state);
      wipe();
      resolve(made);
    },
    elsewhere() {
      const size = HASH_SHAPES[hash].digest;
      const made = pbkdf2(hash, copy, salt, iterations, block * size);
      wipe();
      made.then((all) => {
        const own = all.slice((block - 1) * size);
        all.fill(0);
        resolve(own);
      }, reject);
    },
  };
}

/** The hash's states behind the inner and the outer pad of HMAC (RFC 2104 §2). */
function padStates(hash: LaneHash, password: Uint8Array): readonly [Uint8Array, Uint8Array] {
  const { block } = HASH_SHAPES[hash];
  const key = password.length > block ? digest(hash, password) : password;
  const pad = new Uint8Array(block);
  const behind = (value: number): Uint8Array => {
    for (let i = 0; i < block; i++) pad[i] = (key[i] ?? 0) ^ value;
    return stateBehind(hash, pad);
  };
  const inner = behind(0x36);
  const outer = behind(0x5c);
  pad.fill(0);
  if (key !== password) key.fill(0);
  return [inner, outer];
}
