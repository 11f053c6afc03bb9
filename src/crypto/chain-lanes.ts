import {
  type ChainHash,
  type ChainRunner,
  type ChainStep,
  HASH_SHAPES,
  hashChain,
  wasmExports,
} from "./chain.ts";
import { LANES_WASM } from "./chain-lanes-wasm.ts";

const LANES = 4;
/** Hashes with a kernel of four lanes, and the turns below which one is not worth waiting for. */
const KERNELS = ["sha1", "sha256"] as const;
type LaneHash = (typeof KERNELS)[number];
const FEWEST_TURNS = 500;
/** In one call: the engine changes to optimised code only between calls (docs/decisions/0031). */
const TURNS_PER_CALL = 128;
/** Turns before others in this thread may go on: some ten milliseconds. */
const TURNS_AT_ONCE = 16_384;
/** How long a chain waits for three others. */
const WAIT_MS = 25;
/** Bytes of the kernel's memory that hold digests. */
const USED = 8 * LANES * 4;

interface Job {
  readonly digest: Uint8Array;
  readonly turns: number;
  left: number;
  readonly resolve: (digest: Uint8Array) => void;
}

interface Instance {
  readonly view: DataView;
  readonly run: Readonly<Record<LaneHash, (turns: number) => void>>;
}

/**
 * Runs hash chains of different files side by side, four in the lanes of one kernel: a third to a fifth of the time
 * that they take one after the other. A chain that no others join goes alone after some milliseconds.
 *
 * For one audit. The results are those of `hashChain`.
 */
export class ChainLanes implements ChainRunner {
  readonly #waiting = new Map<LaneHash, Job[]>();
  #timer: ReturnType<typeof setTimeout> | undefined;
  #planned = false;
  #instance: Instance | undefined;

  /** @param step - its digest is not changed. @returns a new array */
  run(step: ChainStep): Promise<Uint8Array> {
    const { hash, digest, turns } = step;
    if (!hasKernel(hash) || turns < FEWEST_TURNS || this.#engine() === undefined) {
      return Promise.resolve(hashChain(hash, digest, turns));
    }
    return new Promise((resolve) => {
      const job = { digest: digest.slice(), turns, left: turns, resolve };
      const jobs = this.#waiting.get(hash);
      if (jobs === undefined) this.#waiting.set(hash, [job]);
      else jobs.push(job);
      this.#plan();
    });
  }

  #plan(): void {
    if (this.#planned) return;
    const all = [...this.#waiting.values()];
    if (all.some(isReady)) {
      this.#planned = true;
      // Later, so that the one that asked can ask for more first, and others of this thread get their turn.
      setImmediate(() => {
        this.#planned = false;
        this.#work(false);
      });
    } else if (all.some((jobs) => jobs.length > 0)) {
      this.#timer ??= setTimeout(() => {
        this.#timer = undefined;
        this.#work(true);
      }, WAIT_MS);
    } else {
      clearTimeout(this.#timer);
      this.#timer = undefined;
    }
  }

  /** @param late - chains have waited long enough for others */
  #work(late: boolean): void {
    for (const [hash, jobs] of this.#waiting) {
      const [only] = jobs;
      if (only === undefined || !(late || isReady(jobs))) continue;
      if (jobs.length === 1) alone(hash, only);
      else this.#together(hash, jobs.slice(0, LANES));
      this.#waiting.set(
        hash,
        jobs.filter(({ left }) => left > 0),
      );
    }
    this.#plan();
  }

  /** Some turns of up to four chains. Lanes without one hash zeros. */
  #together(hash: LaneHash, jobs: readonly Job[]): void {
    const { view, run } = this.#engine() as Instance;
    const step = run[hash];
    const size = HASH_SHAPES[hash].digest;
    jobs.forEach(({ digest }, lane) => {
      const words = new DataView(digest.buffer, digest.byteOffset);
      for (let at = 0; at < size; at += 4) {
        view.setUint32(at * LANES + lane * 4, words.getUint32(at), true);
      }
    });
    const turns = Math.min(TURNS_AT_ONCE, ...jobs.map(({ left }) => left));
    for (let left = turns; left > 0; left -= TURNS_PER_CALL) step(Math.min(left, TURNS_PER_CALL));
    jobs.forEach((job, lane) => {
      const words = new DataView(job.digest.buffer, job.digest.byteOffset);
      for (let at = 0; at < size; at += 4) {
        words.setUint32(at, view.getUint32(at * LANES + lane * 4, true));
      }
      job.left -= turns;
      if (job.left === 0) job.resolve(job.digest);
    });
    new Uint8Array(view.buffer, 0, USED).fill(0);
  }

  #engine(): Instance | undefined {
    if (this.#instance !== undefined) return this.#instance;
    const exports = wasmExports<LaneHash>(LANES_WASM);
    if (exports === undefined) return undefined;
    this.#instance = { view: new DataView(exports.memory.buffer), run: exports };
    return this.#instance;
  }
}

function hasKernel(hash: ChainHash): hash is LaneHash {
  return (KERNELS as readonly ChainHash[]).includes(hash);
}

/** Four are there, or some that have begun: those go on with whatever company there is. */
function isReady(jobs: readonly Job[]): boolean {
  const [first] = jobs;
  return jobs.length >= LANES || (first !== undefined && first.left < first.turns);
}

function alone(hash: ChainHash, job: Job): void {
  const turns = Math.min(job.left, TURNS_AT_ONCE);
  const made = hashChain(hash, job.digest, turns);
  job.digest.set(made);
  made.fill(0);
  job.left -= turns;
  if (job.left === 0) job.resolve(job.digest);
}
