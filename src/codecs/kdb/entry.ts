import type { Certificate } from "../../model/certificate.ts";
import type { Entry } from "../../model/store.ts";
import type { KdbHome } from "./layout.ts";
import type { KdbRecord } from "./record.ts";

/** The scheme of a key that is sealed as key databases seal it: EncryptedPrivateKeyInfo under the password's bytes. */
export const KDB_SCHEME = "kdb";

/** What the codec keeps of a record in `Entry.rest`. */
export type KdbEntryRest = {
  /** The file that the record came from: in another file its number and its seal mean nothing. */
  readonly home: KdbHome;
  readonly record: KdbRecord;
  /** The label as it was shown; while the entry still has it, the bytes as found are written. */
  readonly label: string;
  /** The chain as completed on read: a chain that is still the same needs no proof of its signers. */
  readonly chain: readonly Certificate[] | undefined;
};

/** The codec's own part of an entry if it came from the file `home`. */
export function restOf(entry: Entry, home: KdbHome | undefined): KdbEntryRest | undefined {
  const rest = entry.rest as KdbEntryRest | undefined;
  return home !== undefined && rest?.home === home ? rest : undefined;
}
