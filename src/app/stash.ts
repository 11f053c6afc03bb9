import { readStash, writeStash } from "../codecs/kdb/stash.ts";
import type { FileWrite, Host } from "../io/host.ts";
import { PkiError } from "../model/error.ts";
import type { Secret } from "../model/secret.ts";
import { type OpenOptions, openStore } from "./open.ts";
import type { Notice, Outcome } from "./outcome.ts";
import { fromStash } from "./password.ts";
import { stashPath } from "./store-path.ts";

const V1_BYTES = 129;
const V2_BYTES = 193;

export interface StashOptions extends Omit<OpenOptions, "purpose"> {
  readonly stashVersion?: 1 | 2;
}

export interface StashResult {
  readonly store: string;
  readonly stash: string;
  readonly version: 1 | 2;
  /** False: a stash of this version with this password was there already. */
  readonly changed: boolean;
}

/**
 * Writes the stash of a store after the password has opened it.
 *
 * @throws PkiError `usage` for a store whose products know no stash; what opening the store runs into
 */
export async function stashPassword(
  host: Host,
  path: string,
  options: StashOptions,
): Promise<Outcome<StashResult>> {
  const { stashVersion: asked, ...given } = options;
  const opened = await openStore(host, path, { ...given, purpose: "change" });
  const password = opened.passwords.store;
  if ((opened.codec.format !== "kdb" && opened.codec.format !== "pkcs12") || !password) {
    throw new PkiError("usage", "a stash belongs to a key database or a PKCS#12 file", { path });
  }
  const stash = stashPath(path);
  const old = await existing(host, stash);
  const version = asked ?? old?.version ?? 2;
  const changed = old?.version !== version || old.password?.equals(password) !== true;
  const write: FileWrite = {
    path: stash,
    bytes: writeStash(password, version, host.random),
    expect: old === undefined ? { absent: true } : { sha256: old.sha256 },
    private: true,
    verify: async (bytes) => {
      if (readStash(bytes).equals(password)) return;
      throw new PkiError("internal", "the stash does not read back", { path: stash });
    },
    summary: [`stash of the password, version ${version}`],
  };
  return {
    result: { store: path, stash, version, changed },
    notices: opened.notices,
    appends: [],
    writes: changed ? [write] : [],
  };
}

interface Existing {
  readonly sha256: string;
  readonly version: 1 | 2 | undefined;
  /** undefined: damaged. */
  readonly password: Secret | undefined;
}

async function existing(host: Host, stash: string): Promise<Existing | undefined> {
  if ((await host.files.stat(stash)).kind === "absent") return undefined;
  const { bytes, sha256 } = await host.files.read(stash, 4096);
  const version = bytes.length === V1_BYTES ? 1 : bytes.length === V2_BYTES ? 2 : undefined;
  if (version === undefined) {
    throw new PkiError("file-exists", "exists and is no stash file", {
      path: stash,
      hint: "move it away first",
    });
  }
  try {
    return { sha256, version, password: readStash(bytes) };
  } catch {
    return { sha256, version, password: undefined };
  }
}

export interface UnstashOptions {
  /** Write the password to this file. */
  readonly output?: string;
  /** Print it even where standard output is no terminal. */
  readonly show?: boolean;
}

export interface UnstashResult {
  readonly stash: string;
  readonly output: string | undefined;
  /** What to print; undefined where it went to a file. Never part of JSON. */
  readonly password: Secret | undefined;
}

/**
 * Gets a password back out of a stash. A stash is no encryption: whoever can read it has the password.
 *
 * @param path - the stash itself, or the store beside it
 * @throws PkiError `usage` where it would go into a pipe or log unasked; `file-not-found`; `format-malformed`
 */
export async function unstashPassword(
  host: Host,
  path: string,
  options: UnstashOptions,
): Promise<Outcome<UnstashResult>> {
  const stash = path.toLowerCase().endsWith(".sth") ? path : stashPath(path);
  const { secret, notices } = await fromStash(host, stash, "stash");
  if (options.output === undefined && options.show !== true && !host.terminal.stdoutIsTerminal) {
    secret.dispose();
    throw new PkiError("usage", "the password is printed to a terminal only", {
      path: stash,
      hint: "give -o FILE, or --show to print it all the same",
    });
  }
  if (options.output === undefined) {
    if (options.show !== true) refuseControls(secret, stash);
    const result: UnstashResult = { stash, output: undefined, password: secret };
    return { result, notices, appends: [], writes: [] };
  }
  const { output } = options;
  if ((await host.files.stat(output)).kind !== "absent") {
    throw new PkiError("file-exists", "exists already", {
      path: output,
      hint: "name another file",
    });
  }
  const write: FileWrite = {
    path: output,
    bytes: secret.use((bytes) => Uint8Array.from([...bytes, 0x0a])),
    expect: { absent: true },
    private: true,
    summary: [`the password of ${stash}, in clear`],
  };
  const clear: Notice = { level: "note", path: output, message: "holds the password in clear" };
  return {
    result: { stash, output, password: undefined },
    notices: [...notices, clear],
    appends: [],
    writes: [write],
  };
}

/** The stash may come from anybody; its text must not steer the terminal. */
function refuseControls(secret: Secret, stash: string): void {
  if (!secret.use((bytes) => bytes.some((byte) => byte < 0x20 || byte === 0x7f))) return;
  throw new PkiError("usage", "the password holds control characters", {
    path: stash,
    hint: "give -o FILE",
  });
}
