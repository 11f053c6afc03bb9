import type { Policy } from "../../audit/policy.ts";
import type { ProfileId, Rule } from "../../audit/rule.ts";
import { AuditRun } from "../../audit/run.ts";
import { settingsFrom } from "../../audit/settings.ts";
import { Remembered } from "../../audit/shared-views.ts";
import type { SpillSetting } from "../../audit/spill.ts";
import type { SignatureMemory, SignatureVerdict } from "../../audit/store-view.ts";
import type { Host } from "../../io/host.ts";
import type { Companion } from "../../model/inventory.ts";
import type { KnownSignatures } from "../../x509/chain.ts";
import type { StoreCache } from "./cache.ts";
import { type Candidate, candidatesOf, type Tracked } from "./inspection.ts";
import { openCached } from "./open-cached.ts";
import { openQuietly } from "./opening.ts";
import { inOrder } from "./order.ts";
import type { PasswordChoices } from "./password-choices.ts";
import type { Seeable, Seen } from "./seen.ts";
import type { WalkedFile } from "./walk.ts";

/** Stores opened at the same time: enough that four hash chains are there at any time (docs/decisions/0105). */
const WIDTH = 32;
/**
 * Bytes of their files together: large ones are opened by fewer. What waits to be judged lives long enough for the
 * engine to move it to where it keeps what is old.
 */
const WIDTH_BYTES = 512 * 1024;

const ROOM = {
  items: WIDTH,
  weight: WIDTH_BYTES,
  weigh: (item: Candidate | Mark | Members) => ("file" in item ? item.file.file.size : 0),
};

/** What judging files needs beside them. */
export interface Means {
  readonly host: Host;
  readonly choices: PasswordChoices;
  readonly cache: StoreCache | undefined;
  readonly tracked: Tracked;
}

/** Stands between two files: everything before it was judged when it is met. */
export interface Mark {
  readonly mark: number;
}

/** Regular files in an archive that was looked into. */
interface Members {
  readonly members: number;
}

/** Signatures that were checked, by the rules, while chains were completed, or in an audit before. */
class Signatures implements SignatureMemory {
  readonly #own = new Remembered<SignatureVerdict>();
  readonly #opening: KnownSignatures | undefined;
  readonly #kept: SignatureMemory | undefined;

  constructor(opening: KnownSignatures | undefined, kept: SignatureMemory | undefined) {
    this.#opening = opening;
    this.#kept = kept;
  }

  get(pair: string): SignatureVerdict | undefined {
    const own = this.#own.get(pair);
    if (own !== undefined) return own;
    // What did not verify may still be of a kind that is not verified here: the rules look anew.
    if (this.#opening?.get(pair) !== true) return this.#kept?.get(pair);
    this.set(pair, "good");
    return "good";
  }

  set(pair: string, verdict: SignatureVerdict): void {
    this.#own.set(pair, verdict);
    this.#kept?.set(pair, verdict);
  }
}

/** A run of the rules as the policy and the profiles have them. @param spill - absent for a thread: it passes on what it has */
export function runOf(
  rules: readonly Rule[],
  policy: Policy,
  profiles: ReadonlySet<ProfileId>,
  now: Date,
  choices: PasswordChoices,
  cache: StoreCache | undefined,
  spill?: SpillSetting,
) {
  const source = { profiles, rules: policy.rules, paths: policy.paths };
  const { settings, everywhere } = settingsFrom(source);
  const signatures = new Signatures(choices.shared.known, cache?.signatures);
  const options = { rules, now, profiles, settings, everywhere, signatures };
  const run = new AuditRun(spill === undefined ? options : { ...options, spill });
  return { run, settings, everywhere };
}

/**
 * Opens and judges files in their order: what one thread of an audit does.
 *
 * @param companion - gets files beside the stores instead of `seen`
 * @returns the marks, each when all before it is in `seen`, and nothing behind it
 */
export async function* judged(
  { host, choices, cache, tracked }: Means,
  files: AsyncIterable<WalkedFile | Mark>,
  seen: Seen,
  companion: ((found: { readonly companion: Companion }) => void) | undefined,
): AsyncGenerator<Mark> {
  const candidates = candidatesAndMarks(host, files, tracked);
  const opened = inOrder(candidates, ROOM, (candidate) => opening(candidate, choices, cache));
  for await (const found of opened) {
    if ("mark" in found) yield found;
    else if ("members" in found) seen.files += found.members;
    else if (companion !== undefined && "companion" in found) companion(found);
    else seen.take(found);
  }
}

async function* candidatesAndMarks(
  host: Host,
  files: AsyncIterable<WalkedFile | Mark>,
  tracked: Tracked,
): AsyncGenerator<Candidate | Mark | Members> {
  for await (const file of files) {
    if ("mark" in file) {
      yield file;
      continue;
    }
    let members = 0;
    const found = await candidatesOf(host, file, tracked, (count) => {
      members += count;
    });
    if (Symbol.asyncIterator in found) yield* found;
    else yield found;
    // Behind them, so that they are counted with them.
    if (members > 0) yield { members };
  }
}

async function opening(
  candidate: Candidate | Mark | Members,
  choices: PasswordChoices,
  cache: StoreCache | undefined,
): Promise<Seeable | Mark | Members> {
  if (!("file" in candidate)) return candidate;
  const { file, kind } = candidate;
  return cache === undefined
    ? openQuietly(file, kind.format, choices)
    : openCached(file, kind.format, choices, cache);
}
