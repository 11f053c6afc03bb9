import { equalBytes } from "../bytes/octets.ts";
import type { Codec, Passwords } from "../codecs/codec.ts";
import type { FileWrite } from "../io/host.ts";
import { PkiError } from "../model/error.ts";
import type { Entry, KeyMaterial, Store } from "../model/store.ts";
import type { Opened } from "./open.ts";
import type { Notice } from "./outcome.ts";

/**
 * Turns a changed store into the writes that bring it to disk: the store with its own codec, version and
 * protection, and for a new key database what belongs beside it.
 *
 * @param summary - what changes, one line each, such as `add signer "ca"`
 * @throws PkiError `format-cannot-hold` and what else the codec refuses
 */
export async function saveStore(
  opened: Opened,
  store: Store,
  summary: readonly string[],
): Promise<readonly FileWrite[]> {
  const { codec, container, passwords, random, path } = opened;
  refuseKinds(opened, store);
  let bytes: Uint8Array;
  try {
    bytes = await codec.write(store, container, passwords, random);
  } catch (error) {
    throw error instanceof PkiError ? error.at({ path }) : error;
  }
  const own: FileWrite = {
    path,
    bytes,
    expect: opened.expect,
    private: isPrivate(store, codec),
    verify: async (written) => verifyStore(written, store, opened),
    summary,
  };
  const companions = opened.companions.map(
    (companion): FileWrite => ({
      path: companion.path,
      bytes: companion.bytes,
      expect: { absent: true },
      private: true,
      summary: [companion.what],
    }),
  );
  return [own, ...companions];
}

/** A keystore is made private even while it holds no key: the next command may put one in. PEM with certificates alone is for everyone. */
function isPrivate(store: Store, codec: Codec): boolean {
  return codec.format !== "pem" || store.entries.some((entry) => entry.kind !== "trusted");
}

/** What to say where a private key goes into a file that others can read: its mode is kept, since a product may need it. */
export function readableNotices({ path, mode }: Opened): readonly Notice[] {
  if ((mode & 0o077) === 0) return [];
  const who = (mode & 0o007) === 0 ? "its group" : "others";
  const message = `can be read by ${who} (mode ${mode.toString(8)}) and holds a private key now`;
  return [{ level: "warning", path, message }];
}

function refuseKinds({ codec, path }: Opened, store: Store): void {
  const refused = store.entries.find((entry) => !codec.holds.includes(entry.kind));
  if (refused === undefined) return;
  throw new PkiError(
    "format-cannot-hold",
    `${codec.title} holds no entry of kind ${refused.kind}`,
    {
      path,
      where: refused.label,
    },
  );
}

/**
 * Reads back what is about to be written and compares entry by entry.
 *
 * @throws PkiError `internal` where our own bytes do not give the store again: nothing is written then
 */
async function verifyStore(written: Uint8Array, wanted: Store, opened: Opened): Promise<void> {
  const { codec, passwords, path } = opened;
  const broken = (where: string, cause?: unknown) =>
    new PkiError("internal", "what was about to be written does not read back as it should", {
      path,
      where,
      hint: "nothing was written; please report this",
      ...(cause === undefined ? {} : { cause }),
    });
  let read: Store;
  try {
    read = (await codec.read(written, passwords)).store;
  } catch (error) {
    throw broken("file", error);
  }
  if (read.entries.length !== wanted.entries.length) throw broken("entries");
  for (const [i, entry] of wanted.entries.entries()) {
    const back = read.entries[i] as Entry;
    if (!(await sameEntry(entry, back, codec, passwords))) throw broken(`entries/${i}`);
  }
}

async function sameEntry(
  wanted: Entry,
  back: Entry,
  codec: Codec,
  passwords: Passwords,
): Promise<boolean> {
  if (codec.storedLabel(wanted.label) !== codec.storedLabel(back.label)) return false;
  if (wanted.kind === "trusted") {
    return (
      back.kind === "trusted" &&
      wanted.certificate.sha256 === back.certificate.sha256 &&
      wanted.enabled === back.enabled
    );
  }
  if (back.kind === "trusted" || wanted.kind !== back.kind) return false;
  if (wanted.kind === "key" && back.kind === "key") {
    const ours = wanted.chain.map(({ sha256 }) => sha256);
    const theirs = back.chain.map(({ sha256 }) => sha256);
    // A key database keeps the leaf alone; the rest of the chain is whatever signers it holds. PKCS#12
    // and PEM keep certificates side by side: a signer that was added may complete another's chain.
    const grows = codec.format === "pkcs12" || codec.format === "pem";
    const longer = grows ? ours.length : Math.max(ours.length, theirs.length);
    const compared = codec.format === "kdb" ? 1 : longer;
    for (let i = 0; i < compared; i++) if (ours[i] !== theirs[i]) return false;
  }
  return sameKey(wanted.key, back.key, codec, passwords);
}

/** A key that was sealed must be there as it was; one that we sealed must open to what it was. */
async function sameKey(
  wanted: KeyMaterial,
  back: KeyMaterial,
  codec: Codec,
  passwords: Passwords,
): Promise<boolean> {
  if (wanted.state === "sealed") {
    return back.state === "open" || equalBytes(wanted.blob, back.blob);
  }
  const opened = await codec.unseal(back, passwords);
  try {
    return opened.equals(wanted.pkcs8);
  } finally {
    opened.dispose();
  }
}
