import type { StoreSummary } from "../../audit/report.ts";
import type { AuditRun, JudgedPart } from "../../audit/run.ts";
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

/** Has everything judged that passes by, and keeps count for the report. */
export class Seen {
  files = 0;
  opened = 0;
  readonly #budget = new ListBudget();
  readonly #run: AuditRun;
  readonly #summaries: StoreSummary[] = [];

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
      this.#summaries.push({ path, ...named, opened: false, code, message });
      return;
    }
    const { store } = seen;
    this.#run.store(store);
    this.opened++;
    const { format, version, protection, integrity, iterations, protections } = store.container;
    this.#summaries.push({
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
    for (const summary of summaries) this.#summaries.push(summary);
    this.#run.absorb(judged);
  }

  summaries(): readonly StoreSummary[] {
    return this.#summaries.sort((a, b) => (a.path < b.path ? -1 : a.path > b.path ? 1 : 0));
  }
}
