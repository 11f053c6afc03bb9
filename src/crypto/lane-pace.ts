import { pbkdf2Sync } from "node:crypto";
import { LANES, type LaneHash } from "./lane-engine.ts";

/** Iterations of one measurement: a quarter of a millisecond, so that some fall between what others run. */
export const PACE_TURNS = 512;
const SAMPLES = 8;
/** Measurements of the lanes before they count: until then the engine may not have optimised them. */
const FIRST_SAMPLES = 64;
/** Where both take about as long, lanes leave Node's pool alone. */
const MARGIN = 0.8;

interface Measured {
  /** Milliseconds of an iteration; the least that was measured, since anything may come between. */
  native?: number;
  /** Of one lane. */
  lanes: number;
  count: number;
}

/**
 * Which is quicker here for PBKDF2, the lanes or OpenSSL as Node has it: that depends on Node's version and on the
 * processor (docs/decisions/0125).
 */
export class LanePace {
  readonly #clock: () => number;
  readonly #measured = new Map<LaneHash, Measured>();

  /** @param clock - milliseconds, as fine as can be had. Only speed depends on it */
  constructor(clock: () => number) {
    this.#clock = clock;
  }

  /** The least that a turn of one lane took; undefined until that says something. */
  lanesTook(hash: LaneHash): number | undefined {
    const { count, lanes } = this.#of(hash);
    return count < FIRST_SAMPLES ? undefined : lanes;
  }

  /** What another thread measured: its `lanesTook`. */
  heard(hash: LaneHash, took: number): void {
    const measured = this.#of(hash);
    measured.count = FIRST_SAMPLES;
    measured.lanes = Math.min(measured.lanes, took);
  }

  prefersLanes(hash: LaneHash): boolean {
    const measured = this.#of(hash);
    if (measured.count < FIRST_SAMPLES) return true;
    measured.native ??= this.#native(hash);
    return MARGIN * measured.lanes <= measured.native;
  }

  /** @param run - PACE_TURNS of four lanes, each an iteration */
  lanes(hash: LaneHash, run: () => void): void {
    const milliseconds = this.#timed(run);
    const measured = this.#of(hash);
    measured.count++;
    // Cold ones are slower, never quicker.
    measured.lanes = Math.min(measured.lanes, milliseconds / (PACE_TURNS * LANES));
  }

  #native(hash: LaneHash): number {
    const octets = new Uint8Array(16);
    const derive = (): unknown => pbkdf2Sync(octets, octets, PACE_TURNS, 20, hash);
    const samples = Array.from({ length: SAMPLES }, () => this.#timed(derive));
    return Math.min(...samples) / PACE_TURNS;
  }

  #timed(run: () => unknown): number {
    const from = this.#clock();
    run();
    return this.#clock() - from;
  }

  #of(hash: LaneHash): Measured {
    const known = this.#measured.get(hash);
    if (known !== undefined) return known;
    const made = { lanes: Number.POSITIVE_INFINITY, count: 0 };
    this.#measured.set(hash, made);
    return made;
  }
}
