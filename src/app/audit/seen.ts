import type { StoreSummary } from "../../audit/report.ts";
import type { AuditRun, JudgedPart } from "../../audit/run.ts";
import { Recent } from "../../bytes/recent.ts";
import type { Companion } from "../../model/inventory.ts";
import { ListBudget } from "./companion.ts";
import type { Opening } from "./opening.ts";

/** What an audit comes by: a store, a refusal, or a file beside the stores. */
export type Seeable = Opening | { readonly companion: Companion };

/** What one `Seen` came by, for another to take in. Plain data. */
export interface SeenPart {
  readonly files: number;
  readonly opened: number;
  readonly summaries: readonly StoreSummary[];
  readonly judged: JudgedPart;
}

/** Ways to be a store that are remembered: most stores of a tree are alike but for their paths. */
const MOST_ALIKE = 1024;

/** Has everything judged that passes by, and keeps count for the report. */
export class Seen {
  files = 0;
  opened = 0;
  readonly #budget = new ListBudget();
  readonly #run: AuditRun;
  readonly #summaries: StoreSummary[] = [];
  readonly #alike = new Recent<unknown>(MOST_ALIKE);

  constructor(run: AuditRun) {
    this.#run = run;
  }

  take(seen: Seeable): void {
    if ("companion" in seen) {
      const taken = this.#budget.take(seen.companion);
      if ("refused" in taken) this.take(taken);
      else this.#run.companion(taken);
      return;
    }
    if ("refused" in seen) {
      const { path, format, code, message } = seen.refused;
      this.#run.refused(seen.refused);
      const named = format === undefined ? {} : { format };
      this.#keep({ path, ...named, opened: false, code, message });
      return;
    }
    const { store } = seen;
    this.#run.store(store);
    this.opened++;
    const { format, version, protection, integrity, iterations, protections } = store.container;
    this.#keep({
      path: store.path,
      format,
      opened: true,
      integrity,
      entries: store.store.entries.length,
      version,
      protection,
      ...(iterations === undefined ? {} : { iterations }),
      ...(protections === undefined ? {} : { protections }),
      ...(store.password === undefined ? {} : { password: store.password.source }),
    });
  }

  /** Takes a summary over. What stores have in common is in memory once, whether they were opened here or in a thread. */
  #keep(summary: StoreSummary): void {
    const kept = summary as unknown as Record<string, unknown>;
    for (const name in kept) {
      const value = kept[name];
      if (name === "path") continue;
      if (typeof value === "string") kept[name] = this.#once(value, value);
      else if (typeof value === "object")
        kept[name] = this.#once(`\0${JSON.stringify(value)}`, value);
    }
    this.#summaries.push(summary);
  }

  /** @param key - a text itself; of an object its JSON behind a NUL, which no text has */
  #once(key: string, value: unknown): unknown {
    const known = this.#alike.get(key);
    if (known !== undefined) return known;
    this.#alike.set(key, value);
    return value;
  }

  /** Takes out what was seen since the last call. */
  drain(): SeenPart {
    const { files, opened } = this;
    this.files = 0;
    this.opened = 0;
    return { files, opened, summaries: this.#summaries.splice(0), judged: this.#run.drain() };
  }

  absorb({ files, opened, summaries, judged }: SeenPart): void {
    this.files += files;
    this.opened += opened;
    for (const summary of summaries) this.#keep(summary);
    this.#run.absorb(judged);
  }

  summaries(): readonly StoreSummary[] {
    return this.#summaries.sort((a, b) => (a.path < b.path ? -1 : a.path > b.path ? 1 : 0));
  }
}
