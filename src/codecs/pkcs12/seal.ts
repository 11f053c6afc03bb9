import { wipePassword } from "../../crypto/password.ts";
import { renewPbe, sealKey } from "../../crypto/pbe.ts";
import type { Pbe } from "../../crypto/pbe-scheme.ts";
import { PkiError } from "../../model/error.ts";
import type { Secret } from "../../model/secret.ts";
import type { Entry, KeyMaterial } from "../../model/store.ts";
import type { Passwords, Random } from "../codec.ts";
import type { Bag } from "./bag.ts";
import { CARRIED_SCHEME, originOf, PKCS12_SCHEME } from "./entries.ts";
import { type PasswordForm, passwordIn } from "./password-form.ts";
import { openKey } from "./read.ts";

/** The key of each entry as it is to be written: sealed, or `plain` where the file had it so. */
export type WrittenKeys = ReadonlyMap<Entry, Uint8Array | "plain">;

export interface Sealing {
  readonly pbe: Pbe;
  readonly form: PasswordForm;
  /** Open what is sealed already and seal everything by `pbe`. */
  readonly anew: boolean;
  /** The bags of the file that is written again. */
  readonly own: ReadonlySet<Bag>;
}

/**
 * Seals what is to be sealed, all keys side by side; salts are drawn in the order of the entries.
 *
 * @throws PkiError `format-cannot-hold` for a key that another format sealed; what opening a key
 *   throws where all are to be sealed anew
 */
export async function sealKeys(
  entries: readonly Entry[],
  sealing: Sealing,
  passwords: Passwords,
  random: Random,
): Promise<WrittenKeys> {
  const password = passwords.key ?? passwords.store;
  if (password === undefined) throw new RangeError("sealing needs a password");
  const work: Promise<readonly [Entry, Uint8Array | "plain"]>[] = [];
  for (const entry of entries) {
    if (entry.kind === "trusted" || entry.kind === "request") continue;
    const kept = keptKey(entry, entry.key, sealing);
    if (kept !== undefined) {
      work.push(Promise.resolve([entry, kept]));
      continue;
    }
    const pbe = renewPbe(sealing.pbe, random);
    work.push(
      sealOne(entry.key, pbe, sealing.form, password, passwords).then((blob) => [entry, blob]),
    );
  }
  return new Map(await Promise.all(work));
}

/** What is written as it is; undefined for what has to be sealed. */
function keptKey(
  entry: Entry,
  key: KeyMaterial,
  { anew, own }: Sealing,
): Uint8Array | "plain" | undefined {
  if (key.state === "sealed") {
    if (key.scheme === CARRIED_SCHEME) return key.blob;
    if (key.scheme !== PKCS12_SCHEME) {
      throw new PkiError("format-cannot-hold", "the key is sealed in another format's way", {
        where: entry.label,
        hint: "open it with its password first",
      });
    }
    return anew ? undefined : key.blob;
  }
  const bag = originOf(entry)?.key;
  const untouched = bag?.kind === "plain-key" && bag.pkcs8 === key.pkcs8 && own.has(bag);
  return untouched && !anew ? "plain" : undefined;
}

async function sealOne(
  key: KeyMaterial,
  pbe: Pbe,
  form: PasswordForm,
  password: Secret,
  passwords: Passwords,
): Promise<Uint8Array> {
  const opened = key.state === "open" ? key.pkcs8.copy() : await openKey(key.blob, passwords);
  const octets = passwordIn(form, password);
  const pkcs8 = opened.use((bytes) => bytes.slice());
  try {
    return await sealKey(pbe, pkcs8, octets);
  } finally {
    pkcs8.fill(0);
    opened.dispose();
    wipePassword(octets);
  }
}
