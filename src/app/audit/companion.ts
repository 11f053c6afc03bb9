import { readPem } from "../../bytes/pem.ts";
import { indexOfAscii } from "../../codecs/sniff.ts";
import type { Companion, FileFacts, RefusedFile } from "../../model/inventory.ts";
import type { RevocationList } from "../../model/revocation-list.ts";
import { parseCrl } from "../../x509/crl.ts";
import type { StoreFile } from "./store-file.ts";

const CRL_LABEL = "X509 CRL";
/** Names of the stores that a stash may belong to. */
const STASHED = [".kdb", ".p12", ".pfx", ".rdb"];

/** What a file beside the stores holds: something to judge, a store after all, or nothing. */
export type FoundCompanion = Companion | "store" | undefined;

/**
 * Reads a file that is no store and is judged all the same.
 *
 * @throws PkiError what reading it ran into
 */
export async function readCompanion(
  kind: "crl" | "stash",
  source: StoreFile,
): Promise<FoundCompanion> {
  const { path, file } = source;
  if (kind === "stash") {
    for (const extension of STASHED) {
      if ((await source.beside(extension)) !== undefined) return undefined; // judged with its store
    }
    return { kind, path, file };
  }
  const bytes = await source.read();
  if (bytes[0] === 0x30) return { kind, path, file, lists: [parseCrl(bytes)] };
  const blocks = readPem(bytes);
  if (blocks.some(({ label }) => label !== CRL_LABEL)) return "store";
  const lists = blocks.map(({ der }, i) => parseCrl(der, `blocks/${i}`));
  return { kind, path, file, lists };
}

/** The revocation lists that stand in a text beside certificates. @throws PkiError `format-malformed` */
export function listsIn(text: Uint8Array): readonly RevocationList[] {
  if (indexOfAscii(text, `-----BEGIN ${CRL_LABEL}-----`) === -1) return [];
  return readPem(text).flatMap(({ label, der }, i) =>
    label === CRL_LABEL ? [parseCrl(der, `blocks/${i}`)] : [],
  );
}

/** Bytes of all revocation lists that one audit keeps: they are compared at its end. */
const MAX_LIST_BYTES = 256 * 1024 * 1024;

/** Keeps count of them. */
export class ListBudget {
  #bytes = 0;

  /** The companion, or why it is not taken. */
  take(companion: Companion): Companion | { readonly refused: RefusedFile } {
    if (companion.kind !== "crl") return companion;
    const { path, file, lists } = companion;
    this.#bytes += lists.reduce((sum, { der }) => sum + der.length, 0);
    if (this.#bytes <= MAX_LIST_BYTES) return companion;
    return { refused: tooMany(path, file) };
  }
}

function tooMany(path: string, file: FileFacts): RefusedFile {
  const message = `one audit takes revocation lists of ${MAX_LIST_BYTES} bytes together`;
  return { path, file, format: "crl", code: "limit-exceeded", message };
}
