import type { SettingsFile } from "../../../model/inventory.ts";
import { type Disk, findStore, type Where } from "./find-store.ts";
import { storesNamedIn } from "./named-stores.ts";
import { passwordsAmong } from "./passwords.ts";
import { settingsOf } from "./settings-file.ts";

/** What a configuration file says about stores; undefined where it says nothing. */
export async function readSettings(
  where: Where,
  text: string,
  disk: Disk,
): Promise<Omit<SettingsFile, "kind" | "path" | "file"> | undefined> {
  const passwords = passwordsAmong(settingsOf(where.path, text));
  const named = storesNamedIn(where.path, text);
  if (passwords.length === 0 && named.length === 0) return undefined;
  const stores = await Promise.all(named.map((one) => findStore(one, where, disk)));
  return stores.length === 0 ? { passwords } : { passwords, stores };
}
