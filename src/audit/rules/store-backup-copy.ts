import { rule } from "../rule.ts";
import { isKeystore, mayHoldKeys, nameOf } from "../stores.ts";

/** `key.kdb.bak`, `key.kdb~`, `key.old.jks`, `Copy of key.p12`, `key.kdb.20240131`. */
const COPY =
  /(?:\.(?:bak|backup|old|orig|save|saved|bck|bkp)\d*(?:\.[a-z0-9]{2,8})?|~|\.(?:kdb|jks|p12|pfx)\.\d{6,14})$|^(?:copy of |kopie von )|[ _-](?:copy|kopie|backup)(?: ?\(?\d+\)?)?\.[a-z0-9]{2,8}$/i;

export const storeBackupCopy = rule({
  id: "store-backup-copy",
  on: "file",
  severity: "warning",
  title: "a forgotten copy of a keystore",
  cites: ["CWE-530", "PCI DSS 4.0.1 §3.6.1.4: keys in the fewest possible locations"],
  profiles: ["default"],
  check(subject) {
    const name = nameOf(subject.path);
    const keys = subject.opened === undefined ? isKeystore(subject.format) : mayHoldKeys(subject);
    return keys && COPY.test(name) ? { facts: { name } } : undefined;
  },
  explain: ({ name }) =>
    `${name} looks like a backup of a keystore: it keeps private keys, often under an old password, and nobody renews it.`,
  fix: () => "Delete it when the store beside it works, or move it to where backups are guarded.",
});
