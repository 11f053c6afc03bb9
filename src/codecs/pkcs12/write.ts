import { KdfBudget } from "../../crypto/kdf.ts";
import { wipePassword } from "../../crypto/password.ts";
import { PkiError } from "../../model/error.ts";
import type { Secret } from "../../model/secret.ts";
import type { Container, Entry, Store } from "../../model/store.ts";
import type { Passwords, Random } from "../codec.ts";
import { originOf } from "./entries.ts";
import type { Layout } from "./layout.ts";
import { computeMac, encodeMac, macMatches, renewMac } from "./mac.ts";
import { passwordIn } from "./password-form.ts";
import { encodePfx, readPfx } from "./pfx.ts";
import { planOf, planSafes } from "./plan.ts";
import { encodeSafes } from "./safe.ts";

/**
 * Writes a PKCS#12 file, always with a MAC.
 *
 * An unchanged file is given back as it was. A changed one keeps its parts, their order and protection,
 * its MAC's algorithm and iterations, and every bag that was not changed; only salts and IVs are fresh.
 * Another `container.protection` than the file's seals everything anew.
 *
 * Keys that are open are sealed with `passwords.key ?? passwords.store`. Trusted entries that are added
 * carry Oracle's attribute, so that Java sees them.
 *
 * @throws PkiError `password-missing` without a store password; `format-cannot-hold` for a request, a
 *   trusted entry with trust switched off, a chain that its names do not give, a key that another
 *   format sealed, or a protection that cannot be chosen; `label-exists` for two labels that Java takes
 *   for one, unless the file had them
 */
export async function writePkcs12(
  store: Store,
  container: Container,
  passwords: Passwords,
  random: Random,
): Promise<Uint8Array> {
  const { store: password } = passwords;
  if (password === undefined) {
    throw new PkiError("password-missing", "a PKCS#12 file needs a password for its MAC");
  }
  const layout = container.rest?.pkcs12 as Layout | undefined;
  if (layout?.protection === container.protection) {
    const unchanged = await unchangedFile(layout, store, password);
    if (unchanged !== undefined) return unchanged;
  }
  refuseLabels(store.entries);
  const plan = planOf(layout, container.protection);
  const safes = await planSafes(store.entries, plan, passwords, random);
  const octets = passwordIn(plan.form, password);
  try {
    const content = await encodeSafes(safes, octets, random);
    const mac = renewMac(plan.mac, random);
    return encodePfx(content, encodeMac({ mac, value: await computeMac(mac, content, octets) }));
  } finally {
    wipePassword(octets);
  }
}

/** The very file, where nothing was changed and the password is still its own. */
async function unchangedFile(
  { original, mac, form }: Layout,
  store: Store,
  password: Secret,
): Promise<Uint8Array | undefined> {
  if (original === undefined || mac === undefined) return undefined;
  const { bytes, entries } = original;
  if (entries.length !== store.entries.length) return undefined;
  if (!entries.every((entry, i) => entry === store.entries[i])) return undefined;
  const pfx = readPfx(bytes);
  if (pfx.mac === undefined) return undefined;
  const octets = passwordIn(form, password);
  const own = await macMatches(pfx.mac, pfx.content, octets, new KdfBudget());
  wipePassword(octets);
  return own ? bytes.slice() : undefined;
}

/** Java would lose one of two such entries. A file that has them already keeps them. */
function refuseLabels(entries: readonly Entry[]): void {
  const seen = new Map<string, Entry>();
  for (const entry of entries) {
    const key = entry.label.toLowerCase();
    const other = seen.get(key);
    seen.set(key, entry);
    if (other === undefined) continue;
    if (originOf(entry) !== undefined && originOf(other) !== undefined) continue;
    throw new PkiError("label-exists", "the label is taken by an entry of the same letters", {
      where: entry.label,
      hint: "choose a label that differs by more than case",
    });
  }
}
