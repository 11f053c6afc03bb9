import { laneThread } from "../../src/app/audit/lane-threads.ts";
import { auditThread, type Batch, type ThreadSetup } from "../../src/app/audit/thread-task.ts";
import type { Host, HostThread, HostThreads } from "../../src/io/host.ts";
import { PkiError } from "../../src/model/error.ts";

export interface FakeThreads extends HostThreads {
  /** Those that were started, and what became of them. */
  readonly started: HostThread[];
}

/** "Threads" in this thread: what passes between them is copied as Node copies it, and they can die. */
export function fakeThreads(
  host: Host,
  options: { readonly cores?: number; readonly dies?: (path: string) => boolean } = {},
): FakeThreads {
  const { cores = 3, dies = () => false } = options;
  const started: HostThread[] = [];
  const clock = () => 0;
  return {
    cores,
    clock,
    started,
    start(setup, transfer) {
      const own = structuredClone(setup, { transfer: [...transfer] }) as object;
      const answerOf: (message: never) => Promise<unknown> =
        "lanes" in own ? laneThread(clock) : auditThread(host, own as ThreadSetup, clock);
      let alive = true;
      const thread: HostThread = {
        get alive() {
          return alive;
        },
        async ask(message) {
          const batch = structuredClone(message) as Partial<Batch>;
          if ((batch.files ?? [{ path: "" }]).some(({ path }) => dies(path))) alive = false;
          if (!alive) throw new PkiError("limit-exceeded", "a thread ended");
          const answer = await answerOf(batch as never);
          // Another batch may have killed it meanwhile.
          if (!alive) throw new PkiError("limit-exceeded", "a thread ended");
          return structuredClone(answer);
        },
        async stop() {
          alive = false;
        },
      };
      started.push(thread);
      return thread;
    },
  };
}
