import { basename, extname, join } from "node:path";
import type { Host } from "../../io/host.ts";
import { PkiError } from "../../model/error.ts";

/** The format of a party that `exchange` makes. */
export type PartyType = "p12" | "kdb" | "jks";

/** One argument of `exchange`, understood. */
export interface Party {
  /** As the user typed it. */
  readonly argument: string;
  /** What messages and options call it: the folder's name, or the file's name without its extension. */
  readonly name: string;
  /** The keystore. */
  readonly path: string;
  /** True: neither the folder nor the store is there yet; `exchange` makes them. */
  readonly made: boolean;
  /** The folder of a named party; a party that is a file has none. */
  readonly folder?: string;
}

const EXTENSIONS: Readonly<Record<PartyType, string>> = { p12: ".p12", kdb: ".kdb", jks: ".jks" };
const STORE_EXTENSIONS = [".kdb", ".p12", ".pfx", ".jks", ".jceks", ".pem"];

/** A name that becomes a folder, a file name, a label and a common name. */
const NAME = /^[\p{L}\p{N}][\p{L}\p{N} ._@+-]{0,63}$/u;

/**
 * Understands the arguments of `exchange`.
 *
 * A file is a store. A folder is a party that was made before: its store is the one with the folder's
 * name, else the only one in it. An argument that is nothing yet and has no extension is a party to make.
 *
 * @throws PkiError `usage` for fewer than two, or two that are the same store; `file-not-found` for a
 *   missing file with an extension
 */
export async function parseParties(
  host: Host,
  args: readonly string[],
  type: PartyType,
): Promise<readonly Party[]> {
  if (args.length < 2) {
    throw new PkiError("usage", "an exchange needs two parties or more", {
      hint: "name two keystores, or two parties to make: pki exchange client server",
    });
  }
  const parties: Party[] = [];
  const seen = new Map<string, string>();
  for (const argument of args) {
    const party = await parseParty(host, argument, type);
    const real = await host.files.realPath(party.path);
    const before = seen.get(real);
    if (before !== undefined) {
      throw new PkiError("usage", `${before} and ${argument} are the same store`, {
        hint: "name two different stores",
      });
    }
    seen.set(real, argument);
    parties.push(party);
  }
  return distinctNames(parties);
}

async function parseParty(host: Host, argument: string, type: PartyType): Promise<Party> {
  const state = await host.files.stat(argument);
  const name = basename(host.files.resolve(argument));
  if (state.kind === "directory") return await folderParty(host, argument, name, type);
  if (state.kind !== "absent") {
    return { argument, name: basename(name, extname(name)), path: argument, made: false };
  }
  if (extname(name) !== "") {
    throw new PkiError("file-not-found", "does not exist", {
      path: argument,
      hint: `make it with \`pki issue peer\`, or give a name without an extension to have a party made`,
    });
  }
  return madeParty(argument, name, type);
}

function madeParty(argument: string, name: string, type: PartyType): Party {
  if (!NAME.test(name)) {
    throw new PkiError("usage", "is not a name for a party", {
      path: argument,
      hint: "letters, digits, space and . _ @ + - ; 64 at most, a letter or digit first",
    });
  }
  const path = join(argument, `${name}${EXTENSIONS[type]}`);
  return { argument, name, path, made: true, folder: argument };
}

async function folderParty(
  host: Host,
  argument: string,
  name: string,
  type: PartyType,
): Promise<Party> {
  const files = await host.files.list(argument);
  const stores = files.filter((file) => STORE_EXTENSIONS.includes(extname(file).toLowerCase()));
  const named = stores.filter((file) => basename(file, extname(file)) === name);
  const choice = named.length > 0 ? named : stores;
  if (choice.length > 1) {
    throw new PkiError("usage", "is a folder with several stores", {
      path: argument,
      hint: `name one of them: ${choice.map((file) => join(argument, file)).join(", ")}`,
    });
  }
  const [store] = choice;
  if (store === undefined) return madeParty(argument, name, type);
  return { argument, name, path: join(argument, store), made: false, folder: argument };
}

/** Two stores of one name (`a/key.kdb`, `b/key.kdb`) are called by their whole argument. */
function distinctNames(parties: readonly Party[]): readonly Party[] {
  return parties.map((party) =>
    parties.some((other) => other !== party && other.name === party.name)
      ? { ...party, name: party.argument }
      : party,
  );
}

/**
 * Splits `NAME=VALUE` of an option that speaks of one party.
 *
 * `NAME` is a party as it was typed, its name, or its store's path. The longest one counts, so that a
 * path with `=` in it can be named.
 *
 * @throws PkiError `usage` when it names no party
 */
export function partyOption(
  option: string,
  text: string,
  parties: readonly Party[],
): { readonly party: Party; readonly value: string } {
  let found: { party: Party; value: string; length: number } | undefined;
  for (const party of parties) {
    for (const name of [party.argument, party.name, party.path]) {
      if (!text.startsWith(`${name}=`) || (found?.length ?? -1) >= name.length) continue;
      found = { party, value: text.slice(name.length + 1), length: name.length };
    }
  }
  if (found === undefined || found.value === "") {
    const names = parties.map((party) => party.name).join(", ");
    throw new PkiError("usage", "is not PARTY=VALUE for a party of this exchange", {
      where: option,
      hint: `the parties are ${names}`,
    });
  }
  return found;
}

/** Values of a repeatable option, by party. A party may be named once. */
export function partyOptions(
  option: string,
  texts: readonly string[],
  parties: readonly Party[],
): ReadonlyMap<Party, string> {
  const out = new Map<Party, string>();
  for (const text of texts) {
    const { party, value } = partyOption(option, text, parties);
    if (out.has(party)) {
      throw new PkiError("usage", `names ${party.name} twice`, { where: option });
    }
    out.set(party, value);
  }
  return out;
}
