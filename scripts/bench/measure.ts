import { spawnSync } from "node:child_process";

/** A process to time. */
export interface Command {
  readonly name: string;
  readonly file: string;
  readonly args: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
}

export interface Paired {
  /** Median milliseconds of each. */
  readonly a: number;
  readonly b: number;
  /** Median of the ratios a/b, pair by pair: drift of the machine cancels out. */
  readonly ratio: number;
  readonly pairs: number;
}

/**
 * Times two commands in turn (A B, then B A, and so on), so that both see the same machine.
 *
 * @param pairs - counted pairs; two more come first to warm the file cache
 * @throws Error when a command fails: a fast failure is no result
 */
export function measurePair(a: Command, b: Command, pairs: number): Paired {
  const as: number[] = [];
  const bs: number[] = [];
  const ratios: number[] = [];
  for (let round = -2; round < pairs; round++) {
    let first: number;
    let second: number;
    if (round % 2 === 0) {
      first = time(a);
      second = time(b);
    } else {
      second = time(b);
      first = time(a);
    }
    if (round < 0) continue;
    as.push(first);
    bs.push(second);
    ratios.push(first / second);
  }
  return { a: median(as), b: median(bs), ratio: median(ratios), pairs };
}

/** Operations a second of an in-process function: median of `rounds` rounds of about 200 ms each. */
export async function measureRate(work: () => unknown, rounds = 7): Promise<number> {
  const rates: number[] = [];
  for (let round = -2; round < rounds; round++) {
    const from = process.hrtime.bigint();
    let count = 0;
    let elapsed = 0;
    while (elapsed < 0.2) {
      await work();
      count++;
      elapsed = Number(process.hrtime.bigint() - from) / 1e9;
    }
    if (round >= 0) rates.push(count / elapsed);
  }
  return median(rates);
}

/** As `measureRate` for two in turn, and the median of the ratios a/b round by round. */
export async function measureRates(
  a: () => unknown,
  b: () => unknown,
  rounds = 7,
): Promise<{ readonly a: number; readonly b: number; readonly ratio: number }> {
  const as: number[] = [];
  const bs: number[] = [];
  for (let round = -1; round < rounds; round++) {
    const [first, second] = [await measureRate(a, 1), await measureRate(b, 1)];
    if (round < 0) continue;
    as.push(first);
    bs.push(second);
  }
  return { a: median(as), b: median(bs), ratio: median(as.map((rate, i) => rate / (bs[i] ?? 1))) };
}

export function median(values: readonly number[]): number {
  const sorted = [...values].sort((x, y) => x - y);
  const middle = sorted.length >> 1;
  const upper = sorted[middle] ?? Number.NaN;
  return sorted.length % 2 === 1 ? upper : (upper + (sorted[middle - 1] ?? upper)) / 2;
}

function time(command: Command): number {
  const env = { ...process.env, ...command.env };
  // Node 20 reads this bundle at every start: 100 ms that say nothing about the program.
  delete env.NODE_EXTRA_CA_CERTS;
  const from = process.hrtime.bigint();
  const run = spawnSync(command.file, command.args, { env, stdio: ["ignore", "ignore", "pipe"] });
  const elapsed = Number(process.hrtime.bigint() - from) / 1e6;
  if (run.status !== 0) {
    throw new Error(`${command.name} ended with ${run.status}: ${run.stderr?.toString()}`);
  }
  return elapsed;
}
