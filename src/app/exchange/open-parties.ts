import type { Host } from "../../io/host.ts";
import { PkiError } from "../../model/error.ts";
import { isWrongPassword, type Opened, openStore } from "../open.ts";
import { beside, stashPath } from "../store-path.ts";
import type { Party } from "./party.ts";

/** The passwords a user gave for an exchange: for everybody, and for single parties. */
export interface PartyPasswords {
  readonly password?: string;
  readonly passwordFor: ReadonlyMap<Party, string>;
}

/** The password file of a party that was made: beside its store, mode 0600. */
export function passwordFile(party: Party): string {
  return beside(party.path, ".password");
}

/**
 * Opens a party's store to change it.
 *
 * The password: `--password-for` this party; else `--password` for everybody, and where that is not this
 * store's, the one that stands beside it (stash or password file); else the password file of a party that
 * was made; else as always (stash, PKI_PASSWORD, prompt).
 *
 * @throws PkiError as `openStore`; a wrong `--password` names `--password-for`
 */
export async function openParty(host: Host, party: Party, given: PartyPasswords): Promise<Opened> {
  const { path } = party;
  const single = given.passwordFor.get(party);
  if (single !== undefined) {
    const passwordOption = "--password-for";
    return await openStore(host, path, { purpose: "change", password: single, passwordOption });
  }
  const kept = await keptBeside(host, party);
  if (given.password === undefined) {
    const file = kept?.startsWith("file:") === true ? { password: kept } : {};
    return await openStore(host, path, { purpose: "change", ...file });
  }
  try {
    return await openStore(host, path, { purpose: "change", password: given.password });
  } catch (error) {
    if (!isWrongPassword(error)) throw error;
    if (kept !== undefined) {
      return await openStore(host, path, { purpose: "change", password: kept });
    }
    const hint = `where the stores have different passwords: --password-for ${party.name}=SOURCE`;
    const { code, message, where } = error as PkiError;
    throw new PkiError(code, message, {
      path,
      hint,
      cause: error,
      ...(where === undefined ? {} : { where }),
    });
  }
}

/** Where this very store's password is kept, as a source of the password grammar. */
async function keptBeside(host: Host, party: Party): Promise<string | undefined> {
  const exists = async (path: string) =>
    path !== party.path && (await host.files.stat(path)).kind === "file";
  if (party.folder !== undefined && (await exists(passwordFile(party)))) {
    return `file:${passwordFile(party)}`;
  }
  return (await exists(stashPath(party.path))) ? "stash" : undefined;
}
