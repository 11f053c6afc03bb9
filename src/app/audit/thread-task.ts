import type { ProfileId, Rule } from "../../audit/rule.ts";
import { rules as everyRule } from "../../audit/rules/index.ts";
import { ChainLanes } from "../../crypto/chain-lanes.ts";
import { LanePace } from "../../crypto/lane-pace.ts";
import type { Host } from "../../io/host.ts";
import type { Companion } from "../../model/inventory.ts";
import { type CacheShare, type CacheUse, StoreCache } from "./cache.ts";
import { loadGlobs } from "./globs.ts";
import { judged, type Mark, runOf } from "./judging.ts";
import { type CopiedChoices, PasswordChoices } from "./password-choices.ts";
import { loadPolicy } from "./policy-file.ts";
import { Seen, type SeenPart } from "./seen.ts";
import { trackedUnder } from "./tracked.ts";
import type { WalkedFile } from "./walk.ts";

/** What a thread of an audit is told at its start: plain data, from which it makes what the audit itself has. */
export interface ThreadSetup {
  readonly paths: readonly string[];
  readonly at: Date;
  readonly profiles: readonly ProfileId[];
  /** Path of the policy that was named. */
  readonly policy: string | undefined;
  /** The rules by id, with the profiles that switch them on. */
  readonly rules: readonly { readonly id: string; readonly profiles: Rule["profiles"] }[];
  readonly choices: CopiedChoices;
  readonly cache: CacheShare | undefined;
}

/** Files to judge, in the order of the walk. */
export interface Batch {
  readonly files: readonly WalkedFile[];
}

/** What became of a batch, in the order of its files. */
export interface BatchResult {
  readonly parts: readonly (SeenPart | { readonly companion: Companion })[];
  readonly cache: CacheUse | undefined;
}

/**
 * One thread of an audit: its batches are opened side by side and judged one after the other.
 *
 * @param clock - milliseconds, for finding out what is quick here
 */
export function auditThread(
  host: Host,
  setup: ThreadSetup,
  clock: () => number,
): (batch: Batch) => Promise<BatchResult> {
  const inbox = new Inbox<WalkedFile | Mark>();
  const waiting = new Map<number, (result: BatchResult) => void>();
  let count = 0;
  const ended = work(host, setup, clock, inbox, (mark, result) => {
    waiting.get(mark)?.(result);
    waiting.delete(mark);
  });
  ended.catch(() => {}); // told to those that ask
  return ({ files }) => {
    const mark = count++;
    const result = new Promise<BatchResult>((resolve) => waiting.set(mark, resolve));
    for (const file of files) inbox.put(file);
    inbox.put({ mark });
    // It never ends but by a fault.
    return Promise.race([result, ended.then(() => result)]);
  };
}

async function work(
  host: Host,
  setup: ThreadSetup,
  clock: () => number,
  inbox: Inbox<WalkedFile | Mark>,
  reply: (mark: number, result: BatchResult) => void,
): Promise<void> {
  const globs = await loadGlobs();
  const policy = await loadPolicy(host, globs, everyRule, setup.policy);
  const cache = setup.cache === undefined ? undefined : StoreCache.shared(setup.cache);
  const profiles = new Set(setup.profiles);
  // All cores have a thread: PBKDF2 in Node's pool would only be another one to share them with.
  const chains = new ChainLanes(new LanePace(clock));
  const choices = PasswordChoices.from(setup.choices, globs, chains);
  const { run } = runOf(rulesOf(setup.rules), policy, profiles, setup.at, choices, cache);
  const seen = new Seen(run);
  const tracked = await trackedUnder(host, setup.paths);
  let parts: BatchResult["parts"][number][] = [];
  const companion = (found: { readonly companion: Companion }) => {
    // Those of the whole audit are judged together: there is a limit for all.
    parts.push(seen.drain(), found);
  };
  for await (const { mark } of judged({ host, choices, cache, tracked }, inbox, seen, companion)) {
    parts.push(seen.drain());
    reply(mark, { parts, cache: cache?.drain() });
    parts = [];
  }
}

/** The rules of `setup`. @throws Error for one that is not of the list: its threads must not be started */
function rulesOf(wanted: ThreadSetup["rules"]): readonly Rule[] {
  const byId = new Map(everyRule.map((rule) => [rule.id, rule]));
  return wanted.map(({ id, profiles }) => {
    const rule = byId.get(id);
    if (rule === undefined) throw new Error(`no rule ${id}`);
    return { ...rule, profiles };
  });
}

/** Values in order, for one reader that waits for the next. */
class Inbox<T> implements AsyncIterable<T> {
  readonly #values: T[] = [];
  #wake: (() => void) | undefined;

  put(value: T): void {
    this.#values.push(value);
    this.#wake?.();
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<T> {
    for (;;) {
      for (let value = this.#values.shift(); value !== undefined; value = this.#values.shift()) {
        yield value;
      }
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    }
  }
}
