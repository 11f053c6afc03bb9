import { ChainLanes, type LaneWork } from "../../crypto/chain-lanes.ts";
import { LanePace } from "../../crypto/lane-pace.ts";
import type { HostThread, HostThreads } from "../../io/host.ts";

/** Tells a thread that it derives keys and nothing else. */
export const LANE_SETUP = { lanes: true } as const;

/** Milliseconds of a turn of one lane, once that is known. */
interface Reply {
  readonly took: number | undefined;
}

/** What such a thread does: it takes derivations further, four at a time, in the memory that it shares. */
export function laneThread(clock: () => number): (work: LaneWork) => Promise<Reply> {
  const pace = new LanePace(clock);
  const lanes = new ChainLanes(pace);
  return async (work) => {
    await lanes.advance(work);
    return { took: pace.lanesTook(work.hash) };
  };
}

/** Threads that derive keys for one that judges. No password passes to them. */
export class LaneThreads {
  /** For `PasswordChoices.deriveIn`. A thread that dies leaves its work to this one. */
  readonly chains: ChainLanes;
  readonly #threads: readonly { readonly thread: HostThread; asked: number }[];

  constructor(threads: HostThreads, count: number) {
    this.#threads = Array.from({ length: count }, () => ({
      thread: threads.start(LANE_SETUP, []),
      asked: 0,
    }));
    const pace = new LanePace(threads.clock);
    this.chains = new ChainLanes(pace, async (work) => {
      const least = this.#threads.reduce((a, b) => (b.asked < a.asked ? b : a));
      least.asked++;
      try {
        const { took } = (await least.thread.ask(work)) as Reply;
        if (took !== undefined) pace.heard(work.hash, took);
      } finally {
        least.asked--;
      }
    });
  }

  async stop(): Promise<void> {
    await Promise.all(this.#threads.map(({ thread }) => thread.stop()));
  }
}
