import { toHex } from "../../bytes/octets.ts";
import { digest } from "../../crypto/digest.ts";
import type { Place } from "../../model/finding.ts";
import type { StoreRecord } from "../inventory-view.ts";
import { rule } from "../rule.ts";
import { folderOf } from "../stores.ts";

export const passwordShared = rule({
  id: "password-shared",
  on: "inventory",
  severity: "warning",
  title: "one password opens stores of several places",
  cites: ["CWE-1391", "practice: one password for each store"],
  profiles: ["strict", "pci"],
  *check({ stores }) {
    const groups = new Map<string, StoreRecord[]>();
    for (const record of stores) {
      const { passwordTag, passwordWellKnown } = record;
      // A well-known one is told at each store.
      if (passwordTag === undefined || passwordWellKnown === true) continue;
      const group = groups.get(passwordTag);
      if (group === undefined) groups.set(passwordTag, [record]);
      else group.push(record);
    }
    for (const group of groups.values()) {
      const folders = [...new Set(group.map(({ path }) => folderOf(path)))].sort();
      if (folders.length < 2) continue;
      const paths = group.map(({ path }) => path).sort();
      // The tag is another one in each run; the paths are not.
      const key = toHex(digest("sha256", new TextEncoder().encode(paths.join("\u0000"))));
      const places = paths.map((path) => ({ path })) as [Place, ...Place[]];
      yield { key, places, facts: { stores: paths.length, folders } };
    }
  },
  explain: ({ stores, folders }) =>
    `${stores} stores in ${(folders as readonly string[]).length} directories have the same password: who learns it at one place has all.`,
  fix: () =>
    "Give each its own random password with keytool -storepasswd or runmqakm -keydb -changepw -stash.",
});
