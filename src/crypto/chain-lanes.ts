import {
  type ChainHash,
  type ChainRunner,
  type ChainStep,
  hashChain,
  type Pbkdf2Work,
} from "./chain.ts";
import { LANE_HASHES, LANES, LaneEngine, type LaneHash, type LaneState } from "./lane-engine.ts";
import { blocksOf, chainJob, type LaneJob, pbkdf2Job } from "./lane-job.ts";
import { type LanePace, PACE_TURNS } from "./lane-pace.ts";

/** Hashes below which a derivation is not worth waiting for others. */
const FEWEST_HASHES = 500;
/** Turns before others in this thread may go on: some ten milliseconds. */
const TURNS_AT_ONCE = 8192;
/** How long a derivation waits for three others. */
const WAIT_MS = 25;
/** From so many on, lanes are quicker than Node's own PBKDF2, which runs beside this thread. */
const FEWEST_LANES = 3;
/** Keys of more blocks are nobody's. */
const MOST_BLOCKS = 4;

/** Some turns of one derivation. */
export interface LaneWork {
  readonly hash: LaneHash;
  /** In memory that threads share. */
  readonly state: LaneState;
  readonly turns: number;
}

/**
 * Runs the key derivations of different files side by side, four in the lanes of one kernel: a third to a fifth of
 * the time that they take one after the other. A chain that no others join goes alone after some milliseconds.
 *
 * For one thread of one audit. The results are those of `hashChain`, and of Node's PBKDF2.
 */
export class ChainLanes implements ChainRunner {
  readonly #waiting = new Map<LaneHash, LaneJob[]>();
  readonly #pace: LanePace | undefined;
  readonly #away: ((work: LaneWork) => Promise<void>) | undefined;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #planned = false;
  #engine: LaneEngine | undefined;

  /**
   * @param pace - present: PBKDF2 runs in the lanes too, where that is quicker than Node's own
   * @param away - takes a state further in another thread's lanes, or fails and leaves it as it was
   */
  constructor(pace?: LanePace, away?: (work: LaneWork) => Promise<void>) {
    this.#pace = pace;
    this.#away = away;
  }

  /** Takes a state of another thread further: what `away` asks for. */
  advance({ hash, state, turns }: LaneWork): Promise<void> {
    const own = state.slice();
    return new Promise((resolve) =>
      this.#wait({
        hash,
        state: own,
        turns,
        left: turns,
        finish() {
          state.set(own);
          own.fill(0);
          resolve();
        },
      }),
    );
  }

  /** @param step - its digest is not changed. @returns a new array */
  run(step: ChainStep): Promise<Uint8Array> {
    const { hash, digest, turns } = step;
    if (!hasLanes(hash) || turns < FEWEST_HASHES || this.#started() === undefined) {
      return Promise.resolve(hashChain(hash, digest, turns));
    }
    return new Promise((resolve) => this.#add(chainJob(hash, step, resolve)));
  }

  pbkdf2(work: Pbkdf2Work): Promise<Uint8Array> | undefined {
    const { hash, iterations, length } = work;
    if (this.#pace === undefined || !hasLanes(hash) || 2 * iterations < FEWEST_HASHES) {
      return undefined;
    }
    const blocks = blocksOf(hash, length);
    if (blocks === 0 || blocks > MOST_BLOCKS || this.#started() === undefined) return undefined;
    return this.#pace.prefersLanes(hash) ? this.#derived(hash, work, blocks) : undefined;
  }

  async #derived(hash: LaneHash, work: Pbkdf2Work, blocks: number): Promise<Uint8Array> {
    const made = await Promise.all(
      Array.from(
        { length: blocks },
        (_, i) =>
          new Promise<Uint8Array>((resolve, reject) =>
            this.#add(pbkdf2Job(hash, work, i + 1, resolve, reject)),
          ),
      ),
    );
    const out = new Uint8Array(work.length);
    let at = 0;
    for (const block of made) {
      out.set(block.subarray(0, work.length - at), at);
      at += block.length;
      block.fill(0);
    }
    return out;
  }

  #add(job: LaneJob): void {
    if (this.#away === undefined) {
      this.#wait(job);
      return;
    }
    const { hash, state, turns } = job;
    this.#away({ hash, state, turns }).then(
      () => advanced(job, turns),
      () => this.#wait(job),
    );
  }

  #wait(job: LaneJob): void {
    const jobs = this.#waiting.get(job.hash);
    if (jobs === undefined) this.#waiting.set(job.hash, [job]);
    else jobs.push(job);
    this.#plan();
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

  /** @param late - jobs have waited long enough for others */
  #work(late: boolean): void {
    for (const [hash, waiting] of this.#waiting) {
      if (!(late || isReady(waiting))) continue;
      const jobs = waiting.length < FEWEST_LANES ? sentElsewhere(waiting) : waiting;
      const [only] = jobs;
      if (jobs.length === 1 && only?.alone !== undefined) {
        const turns = Math.min(only.left, TURNS_AT_ONCE);
        only.alone(turns);
        advanced(only, turns);
      } else if (jobs.length > 0) this.#together(hash, jobs.slice(0, LANES));
      this.#waiting.set(
        hash,
        jobs.filter(({ left }) => left > 0),
      );
    }
    this.#plan();
  }

  #together(hash: LaneHash, jobs: readonly LaneJob[]): void {
    const turns = Math.min(TURNS_AT_ONCE, ...jobs.map(({ left }) => left));
    const states = jobs.map(({ state }) => state);
    const engine = this.#started() as LaneEngine;
    const measures = jobs.length === LANES && turns > PACE_TURNS;
    const first = this.#pace !== undefined && measures ? PACE_TURNS : 0;
    if (first > 0) this.#pace?.lanes(hash, () => engine.advance(hash, states, first));
    engine.advance(hash, states, turns - first);
    for (const job of jobs) advanced(job, turns);
  }

  #started(): LaneEngine | undefined {
    this.#engine ??= LaneEngine.make();
    return this.#engine;
  }
}

function hasLanes(hash: ChainHash): hash is LaneHash {
  return (LANE_HASHES as readonly ChainHash[]).includes(hash);
}

/** Four are there, or some that have begun: those go on with whatever company there is. */
function isReady(jobs: readonly LaneJob[]): boolean {
  return jobs.length >= LANES || jobs.some(({ left, turns }) => left < turns);
}

/** What Node does better than lanes of which most are empty. @returns the others */
function sentElsewhere(jobs: readonly LaneJob[]): readonly LaneJob[] {
  return jobs.filter((job) => {
    if (job.elsewhere === undefined || job.left < job.turns) return true;
    job.elsewhere();
    return false;
  });
}

function advanced(job: LaneJob, turns: number): void {
  job.left -= turns;
  if (job.left === 0) job.finish();
}
