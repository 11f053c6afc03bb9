import type { Host } from "../io/host.ts";
import type { Entry } from "../model/store.ts";
import { requireEntry } from "./find.ts";
import { expiryNotice, shownEntries } from "./list.ts";
import { type Opened, type OpenOptions, openStore } from "./open.ts";
import type { Outcome } from "./outcome.ts";

export interface ShowResult {
  readonly opened: Opened;
  /** The one that was asked for, else all. */
  readonly entries: readonly Entry[];
}

/**
 * Opens a store to show its entries in full.
 *
 * @throws PkiError `label-unknown`; what opening runs into
 */
export async function showStore(
  host: Host,
  path: string,
  label: string | undefined,
  options: Omit<OpenOptions, "purpose">,
): Promise<Outcome<ShowResult>> {
  const opened = await openStore(host, path, { ...options, purpose: "list" });
  const entries = label === undefined ? shownEntries(opened) : [requireEntry(opened, label)];
  const notices = [...opened.notices, ...expiryNotice(opened, host)];
  return { result: { opened, entries }, notices, appends: [], writes: [] };
}
