import { sha256Hex } from "../../crypto/digest.ts";
import type { StashFacts } from "../../model/inventory.ts";
import type { Secret } from "../../model/secret.ts";
import type { FormatId } from "../../model/store.ts";
import type { Found, StoreCache } from "./cache.ts";
import { type KeptStore, packed, revived } from "./cache-record.ts";
import { type Opening, openQuietly, type PasswordOrigin } from "./opening.ts";
import type { PasswordChoices } from "./password-choices.ts";
import { pendingBeside } from "./pending.ts";
import type { FileBeside, StoreFile } from "./store-file.ts";

/** As `openQuietly`, unless the cache knows. */
export async function openCached(
  source: StoreFile,
  format: FormatId,
  choices: PasswordChoices,
  cache: StoreCache,
): Promise<Opening> {
  // Nothing of these is derived or decrypted: a record would be the file once more.
  if (format === "pem" || format === "der") return openQuietly(source, format, choices);
  let bytes: Uint8Array;
  try {
    bytes = await source.read();
  } catch {
    return openQuietly(source, format, choices);
  }
  const beside = format === "kdb" || format === "pkcs12" ? await source.beside(".sth") : undefined;
  const key = keyOf(bytes, beside, choices, source.path);
  const found = cache.get(key);
  if (found !== undefined) {
    const opening = await fromRecord(found, source, beside, choices);
    if (opening !== undefined) return opening;
  }
  const opening = await openQuietly({ ...source, read: async () => bytes }, format, choices);
  cache.put(key, packed(opening));
  return opening;
}

/** All that the result depends on beside what the header has. */
function keyOf(
  bytes: Uint8Array,
  beside: FileBeside | undefined,
  choices: PasswordChoices,
  path: string,
): string {
  const given = choices.given(path).map(({ index }) => index);
  const stash =
    beside === undefined ? "" : `${beside.file.size}@${beside.file.modified?.getTime() ?? 0}`;
  const own = sha256Hex(bytes);
  // Most depend on nothing else. A file whose text reads like the one below would be no store.
  if (given.length === 0 && stash === "") return own;
  const text = `${own}/${given.join("+")}/${stash}`;
  return sha256Hex(new TextEncoder().encode(text));
}

async function fromRecord(
  found: Found,
  source: StoreFile,
  beside: FileBeside | undefined,
  choices: PasswordChoices,
): Promise<Opening | undefined> {
  const { kept, certificateAt } = found;
  const { path, file } = source;
  try {
    const stash = stashOf(kept.stash, beside);
    if ("code" in kept) {
      const { stash: _, ...refused } = kept;
      return { refused: { path, file, ...refused, ...(stash === undefined ? {} : { stash }) } };
    }
    const secret = await secretOf(kept, beside, choices);
    found.store ??= revived(kept, certificateAt);
    return {
      store: {
        path,
        file,
        ...found.store,
        ...(secret === undefined || kept.origin === undefined
          ? {}
          : { password: choices.judge.facts(secret, kept.origin.kind) }),
        ...(stash === undefined ? {} : { stash }),
        // Not of the record: the requests come and go without a change of the key database.
        ...(kept.container.format === "kdb" ? await pendingBeside(source) : {}),
      },
    };
  } catch {
    return undefined; // a record that was tampered with, or a stash that is gone: opened anew
  }
}

type KeptStash = Omit<StashFacts, "path" | "file">;

function stashOf(
  kept: KeptStash | undefined,
  beside: FileBeside | undefined,
): StashFacts | undefined {
  if (kept === undefined || beside === undefined) return undefined;
  return { path: beside.path, file: beside.file, ...kept };
}

/** The password that opened it, from where it came from then: its facts are for this run only. */
async function secretOf(
  { origin }: KeptStore & { origin?: PasswordOrigin },
  beside: FileBeside | undefined,
  choices: PasswordChoices,
): Promise<Secret | undefined> {
  if (origin === undefined) return undefined;
  if (origin.kind === "given") return choices.all[origin.index];
  if (origin.kind === "well-known") return choices.wellKnown[origin.index];
  if (beside === undefined) throw new Error("the stash is gone");
  const { readStash } = await import("../../codecs/kdb/stash.ts");
  return readStash(await beside.read());
}
