import type { Host } from "../io/host.ts";
import { PkiError } from "../model/error.ts";
import type { Entry } from "../model/store.ts";
import { type Opened, type OpenOptions, openStore } from "./open.ts";
import type { Notice, Outcome } from "./outcome.ts";

export interface ListResult {
  /** Stores that could be opened, in the order they were named. */
  readonly stores: readonly Opened[];
  /** One error for each store that could not. */
  readonly failures: readonly PkiError[];
}

export type ListOptions = Omit<OpenOptions, "purpose">;

/**
 * Opens each store for looking at it. A store that cannot be opened does not hide the others.
 *
 * @throws PkiError the store's own, where only one was named; `usage` for none
 */
export async function listStores(
  host: Host,
  paths: readonly string[],
  options: ListOptions,
): Promise<Outcome<ListResult>> {
  const stores: Opened[] = [];
  const failures: PkiError[] = [];
  for (const path of paths) {
    try {
      stores.push(await openStore(host, path, { ...options, purpose: "list" }));
    } catch (error) {
      if (!(error instanceof PkiError) || paths.length === 1 || error.code === "usage") throw error;
      if (error.code === "interrupted") throw error;
      failures.push(error);
    }
  }
  const notices = stores.flatMap((opened) => [...opened.notices, ...expiryNotice(opened, host)]);
  return { result: { stores, failures }, notices, appends: [], writes: [] };
}

/** GSKit refuses a key database whose password has expired (code 107), however good its certificates. */
export function expiryNotice({ path, container }: Opened, host: Host): readonly Notice[] {
  const expires = container.passwordExpires;
  if (expires === undefined || expires > host.now()) return [];
  const message = "the store's password has expired: GSKit refuses the store (code 107)";
  return [{ level: "warning", path, message }];
}

/** The entries that are shown: those of the store, then the pending requests beside it. */
export function shownEntries(opened: Opened): readonly Entry[] {
  return [...opened.store.entries, ...opened.requests];
}
