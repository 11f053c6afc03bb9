import { Recurring } from "../../bytes/recent.ts";
import type { ReadResult } from "../../codecs/codec.ts";
import { sha256Hex } from "../../crypto/digest.ts";
import type { RevocationList } from "../../model/revocation-list.ts";

/** Bytes of files whose contents are kept: those are views of the file. */
const MOST_BYTES = 32 * 1024 * 1024;

/** What a file of certificates alone holds: nothing in it depends on where it stands, or on a password. */
export interface Bundle {
  readonly read: ReadResult;
  readonly lists: readonly RevocationList[];
}

interface Kept {
  readonly bundle: Bundle;
  readonly bytes: number;
}

/**
 * Contents of PEM and DER files by their SHA-256: hosts and images all have the same few bundles of
 * certificates. Kept from the second time on, the oldest forgotten first.
 */
export class KnownBundles {
  readonly #kept = new Recurring<Kept>(MOST_BYTES, ({ bytes }) => bytes);

  /**
   * What the bytes hold, read by `read` unless it is known.
   *
   * @throws PkiError what `read` throws, every time anew: an error names its place
   */
  async of(bytes: Uint8Array, format: string, read: () => Promise<Bundle>): Promise<Bundle> {
    const key = `${sha256Hex(bytes)}${format}`;
    const known = this.#kept.get(key);
    if (known !== undefined) return known.bundle;
    const bundle = await read();
    const bare = bundle.read.store.entries.every(({ kind }) => kind === "trusted");
    if (bare) this.#kept.offer(key, { bundle, bytes: bytes.length });
    return bundle;
  }
}
