import type { NewContainer } from "../codecs/codec.ts";
import { codecFor } from "../codecs/index.ts";
import type { Host } from "../io/host.ts";
import { PkiError } from "../model/error.ts";
import type { Secret } from "../model/secret.ts";
import type { FormatId } from "../model/store.ts";
import { chooseNewPassword } from "./new-password.ts";
import type { Companion, Opened } from "./open.ts";
import type { Notice } from "./outcome.ts";
import { passwordMissing } from "./password.ts";
import { beside, formatOfName, stashPath } from "./store-path.ts";

export interface NewStoreOptions {
  /** `kdb`, `jks`, `p12`, `pem`; default: what the name's extension says. */
  readonly type?: string;
  readonly kdbVersion?: string;
  readonly protection?: string;
  /** Days from now until the store's password expires (KDB). */
  readonly expireDays?: number;
  /** Write a stash beside it. */
  readonly stash?: boolean;
  readonly stashVersion?: 1 | 2;
  readonly password?: string;
  readonly passwordOption?: string;
  /** A private key is about to go in: a PEM store then needs a password, unless `protection` is `none`. */
  readonly holdsKey?: boolean;
  /** A password that was generated: nothing is asked. Kept by the store until it is written. */
  readonly generated?: Secret;
}

const TYPES: Readonly<Record<string, FormatId>> = {
  kdb: "kdb",
  cms: "kdb",
  jks: "jks",
  p12: "pkcs12",
  pfx: "pkcs12",
  pkcs12: "pkcs12",
  pem: "pem",
};

const DAY = 86_400_000;

/**
 * A new, empty store in memory; `saveStore` gives its writes. The file must not exist.
 *
 * A PEM store takes a password only where one is given or a key goes in: then its keys are encrypted with it.
 *
 * @throws PkiError `file-exists`; `usage` for a type that is not known or options of another format;
 *   what choosing a password runs into
 */
export async function newStore(
  host: Host,
  path: string,
  options: NewStoreOptions = {},
): Promise<Opened> {
  if ((await host.files.stat(path)).kind !== "absent") {
    throw new PkiError("file-exists", "exists already", {
      path,
      hint: "choose another name, or remove it first",
    });
  }
  const format = formatFor(path, options.type);
  refuseForeignOptions(format, options);
  const codec = await codecFor(format);
  const container = newContainer(host, path, codec, options);
  const request = {
    option: options.passwordOption ?? "--password",
    store: path,
    ...(options.password === undefined ? {} : { source: options.password }),
  };
  const optional = format === "pem" || format === "der";
  const sealsKey = options.holdsKey === true && options.protection !== "none";
  const wanted = !optional || options.password !== undefined || sealsKey;
  const found =
    options.generated !== undefined
      ? { secret: options.generated, notices: [] }
      : wanted
        ? await chooseNewPassword(host, request, format)
        : undefined;
  const passwords = found === undefined ? {} : { store: found.secret };
  const notices: Notice[] = [...(found?.notices ?? []), ...protectionNotice(path, codec, options)];
  const made: Opened = {
    path,
    codec,
    store: { entries: [] },
    container,
    passwords,
    random: host.random,
    expect: { absent: true },
    mode: 0o600,
    requests: [],
    companions: [],
    notices,
  };
  return { ...made, companions: await companionsOf(host, made, options) };
}

/** @throws PkiError `usage` */
function formatFor(path: string, type: string | undefined): FormatId {
  const format = type === undefined ? formatOfName(path) : TYPES[type.toLowerCase()];
  if (format !== undefined && format !== "der") return format;
  const message =
    type === undefined
      ? "the name does not say which format the new store should have"
      : format === undefined
        ? "no such store type"
        : "a DER file is one certificate, not a store";
  throw new PkiError("usage", message, { path, hint: "give --type kdb, jks, p12 or pem" });
}

function refuseForeignOptions(format: FormatId, options: NewStoreOptions): void {
  const foreign: readonly (readonly [string, unknown])[] = [
    ["--kdb-version", options.kdbVersion],
    ["--expire", options.expireDays],
  ];
  for (const [option, value] of foreign) {
    if (value !== undefined && format !== "kdb") {
      throw new PkiError("usage", "is for key databases only", { where: option });
    }
  }
  if (options.stash === true && format !== "kdb" && format !== "pkcs12") {
    throw new PkiError("usage", "a stash belongs to a key database or a PKCS#12 file", {
      where: "--stash",
    });
  }
}

function newContainer(
  host: Host,
  path: string,
  codec: Opened["codec"],
  options: NewStoreOptions,
): Opened["container"] {
  try {
    return codec.create(containerOptions(host, options), host.random);
  } catch (error) {
    throw error instanceof PkiError ? error.at({ path }) : error;
  }
}

function containerOptions(host: Host, options: NewStoreOptions): NewContainer {
  const { kdbVersion, protection, expireDays } = options;
  return {
    ...(kdbVersion === undefined ? {} : { version: kdbVersion }),
    ...(protection === undefined ? {} : { protection }),
    ...(expireDays === undefined || expireDays === 0
      ? {}
      : { passwordExpires: new Date(host.now().getTime() + expireDays * DAY) }),
  };
}

function protectionNotice(
  path: string,
  codec: Opened["codec"],
  { protection }: NewStoreOptions,
): readonly Notice[] {
  const chosen = codec.protections.find(({ id }) => id === protection);
  if (chosen?.weak !== true) return [];
  return [{ level: "warning", path, message: `${chosen.id} is weak; read by ${chosen.readBy}` }];
}

/** What GSKit expects beside a new key database, and the stash where it was asked for. */
async function companionsOf(
  host: Host,
  made: Opened,
  options: NewStoreOptions,
): Promise<readonly Companion[]> {
  const companions: Companion[] = [];
  if (made.codec.format === "kdb") {
    companions.push(...(await kdbCompanions(made)));
  }
  if (options.stash === true && made.passwords.store !== undefined) {
    const { writeStash } = await import("../codecs/kdb/stash.ts");
    const bytes = writeStash(made.passwords.store, options.stashVersion ?? 2, made.random);
    companions.push({ path: stashPath(made.path), bytes, what: "stash of the password" });
  }
  for (const { path } of companions) {
    if ((await host.files.stat(path)).kind === "absent") continue;
    throw new PkiError("file-exists", `exists already, and belongs beside ${made.path}`, {
      path,
      hint: "choose another name, or remove it first",
    });
  }
  return companions;
}

async function kdbCompanions(made: Opened): Promise<readonly Companion[]> {
  const { newCompanions } = await import("../codecs/kdb/index.ts");
  const password = made.passwords.store;
  if (password === undefined) throw passwordMissing({ option: "--password", store: made.path });
  const { version, passwordExpires } = made.container;
  const { rdb, crl } = await newCompanions(version, password, made.random, passwordExpires);
  return [
    { path: beside(made.path, ".rdb"), bytes: rdb, what: "empty request database" },
    { path: beside(made.path, ".crl"), bytes: crl, what: "empty CRL database" },
  ];
}
