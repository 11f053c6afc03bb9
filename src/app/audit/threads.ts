import type { HostThread, HostThreads } from "../../io/host.ts";
import { PkiError } from "../../model/error.ts";
import type { RefusedFile } from "../../model/inventory.ts";
import type { Seeable, SeenPart } from "./seen.ts";
import { extensionOf } from "./store-file.ts";
import type { Batch, BatchResult, ThreadSetup } from "./thread-task.ts";
import type { WalkedFile } from "./walk.ts";

/** Estimated work from which on threads are worth their start, in milliseconds of one core. */
export const THREADS_FROM_MS = 500;
/** More threads than that wait for the disk and for the one that puts their results together. */
const MOST_THREADS = 16;
/** One thread judges as fast as so many derive. */
const MOST_LANE_THREADS = 4;
const MOSTLY = 0.75;
/** Estimated work handed out at once, and the most files. */
const BATCH_MS = 40;
const BATCH_FILES = 128;
/** Batches that a thread has at a time: the next one is there when one is done. */
const AHEAD = 2;
/** Results that wait for an earlier one, and certificates in them. */
const MOST_WAITING = 256;
const MOST_CERTIFICATES_WAITING = 20_000;

const STORE_MS = 0.4;
/** A PKCS#12 file of the JDK: three derivations of 10,000 iterations. */
const SEALED_STORE_MS = 8;
/** Files looked at before the number of threads is chosen. */
const LOOK_AHEAD = 1000;
const BYTES_PER_MS = 20_000;
const DERIVED = new Set([".p12", ".pfx", ".pkcs12"]);
const STORES = new Set([".jks", ".ks", ".keystore", ".truststore", ".kdb"]);
/** Certificates without keys to open: quick to read, and what is known of them is most of what a thread remembers. */
const CERTIFICATES = new Set([".pem", ".crt", ".cer", ".arm", ".der"]);
const OTHER_MS = 0.05;
const ARCHIVES = new Set([".zip", ".jar", ".war", ".ear", ".tar", ".tgz", ".gz"]);

/** The files of a walk, the first of them looked at already to see how much work there is. */
export class FilesAhead implements AsyncIterable<WalkedFile> {
  /** Estimated, in milliseconds of one core: of all files, or as much as threads are worth. */
  readonly work: number;
  /** The part of it that goes into deriving keys, 0 to 1. */
  readonly derived: number;
  readonly #first: readonly WalkedFile[];
  readonly #rest: AsyncIterator<WalkedFile>;

  private constructor(
    work: number,
    derived: number,
    first: readonly WalkedFile[],
    rest: AsyncIterator<WalkedFile>,
  ) {
    this.work = work;
    this.derived = derived;
    this.#first = first;
    this.#rest = rest;
  }

  static async of(files: AsyncGenerator<WalkedFile>): Promise<FilesAhead> {
    const first: WalkedFile[] = [];
    let work = 0;
    let derived = 0;
    while (work < THREADS_FROM_MS || first.length < LOOK_AHEAD) {
      const { value, done } = await files.next();
      if (done === true) break;
      first.push(value);
      work += worthMs(value);
      if (DERIVED.has(extensionOf(value.path))) derived += SEALED_STORE_MS;
    }
    return new FilesAhead(work, work === 0 ? 0 : derived / work, first, files);
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<WalkedFile> {
    yield* this.#first;
    for (let next = await this.#rest.next(); next.done !== true; next = await this.#rest.next()) {
      yield next.value;
    }
  }
}

/** What a file will take, by its name and size, in milliseconds of one core. */
export function estimatedMs({ path, look }: WalkedFile): number {
  const extension = extensionOf(path);
  if (DERIVED.has(extension)) return SEALED_STORE_MS;
  if (STORES.has(extension) || CERTIFICATES.has(extension)) {
    return STORE_MS + look.size / BYTES_PER_MS;
  }
  if (ARCHIVES.has(extension)) return look.size / BYTES_PER_MS;
  return OTHER_MS;
}

/**
 * What of a file's work speaks for threads: opening it does. The certificates in it do not, as what is known of
 * them costs more to pass on than to find out (docs/decisions/0106).
 */
function worthMs(file: WalkedFile): number {
  const extension = extensionOf(file.path);
  if (CERTIFICATES.has(extension)) return OTHER_MS;
  return STORES.has(extension) ? STORE_MS : estimatedMs(file);
}

/**
 * How many threads files are worth: half as many as there are cores where a cache knows the stores, since putting
 * results together is then much of the work.
 */
export function threadsWorth({ work }: FilesAhead, cores: number, cached: boolean): number {
  if (work < THREADS_FROM_MS) return 1;
  return Math.min(Math.ceil(cached ? cores / 2 : cores), MOST_THREADS);
}

/**
 * How many threads only derive keys, while one judges: where most is derived, and one can keep all cores busy so.
 * Each that judges would have to be made quick first, and would do that on a core that is needed (docs/decisions/0126).
 */
export function laneThreadsWorth(
  { work, derived }: FilesAhead,
  cores: number,
  cached: boolean,
): number {
  const few = cores < 2 || cores > MOST_LANE_THREADS;
  return work < THREADS_FROM_MS || derived < MOSTLY || few || cached ? 0 : cores;
}

/** Where results go, in the order of the files. */
export interface Collector {
  part(part: SeenPart): void;
  other(found: Seeable): void;
  cache(use: BatchResult["cache"]): void;
}

/**
 * Has files judged in `count` threads, and takes the results in the order of the files.
 *
 * A thread that dies takes nothing with it: its files are judged again one by one, and the one that ends a
 * thread by itself is refused.
 *
 * @param setup - made anew for each thread: its buffers are given away
 * @throws PkiError or Error: what a thread, or the walk, ran into
 */
export async function inThreads(
  threads: HostThreads,
  count: number,
  setup: () => ThreadSetup,
  files: AsyncIterable<WalkedFile>,
  collector: Collector,
): Promise<void> {
  const crew = new Crew(threads, count, setup);
  try {
    await crew.run(batches(files), collector);
  } finally {
    await crew.stop();
  }
}

async function* batches(files: AsyncIterable<WalkedFile>): AsyncGenerator<readonly WalkedFile[]> {
  let batch: WalkedFile[] = [];
  let work = 0;
  for await (const file of files) {
    batch.push(file);
    work += estimatedMs(file);
    if (work < BATCH_MS && batch.length < BATCH_FILES) continue;
    yield batch;
    batch = [];
    work = 0;
  }
  if (batch.length > 0) yield batch;
}

/** What became of some files, or of one that no thread survived. */
type Done = BatchResult | { readonly refused: RefusedFile };

class Crew {
  readonly #threads: HostThreads;
  readonly #count: number;
  readonly #setup: () => ThreadSetup;
  readonly #running = new Set<HostThread>();
  #stopped = false;

  constructor(threads: HostThreads, count: number, setup: () => ThreadSetup) {
    this.#threads = threads;
    this.#count = count;
    this.#setup = setup;
  }

  #start(): HostThread {
    if (this.#stopped) throw new PkiError("internal", "the threads were stopped");
    const setup = this.#setup();
    const given = setup.choices.given.map(({ bytes }) => bytes.buffer);
    const thread = this.#threads.start(setup, given);
    this.#running.add(thread);
    return thread;
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    await Promise.all([...this.#running].map((thread) => thread.stop()));
  }

  async run(source: AsyncGenerator<readonly WalkedFile[]>, collector: Collector): Promise<void> {
    const done = new Map<number, readonly Done[]>();
    let handed = 0;
    let collected = 0;
    let room: (() => void) | undefined;
    let certificates = 0;
    const isFull = () =>
      handed - collected >= MOST_WAITING || certificates > MOST_CERTIFICATES_WAITING;
    const collect = () => {
      for (let next = done.get(collected); next !== undefined; next = done.get(collected)) {
        done.delete(collected++);
        certificates -= certificatesIn(next);
        for (const one of next) take(one, collector);
      }
      if (!isFull()) room?.();
    };
    // One reader of the walk at a time: its order is the order of the batches.
    let turn: Promise<unknown> = Promise.resolve();
    const next = (): Promise<{ index: number; files: readonly WalkedFile[] } | undefined> => {
      const mine = turn.then(async () => {
        while (isFull()) {
          await new Promise<void>((resolve) => {
            room = resolve;
          });
        }
        const { value, done: over } = await source.next();
        return over === true ? undefined : { index: handed++, files: value };
      });
      turn = mine.catch(() => undefined);
      return mine;
    };
    const lanes = Array.from({ length: this.#count }, () => new Lane(() => this.#start()));
    const serve = async (lane: Lane): Promise<void> => {
      for (let batch = await next(); batch !== undefined; batch = await next()) {
        const judged = await lane.judge(batch.files);
        done.set(batch.index, judged);
        certificates += certificatesIn(judged);
        collect();
      }
    };
    await Promise.all(lanes.flatMap((lane) => Array.from({ length: AHEAD }, () => serve(lane))));
  }
}

/** One thread, and its successors where it dies. */
class Lane {
  readonly #start: () => HostThread;
  #thread: HostThread | undefined;

  constructor(start: () => HostThread) {
    this.#start = start;
  }

  async judge(files: readonly WalkedFile[]): Promise<readonly Done[]> {
    const thread = this.#living();
    try {
      return [await ask(thread, files)];
    } catch (error) {
      if (thread.alive) throw error;
    }
    return this.#oneByOne(files);
  }

  /** Each file alone in a thread: then it is this file that ends it. */
  async #oneByOne(files: readonly WalkedFile[]): Promise<readonly Done[]> {
    const done: Done[] = [];
    let thread = await this.#fresh();
    try {
      for (const file of files) {
        for (let isNew = false; ; isNew = true) {
          try {
            done.push(await ask(thread, [file]));
            break;
          } catch (error) {
            if (thread.alive) throw error;
          }
          thread = await this.#fresh();
          // What came before it may have filled the memory: a new thread decides.
          if (isNew) {
            done.push({ refused: refusal(file) });
            break;
          }
        }
      }
    } finally {
      await thread.stop();
    }
    return done;
  }

  /** A thread that is known to run. @throws PkiError where none does: then it is no file's fault */
  async #fresh(): Promise<HostThread> {
    const thread = this.#start();
    await ask(thread, []);
    return thread;
  }

  #living(): HostThread {
    if (this.#thread === undefined || !this.#thread.alive) this.#thread = this.#start();
    return this.#thread;
  }
}

async function ask(thread: HostThread, files: readonly WalkedFile[]): Promise<BatchResult> {
  return (await thread.ask({ files } satisfies Batch)) as BatchResult;
}

function certificatesIn(results: readonly Done[]): number {
  let count = 0;
  for (const result of results) {
    if ("refused" in result) continue;
    for (const part of result.parts) {
      if (!("companion" in part)) count += part.judged.inventory.certificates.length;
    }
  }
  return count;
}

function take(done: Done, collector: Collector): void {
  if ("refused" in done) {
    collector.other(done);
    return;
  }
  for (const part of done.parts) {
    if ("companion" in part) collector.other(part);
    else collector.part(part);
  }
  collector.cache(done.cache);
}

function refusal({ path, look }: WalkedFile): RefusedFile {
  const { size, modified, mode } = look;
  const extension = extensionOf(path);
  return {
    path,
    file: { size, extension, modified, ...(mode === undefined ? {} : { mode }) },
    code: "limit-exceeded",
    message: "reading it takes more memory than a thread has",
  };
}
