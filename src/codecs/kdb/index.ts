import { PkiError } from "../../model/error.ts";
import type { Secret } from "../../model/secret.ts";
import type { KeyMaterial } from "../../model/store.ts";
import type { Codec, Passwords } from "../codec.ts";
import { newContainer } from "./companions.ts";
import { KDB_SCHEME } from "./entry.ts";
import { isKdb } from "./layout.ts";
import { PROTECTIONS } from "./protection.ts";
import { answersKdb, readKdb } from "./read.ts";

export { type Companions, changeExpiry, newCompanions } from "./companions.ts";
export { type KdbType, kdbType } from "./layout.ts";

/**
 * GSKit's key database ("CMS"): `.kdb`, and its companions `.rdb` (requests) and `.crl`.
 *
 * All three are one layout, told apart by the type in the header: `kdbType(container)`. New stores are
 * `.kdb`; `newCompanions` makes the other two. Requests are held by a `.rdb` only: writing one into a
 * `.kdb` is refused, since GSKit refuses such a file.
 */
export const kdbCodec: Codec = {
  format: "kdb",
  title: "KDB",
  extensions: [".kdb"],
  /** Of all files together. The writer refuses a new request or secret key in a `.kdb`, and keeps one that was read. */
  holds: ["key", "trusted", "request", "secret"],
  protections: PROTECTIONS,
  listsWithoutPassword: true,
  sniff: isKdb,
  read: readKdb,
  answers: answersKdb,
  /** GSKit compares labels byte by byte. */
  sameLabel: (a, b) => a === b,
  storedLabel: (label) => label,
  async write(store, container, passwords, random) {
    const { writeKdb } = await import("./write.ts");
    return await writeKdb(store, container, passwords, random);
  },
  create: (options, random) => newContainer("key", options, random),
  unseal,
};

async function unseal(key: KeyMaterial, passwords: Passwords): Promise<Secret> {
  if (key.state === "open") return key.pkcs8.copy();
  if (key.scheme !== KDB_SCHEME) {
    throw new PkiError("format-unsupported", "the key is not sealed as key databases seal it");
  }
  const password = passwords.key ?? passwords.store;
  if (password === undefined) {
    throw new PkiError("password-missing", "the key needs the password of its key database");
  }
  const { openKey } = await import("./protect.ts");
  return await openKey(key.blob, password);
}
