import { transferDamage } from "../../bytes/transfer.ts";
import type { Codec, Passwords, ReadResult } from "../../codecs/codec.ts";
import { codecFor } from "../../codecs/index.ts";
import { PkiError } from "../../model/error.ts";
import type { OpenedStore, PasswordFacts, RefusedFile, StashFacts } from "../../model/inventory.ts";
import type { Secret } from "../../model/secret.ts";
import type { FormatId } from "../../model/store.ts";
import { isWrongPassword } from "../open.ts";
import { listsIn } from "./companion.ts";
import { keyFacts } from "./key-facts.ts";
import type { Bundle } from "./known-bundles.ts";
import type { PasswordChoices } from "./password-choices.ts";
import { pendingBeside } from "./pending.ts";
import type { StoreFile } from "./store-file.ts";

/** KDF iterations that may go into guesses on one PKCS#12 file. */
const GUESS_ITERATIONS = 200_000;
/** A guess on a JKS hashes the whole file. */
const GUESS_BYTES = 64 * 1024 * 1024;
/** Guesses on a PKCS#12 file without a MAC, where each decrypts. */
const BLIND_GUESSES = 3;

/** Where the password that opened a store came from, as a cache may remember it. */
export type PasswordOrigin =
  | { readonly kind: "stash" }
  | { readonly kind: "given"; readonly index: number }
  | { readonly kind: "well-known"; readonly index: number };

/** What opening a file gave. `origin` is for the cache. */
export type Opening =
  | { readonly store: OpenedStore; readonly origin?: PasswordOrigin }
  | { readonly refused: RefusedFile };

interface Found {
  readonly read: ReadResult;
  readonly secret?: Secret;
  readonly origin?: PasswordOrigin;
}

/**
 * Opens a store with what is at hand and asks nobody: the stash beside it, then the passwords given for
 * its path, then nothing where the format shows its certificates, and the well-known ones.
 *
 * Whatever the file holds, this gives a store or a refusal; only faults of ours throw.
 */
export async function openQuietly(
  source: StoreFile,
  format: FormatId,
  choices: PasswordChoices,
): Promise<Opening> {
  const { path, file } = source;
  const stash: { facts?: StashFacts } = {};
  let bytes: Uint8Array | undefined;
  try {
    bytes = await source.read();
    const codec = await codecFor(format);
    const opener = new Opener(source, bytes, codec, choices, stash);
    const { found, lists } = await contentOf(opener, bytes, format, choices);
    const password = factsOf(found, choices);
    const passwords: Passwords = found.secret === undefined ? {} : { store: found.secret };
    const { container, store } = found.read;
    const opened: OpenedStore = {
      path,
      file,
      container,
      store,
      ...(password === undefined ? {} : { password }),
      ...(stash.facts === undefined ? {} : { stash: stash.facts }),
      keys: await keyFacts(codec, store, passwords, choices.keyPasswords(path), choices.shared),
      ...(format === "kdb" ? await pendingBeside(source) : {}),
      ...(lists.length === 0 ? {} : { lists }),
    };
    return found.origin === undefined ? { store: opened } : { store: opened, origin: found.origin };
  } catch (error) {
    if (!(error instanceof PkiError)) throw error;
    const { code, message, where } = error;
    const text = format === "pem";
    const damage = bytes === undefined || text ? undefined : transferDamage(bytes);
    const refused: RefusedFile = {
      path,
      file,
      format,
      code,
      message: where === undefined ? message : `${where}: ${message}`,
      ...(where === undefined ? {} : { where }),
      ...(damage === undefined ? {} : { damage }),
      ...(stash.facts === undefined ? {} : { stash: stash.facts }),
    };
    return { refused };
  }
}

/** What the file holds; of certificates alone it may be known from another file. */
async function contentOf(
  opener: Opener,
  bytes: Uint8Array,
  format: FormatId,
  { bundles }: PasswordChoices,
): Promise<{ readonly found: Found; readonly lists: Bundle["lists"] }> {
  if (format !== "pem" && format !== "der") return { found: await opener.open(), lists: [] };
  const { read, lists } = await bundles.of(bytes, format, async () => ({
    read: (await opener.open()).read,
    lists: format === "pem" ? listsIn(bytes) : [],
  }));
  return { found: { read }, lists };
}

function factsOf({ secret, origin }: Found, choices: PasswordChoices): PasswordFacts | undefined {
  if (secret === undefined || origin === undefined) return undefined;
  return choices.judge.facts(secret, origin.kind);
}

class Opener {
  readonly #source: StoreFile;
  readonly #bytes: Uint8Array;
  readonly #codec: Codec;
  readonly #choices: PasswordChoices;
  readonly #stash: { facts?: StashFacts };
  /** What the first wrong password gave: told where nothing opens the file. */
  #wrong: PkiError | undefined;

  constructor(
    source: StoreFile,
    bytes: Uint8Array,
    codec: Codec,
    choices: PasswordChoices,
    stash: { facts?: StashFacts },
  ) {
    this.#source = source;
    this.#bytes = bytes;
    this.#codec = codec;
    this.#choices = choices;
    this.#stash = stash;
  }

  async open(): Promise<Found> {
    const { format } = this.#codec;
    const stashed = format === "kdb" || format === "pkcs12" ? await this.#fromStash() : undefined;
    if (stashed !== undefined) return stashed;
    const text = format === "pem" || format === "der";
    const given = this.#choices.given(this.#source.path);
    if (!text) {
      for (const { secret, index } of given) {
        const found = await this.#try(secret, { kind: "given", index });
        if (found !== undefined) return found;
      }
    }
    const guessed =
      format === "pkcs12" ? await this.#guessPkcs12() : text ? undefined : await this.#guess();
    if (guessed !== undefined) return guessed;
    try {
      return { read: await this.#codec.read(this.#bytes, {}, this.#choices.shared) };
    } catch (error) {
      const missing = error instanceof PkiError && error.code === "password-missing";
      if (!missing) throw error;
      throw this.#notOpened(given.length);
    }
  }

  #notOpened(given: number): PkiError {
    const tried = [
      ...(this.#stash.facts === undefined ? [] : ["the stash"]),
      ...(given === 0 ? [] : ["the passwords given"]),
      "the well-known ones",
    ];
    const code = this.#wrong !== undefined && given > 0 ? this.#wrong.code : "password-missing";
    return new PkiError(code, `needs a password; tried ${tried.join(" and ")}`);
  }

  /** undefined: it is not the password. */
  async #try(secret: Secret, origin: PasswordOrigin): Promise<Found | undefined> {
    try {
      return {
        read: await this.#codec.read(this.#bytes, { store: secret }, this.#choices.shared),
        secret,
        origin,
      };
    } catch (error) {
      if (!isWrongPassword(error)) throw error;
      this.#wrong ??= error as PkiError;
      return undefined;
    }
  }

  async #fromStash(): Promise<Found | undefined> {
    const beside = await this.#source.beside(".sth");
    if (beside === undefined) return undefined;
    const { path, file } = beside;
    let secret: Secret;
    let version: 1 | 2;
    try {
      const { readStash } = await import("../../codecs/kdb/stash.ts");
      const bytes = await beside.read();
      secret = readStash(bytes);
      version = bytes.length === 129 ? 1 : 2;
    } catch (error) {
      if (!(error instanceof PkiError)) throw error;
      this.#stash.facts = { path, file, problem: error.code };
      return undefined;
    }
    const known = { path, version, file };
    this.#stash.facts = known;
    const found = await this.#try(secret, { kind: "stash" });
    this.#stash.facts = { ...known, opens: found !== undefined };
    return found;
  }

  /** KDB and JKS: one hash answers a guess. */
  async #guess(): Promise<Found | undefined> {
    let bytes = 0;
    for (const [index, secret] of this.#choices.wellKnown.entries()) {
      bytes += this.#codec.format === "kdb" ? 0 : this.#bytes.length;
      if (bytes > GUESS_BYTES) return undefined;
      if (this.#codec.answers?.(this.#bytes, secret) === false) continue;
      const found = await this.#try(secret, { kind: "well-known", index });
      if (found !== undefined) return found;
    }
    return undefined;
  }

  async #guessPkcs12(): Promise<Found | undefined> {
    const { macGuess } = await import("../../codecs/pkcs12/guess.ts");
    const mac = macGuess(this.#bytes, this.#choices.shared.chains);
    if (mac === undefined) {
      try {
        return { read: await this.#codec.read(this.#bytes, {}, this.#choices.shared) };
      } catch (error) {
        if (!(error instanceof PkiError) || error.code !== "password-missing") throw error;
      }
    }
    let iterations = 0;
    for (const [index, secret] of this.#choices.wellKnown.entries()) {
      if (mac === undefined) {
        if (index >= BLIND_GUESSES) return undefined;
      } else {
        // The empty password has two forms.
        iterations += mac.iterations * (secret.length === 0 ? 2 : 1);
        if (iterations > GUESS_ITERATIONS) return undefined;
        if (!(await mac.opens(secret))) continue;
      }
      const found = await this.#try(secret, { kind: "well-known", index });
      if (found !== undefined) return found;
    }
    return undefined;
  }
}
