import type { Host } from "../io/host.ts";
import { PkiError } from "../model/error.ts";
import { type NewStoreOptions, newStore } from "./new-store.ts";
import type { Opened } from "./open.ts";
import type { Outcome } from "./outcome.ts";
import { saveStore } from "./save.ts";

export interface CreateResult {
  readonly made: Opened;
  /** Every file of the store, itself first. */
  readonly files: readonly string[];
}

/** Makes an empty store, and for a key database what GSKit keeps beside it. */
export async function createStore(
  host: Host,
  path: string,
  options: NewStoreOptions,
): Promise<Outcome<CreateResult>> {
  const made = await newStore(host, path, options);
  if (made.codec.format === "pem") {
    throw new PkiError("format-cannot-hold", "an empty PEM store would be an empty file", {
      path,
      hint: `pki add ${path} FILE --create makes it with its first certificate`,
    });
  }
  const writes = await saveStore(made, made.store, [`empty ${made.codec.title} store`]);
  const files = writes.map((write) => write.path);
  return { result: { made, files }, notices: made.notices, appends: [], writes };
}
