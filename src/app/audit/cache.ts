import { Remembered } from "../../audit/shared-views.ts";
import { toHex } from "../../bytes/octets.ts";
import { digest } from "../../crypto/digest.ts";
import { pbkdf2 } from "../../crypto/kdf.ts";
import type { FileWrite, Host } from "../../io/host.ts";
import type { Certificate } from "../../model/certificate.ts";
import { PkiError } from "../../model/error.ts";
import type { StashFacts } from "../../model/inventory.ts";
import type { Secret } from "../../model/secret.ts";
import type { FormatId } from "../../model/store.ts";
import { type Kept, type KeptStore, packed, revived } from "./cache-record.ts";
import { type Opening, openQuietly, type PasswordOrigin } from "./opening.ts";
import type { PasswordChoices } from "./password-choices.ts";
import { WELL_KNOWN } from "./password-facts.ts";
import { pendingBeside } from "./pending.ts";
import { reportWrite } from "./sieve.ts";
import type { FileBeside, StoreFile } from "./store-file.ts";

/** Raised when a record means something else. */
const LAYOUT = 1;
const MAX_CACHE_BYTES = 512 * 1024 * 1024;
/** The seal must not be a quick way to guess the passwords that were given. */
const SEAL_ITERATIONS = 200_000;

/** Of about 10 KiB each. */
const CERTIFICATES = 4096;

interface Header {
  readonly pkiAuditCache: typeof LAYOUT;
  /** Of the program: another one may read a store differently. */
  readonly program: string;
  readonly salt: string;
  /** Tells whether the same passwords were given; empty for none. */
  readonly seal: string;
  /** The try-list. */
  readonly known: string;
}

/**
 * What opening a store gave, by the SHA-256 of its bytes: an unchanged one is not opened again, wherever
 * it lies. Rules, profiles and the date are not in it, so it serves every audit; findings are the same
 * with and without it. It holds neither passwords nor open keys, and nothing made of passwords but the seal.
 */
export class StoreCache {
  /** Those read last, for the next record. */
  readonly certificates = new Remembered<Certificate>(CERTIFICATES);
  readonly #path: string;
  readonly #header: Header;
  readonly #lines: ReadonlyMap<string, string>;
  readonly #used = new Map<string, string>();
  #missed = 0;

  constructor(path: string, header: Header, lines: ReadonlyMap<string, string>) {
    this.#path = path;
    this.#header = header;
    this.#lines = lines;
  }

  /** A cache that cannot be used (another program, other passwords, damage) is begun anew. */
  static async load(
    host: Host,
    path: string,
    choices: PasswordChoices,
    program: string,
  ): Promise<StoreCache> {
    const known = toHex(digest("sha256", new TextEncoder().encode(JSON.stringify(WELL_KNOWN))));
    const old = await oldCache(host, path);
    if (old !== undefined && old.header.program === program && old.header.known === known) {
      const seal = await sealOf(choices.all, old.header.salt);
      if (seal === old.header.seal) return new StoreCache(path, old.header, old.lines);
    }
    const salt = toHex(host.random(16));
    const seal = await sealOf(choices.all, salt);
    const header: Header = { pkiAuditCache: LAYOUT, program, salt, seal, known };
    return new StoreCache(path, header, new Map());
  }

  get(key: string): Kept | undefined {
    const line = this.#lines.get(key) ?? this.#used.get(key);
    if (line === undefined) return undefined;
    try {
      const kept = (JSON.parse(line) as { kept: Kept }).kept;
      this.#used.set(key, line);
      return kept;
    } catch {
      return undefined;
    }
  }

  put(key: string, kept: Kept): void {
    this.#used.set(key, JSON.stringify({ key, kept }));
    this.#missed++;
  }

  /** @param partial - records that were not used are kept. @returns undefined where nothing changed */
  async write(host: Host, partial: boolean): Promise<FileWrite | undefined> {
    const records = partial ? new Map([...this.#lines, ...this.#used]) : this.#used;
    if (this.#missed === 0 && records.size === this.#lines.size) return undefined;
    const text = `${[JSON.stringify(this.#header), ...records.values()].join("\n")}\n`;
    const bytes = new TextEncoder().encode(text);
    return reportWrite(host, this.#path, bytes, `cache of ${records.size} stores`, true);
  }
}

async function oldCache(
  host: Host,
  path: string,
): Promise<{ header: Header; lines: ReadonlyMap<string, string> } | undefined> {
  if ((await host.files.stat(path)).kind === "absent") return undefined;
  const { bytes } = await host.files.read(path, MAX_CACHE_BYTES);
  const [first = "", ...rest] = new TextDecoder().decode(bytes).split("\n");
  let header: Header;
  try {
    header = JSON.parse(first) as Header;
  } catch {
    throw notOurs(path);
  }
  if (typeof header?.pkiAuditCache !== "number") throw notOurs(path);
  if (header.pkiAuditCache !== LAYOUT || typeof header.salt !== "string") return undefined;
  const lines = new Map<string, string>();
  for (const line of rest) {
    const key = /^\{"key":"([^"]+)"/.exec(line)?.[1];
    if (key !== undefined) lines.set(key, line);
  }
  return { header, lines };
}

/** A mistyped name must not cost anybody a file. */
function notOurs(path: string): PkiError {
  return new PkiError("usage", "this is no cache of pki audit", {
    path,
    where: "--cache",
    hint: "name another file, or remove this one",
  });
}

async function sealOf(passwords: readonly Secret[], salt: string): Promise<string> {
  if (passwords.length === 0) return "";
  const parts = passwords.map((secret) => secret.use((bytes) => [bytes.length, ...bytes]));
  const text = new TextEncoder();
  const all = text.encode(JSON.stringify(parts));
  const seal = await pbkdf2("sha256", all, text.encode(salt), SEAL_ITERATIONS, 32);
  all.fill(0);
  return toHex(seal);
}

/** As `openQuietly`, unless the cache knows. */
export async function openCached(
  source: StoreFile,
  format: FormatId,
  choices: PasswordChoices,
  cache: StoreCache,
): Promise<Opening> {
  // Nothing of these is derived or decrypted: a record would be the file once more.
  if (format === "pem" || format === "der") return openQuietly(source, format, choices);
  let bytes: Uint8Array;
  try {
    bytes = await source.read();
  } catch {
    return openQuietly(source, format, choices);
  }
  const beside = format === "kdb" || format === "pkcs12" ? await source.beside(".sth") : undefined;
  const key = keyOf(bytes, beside, choices, source.path);
  const kept = cache.get(key);
  if (kept !== undefined) {
    const opening = await fromRecord(kept, source, beside, choices, cache);
    if (opening !== undefined) return opening;
  }
  const opening = await openQuietly({ ...source, read: async () => bytes }, format, choices);
  cache.put(key, packed(opening));
  return opening;
}

/** All that the result depends on beside what the header has. */
function keyOf(
  bytes: Uint8Array,
  beside: FileBeside | undefined,
  choices: PasswordChoices,
  path: string,
): string {
  const given = choices.given(path).map(({ index }) => index);
  const stash =
    beside === undefined ? "" : `${beside.file.size}@${beside.file.modified?.getTime() ?? 0}`;
  return `${toHex(digest("sha256", bytes))}/${given.join("+")}/${stash}`;
}

async function fromRecord(
  kept: Kept,
  source: StoreFile,
  beside: FileBeside | undefined,
  choices: PasswordChoices,
  cache: StoreCache,
): Promise<Opening | undefined> {
  const { path, file } = source;
  try {
    const stash = stashOf(kept.stash, beside);
    if ("code" in kept) {
      const { stash: _, ...refused } = kept;
      return { refused: { path, file, ...refused, ...(stash === undefined ? {} : { stash }) } };
    }
    const secret = await secretOf(kept, beside, choices);
    return {
      store: {
        path,
        file,
        ...revived(kept, cache.certificates),
        ...(secret === undefined || kept.origin === undefined
          ? {}
          : { password: choices.judge.facts(secret, kept.origin.kind) }),
        ...(stash === undefined ? {} : { stash }),
        // Not of the record: the requests come and go without a change of the key database.
        ...(kept.container.format === "kdb" ? await pendingBeside(source) : {}),
      },
    };
  } catch {
    return undefined; // a record that was tampered with, or a stash that is gone: opened anew
  }
}

type KeptStash = Omit<StashFacts, "path" | "file">;

function stashOf(
  kept: KeptStash | undefined,
  beside: FileBeside | undefined,
): StashFacts | undefined {
  if (kept === undefined || beside === undefined) return undefined;
  return { path: beside.path, file: beside.file, ...kept };
}

/** The password that opened it, from where it came from then: its facts are for this run only. */
async function secretOf(
  { origin }: KeptStore & { origin?: PasswordOrigin },
  beside: FileBeside | undefined,
  choices: PasswordChoices,
): Promise<Secret | undefined> {
  if (origin === undefined) return undefined;
  if (origin.kind === "given") return choices.all[origin.index];
  if (origin.kind === "well-known") return choices.wellKnown[origin.index];
  if (beside === undefined) throw new Error("the stash is gone");
  const { readStash } = await import("../../codecs/kdb/stash.ts");
  return readStash(await beside.read());
}
