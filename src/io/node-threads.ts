import { existsSync } from "node:fs";
import { availableParallelism } from "node:os";
import { join } from "node:path";
import { parentPort, Worker, workerData } from "node:worker_threads";
import { PkiError } from "../model/error.ts";
import type { HostThread, HostThreads } from "./host.ts";

/** Of the built program; absent where the source runs as it is. */
declare const __dirname: string | undefined;

/** Stands beside the program's other parts. Its only work is that of `serveThread`. */
const SCRIPT = "pki-thread.cjs";

/** Of each thread's memory for new objects. */
const YOUNG_MIB = 64;

/** Threads of the built program; undefined where its script is not beside it, as in the standalone executable. */
export function nodeThreads(): HostThreads | undefined {
  if (typeof __dirname !== "string") return undefined;
  const script = join(__dirname, SCRIPT);
  if (!existsSync(script)) return undefined;
  return {
    cores: availableParallelism(),
    clock: () => performance.now(),
    start: (setup, transfer) => start(script, setup, transfer),
  };
}

interface Request {
  readonly id: number;
  readonly message: unknown;
}

/** An answer, or what the thread ran into. */
type Reply =
  | { readonly id: number; readonly answer: unknown }
  | { readonly id: number; readonly fault: string }
  | {
      readonly id: number;
      readonly error: ConstructorParameters<typeof PkiError>;
    };

interface Waiting {
  readonly resolve: (answer: unknown) => void;
  readonly reject: (error: Error) => void;
}

function start(script: string, setup: unknown, transfer: readonly ArrayBuffer[]): HostThread {
  // Its output would come between ours; it has none, but warnings of Node's own would.
  const worker = new Worker(script, {
    workerData: setup,
    transferList: [...transfer],
    stdout: true,
    stderr: true,
    // Most of what judging makes is garbage at once; a small nursery would take some of it for lasting.
    resourceLimits: { maxYoungGenerationSizeMb: YOUNG_MIB },
  });
  const waiting = new Map<number, Waiting>();
  let next = 0;
  let alive = true;
  const die = () => {
    alive = false;
    for (const { reject } of waiting.values()) reject(death());
    waiting.clear();
  };
  worker.on("message", (reply: Reply) => {
    const asked = waiting.get(reply.id);
    waiting.delete(reply.id);
    if ("answer" in reply) asked?.resolve(reply.answer);
    else if ("error" in reply) asked?.reject(new PkiError(...reply.error));
    else asked?.reject(new Error(reply.fault));
  });
  worker.on("error", die);
  worker.on("exit", die);
  return {
    get alive() {
      return alive;
    },
    ask: (message) =>
      new Promise((resolve, reject) => {
        if (!alive) {
          reject(death());
          return;
        }
        const id = next++;
        waiting.set(id, { resolve, reject });
        worker.postMessage({ id, message } satisfies Request);
      }),
    stop: async () => {
      waiting.clear();
      await worker.terminate();
    },
  };
}

function death(): PkiError {
  return new PkiError("limit-exceeded", "a thread of the program ended before its work did");
}

/**
 * What a thread does: answers each request of the one that started it. Requests come in order, and the next may
 * come before the last was answered.
 *
 * @param begin - gets the setup, and gives what answers
 */
export function serveThread<Setup>(
  begin: (setup: Setup) => (message: never) => Promise<unknown>,
): void {
  const port = parentPort;
  if (port === null) return;
  const answer = begin(workerData as Setup);
  port.on("message", ({ id, message }: Request) => {
    answer(message as never).then(
      (answered) => port.postMessage({ id, answer: answered } satisfies Reply),
      (error: unknown) => port.postMessage(failure(id, error)),
    );
  });
}

function failure(id: number, error: unknown): Reply {
  if (!(error instanceof PkiError)) {
    return { id, fault: error instanceof Error ? (error.stack ?? error.message) : String(error) };
  }
  const { code, message, where, hint, path } = error;
  const details = {
    ...(where === undefined ? {} : { where }),
    ...(hint === undefined ? {} : { hint }),
    ...(path === undefined ? {} : { path }),
  };
  return { id, error: [code, message, details] };
}
