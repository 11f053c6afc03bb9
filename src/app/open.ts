import type { Codec, Passwords, Random } from "../codecs/codec.ts";
import { codecFor, requireFormat } from "../codecs/index.ts";
import { type Host, MAX_STORE_BYTES } from "../io/host.ts";
import { PkiError } from "../model/error.ts";
import type { Container, RequestEntry, Store } from "../model/store.ts";
import type { Notice } from "./outcome.ts";
import {
  type FoundPassword,
  fromStashBeside,
  type PasswordRequest,
  passwordMissing,
  promptFor,
  resolvePassword,
} from "./password.ts";
import { beside, nameMisleads } from "./store-path.ts";

/** Questions to a person before a wrong password is an error. */
const TRIES = 3;

export interface OpenOptions {
  /** Value of `--password`: `env:VAR`, `file:PATH` … */
  readonly password?: string;
  /** The option's name in messages; default `--password`. */
  readonly passwordOption?: string;
  /** Value of `--key-password`, for keys whose password differs from the store's. */
  readonly keyPassword?: string;
  readonly keyPasswordOption?: string;
  /**
   * `list`: a password is used where one is at hand, and asked for only where the format shows nothing
   * without it. `change`: the integrity value must be checked, since it will be written anew.
   */
  readonly purpose: "list" | "change";
  /** Nobody will look beyond the leaves of a KDB's keys, which saves checking signatures. */
  readonly leavesOnly?: boolean;
}

/** A store in memory with all that is needed to write it again. */
export interface Opened {
  /** As the user named it. */
  readonly path: string;
  readonly codec: Codec;
  readonly store: Store;
  readonly container: Container;
  readonly passwords: Passwords;
  readonly random: Random;
  /** What must be on disk when it is written. */
  readonly expect: { readonly absent: true } | { readonly sha256: string };
  /** Permission bits of the file that was read; 0o600 for a new one. */
  readonly mode: number;
  /** Requests of the `.rdb` beside a `.kdb`. They are shown with the store and never written into it. */
  readonly requests: readonly RequestEntry[];
  /** Files that a new store gets beside it: `.rdb`, `.crl`, `.sth`. */
  readonly companions: readonly Companion[];
  readonly notices: readonly Notice[];
}

export interface Companion {
  readonly path: string;
  readonly bytes: Uint8Array;
  readonly what: string;
}

/**
 * Reads a store: path → bytes → format by content → password → codec.
 *
 * @throws PkiError with `path` set; what the file, the password and the codec can run into
 */
export async function openStore(host: Host, path: string, options: OpenOptions): Promise<Opened> {
  try {
    return await open(host, path, options);
  } catch (error) {
    throw error instanceof PkiError ? error.at({ path }) : error;
  }
}

async function open(host: Host, path: string, options: OpenOptions): Promise<Opened> {
  const file = await host.files.read(path, MAX_STORE_BYTES);
  const format = requireFormat(file.bytes);
  const codec = await codecFor(format);
  const key = await keyPassword(host, path, options);
  const base: Passwords = key === undefined ? {} : { key: key.secret };
  const attempt = (found: FoundPassword | undefined) =>
    codec.read(file.bytes, found === undefined ? base : { ...base, store: found.secret }, {
      leavesOnly: options.leavesOnly === true,
    });
  const { read, found, notices } = await readWithPassword(host, path, codec, options, attempt);
  const passwords = found === undefined ? base : { ...base, store: found.secret };
  const joined = format === "kdb" ? await joinRequests(host, path, codec, passwords) : undefined;
  return {
    path,
    codec,
    store: read.store,
    container: read.container,
    passwords,
    random: host.random,
    get expect() {
      return { sha256: file.sha256 };
    },
    mode: file.mode,
    requests: joined?.requests ?? [],
    companions: [],
    notices: [
      ...(key?.notices ?? []),
      ...notices,
      ...(joined?.notices ?? []),
      ...nameNotice(path, codec),
    ],
  };
}

function nameNotice(path: string, codec: Codec): readonly Notice[] {
  if (!nameMisleads(path, codec.format)) return [];
  return [{ level: "note", path, message: `is ${codec.title}, whatever its name says` }];
}

async function keyPassword(
  host: Host,
  path: string,
  options: OpenOptions,
): Promise<FoundPassword | undefined> {
  if (options.keyPassword === undefined) return undefined;
  const option = options.keyPasswordOption ?? "--key-password";
  const request = { option, store: path, source: options.keyPassword };
  return resolvePassword(host, request, { stash: false, environment: false });
}

type ReadResult = Awaited<ReturnType<Codec["read"]>>;

interface ReadWith {
  readonly read: ReadResult;
  readonly found: FoundPassword | undefined;
  readonly notices: readonly Notice[];
}

/** Formats whose products keep a stash beside the store. */
function mayHaveStash(codec: Codec): boolean {
  return codec.format === "kdb" || codec.format === "pkcs12";
}

function hasPassword(codec: Codec): boolean {
  return codec.format !== "pem" && codec.format !== "der";
}

async function readWithPassword(
  host: Host,
  path: string,
  codec: Codec,
  options: OpenOptions,
  attempt: (found: FoundPassword | undefined) => Promise<ReadResult>,
): Promise<ReadWith> {
  const request: PasswordRequest = {
    option: options.passwordOption ?? "--password",
    store: path,
    ...(options.password === undefined ? {} : { source: options.password }),
  };
  const notices: Notice[] = [];
  if (request.source === undefined && mayHaveStash(codec)) {
    const stash = await stashFor(host, path, notices);
    if (stash !== undefined) {
      try {
        return {
          read: await attempt(stash),
          found: stash,
          notices: [...notices, ...stash.notices],
        };
      } catch (error) {
        if (!isWrongPassword(error)) throw error;
        const other = host.env("PKI_PASSWORD") !== undefined || host.terminal.interactive;
        if (!other) throw stashMismatch(error as PkiError, stash.from);
        const message = "does not hold the password of the store beside it";
        notices.push({ level: "warning", path: stash.from, message });
      }
    }
  }
  const found = await resolvePassword(host, request, { stash: false, environment: true });
  if (found !== undefined) {
    notices.push(...found.notices);
    return { read: await attempt(found), found, notices };
  }
  if (!hasPassword(codec) || (options.purpose === "list" && codec.listsWithoutPassword)) {
    return { read: await attempt(undefined), found, notices };
  }
  if (options.purpose === "list") {
    // A file without encryption and without a MAC needs no password, whatever the format usually does.
    try {
      return { read: await attempt(undefined), found, notices };
    } catch (error) {
      if (!(error instanceof PkiError) || error.code !== "password-missing") throw error;
    }
  }
  return askAndRead(host, request, attempt, notices);
}

async function stashFor(
  host: Host,
  path: string,
  notices: Notice[],
): Promise<FoundPassword | undefined> {
  try {
    return await fromStashBeside(host, path);
  } catch (error) {
    if (!(error instanceof PkiError)) throw error;
    const { message } = error;
    notices.push({ level: "warning", path: error.path ?? path, message: `not used: ${message}` });
    return undefined;
  }
}

async function askAndRead(
  host: Host,
  request: PasswordRequest,
  attempt: (found: FoundPassword) => Promise<ReadResult>,
  notices: readonly Notice[],
): Promise<ReadWith> {
  if (!host.terminal.interactive) throw passwordMissing(request);
  let prompt = promptFor(request);
  for (let left = TRIES - 1; ; left--) {
    const found = await resolvePassword(host, request, {
      stash: false,
      environment: false,
      prompt,
    });
    if (found === undefined) throw passwordMissing(request);
    try {
      return { read: await attempt(found), found, notices };
    } catch (error) {
      if (!isWrongPassword(error) || left === 0) throw error;
      found.secret.dispose();
      prompt = `that is not it; ${promptFor(request)}`;
    }
  }
}

/** The two codes that a wrong password can give: some formats cannot tell it from damage. */
export function isWrongPassword(error: unknown): boolean {
  return (
    error instanceof PkiError &&
    (error.code === "password-refused" || error.code === "integrity-mismatch")
  );
}

function stashMismatch(error: PkiError, stash: string): PkiError {
  return new PkiError(error.code, `${stash} does not hold the password of this store`, {
    ...(error.where === undefined ? {} : { where: error.where }),
    hint: "give the right one with --password and write the stash anew with pki stash",
    cause: error,
  });
}

interface Joined {
  readonly requests: readonly RequestEntry[];
  readonly notices: readonly Notice[];
}

/** Reads the `.rdb` beside a `.kdb`. Whatever is wrong with it is said, and the store is shown all the same. */
async function joinRequests(
  host: Host,
  path: string,
  codec: Codec,
  passwords: Passwords,
): Promise<Joined> {
  const rdb = beside(path, ".rdb");
  if (rdb === path || (await host.files.stat(rdb)).kind !== "file") {
    return { requests: [], notices: [] };
  }
  try {
    const { bytes } = await host.files.read(rdb, MAX_STORE_BYTES);
    // One without requests, as most are, has nothing in it to be believed or not.
    const { store: glance } = await codec.read(bytes, {}, { leavesOnly: true });
    if (glance.entries.length === 0) return { requests: [], notices: [] };
    const { store } =
      passwords.store === undefined
        ? { store: glance }
        : await codec.read(bytes, passwords, { leavesOnly: true });
    const requests = store.entries.filter((entry) => entry.kind === "request");
    return { requests, notices: [] };
  } catch (error) {
    if (!(error instanceof PkiError)) throw error;
    const message = `its requests are not shown: ${error.message}`;
    return { requests: [], notices: [{ level: "warning", path: rdb, message }] };
  }
}
