import { DerReader } from "../../bytes/der-reader.ts";
import { Tag } from "../../bytes/der-tag.ts";
import { toHex } from "../../bytes/octets.ts";
import { codecFor } from "../../codecs/index.ts";
import { digest } from "../../crypto/digest.ts";
import { PkiError } from "../../model/error.ts";
import type { OpenedStore, PendingRequest } from "../../model/inventory.ts";
import type { StoreFile } from "./store-file.ts";

/** The requests of the `.rdb` beside a key database, which shows them without a password. */
export async function pendingBeside(
  source: Pick<StoreFile, "beside">,
): Promise<Pick<OpenedStore, "pending" | "pendingFile">> {
  const beside = await source.beside(".rdb");
  if (beside === undefined) return {};
  try {
    const codec = await codecFor("kdb");
    const { store } = await codec.read(await beside.read(), {});
    const pending: PendingRequest[] = [];
    for (const entry of store.entries) {
      if (entry.kind !== "request") continue;
      pending.push({ label: entry.label, spki: keyOf(entry.pkcs10) });
    }
    if (pending.length === 0) return {};
    return { pending, pendingFile: { path: beside.path, file: beside.file } };
  } catch (error) {
    // Nobody asked for it: the key database is what is audited.
    if (error instanceof PkiError) return {};
    throw error;
  }
}

/** Of a PKCS#10 request (RFC 2986 §4.1). @throws PkiError `format-malformed` */
function keyOf(pkcs10: Uint8Array): string {
  const info = new DerReader(pkcs10, "request").sequence("").sequence("info");
  info.next(Tag.integer, "version");
  info.next(Tag.sequence, "subject");
  const spki = info.raw(info.next(Tag.sequence, "public key"));
  return toHex(digest("sha256", spki));
}
