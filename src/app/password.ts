import type { Host } from "../io/host.ts";
import { PkiError } from "../model/error.ts";
import { Secret } from "../model/secret.ts";
import type { Notice } from "./outcome.ts";
import { stashPath } from "./store-path.ts";

/** Longest password that is taken from anywhere, in bytes. */
export const MAX_PASSWORD_BYTES = 1024;

/** Where passwords may come from, for help texts and messages. */
export const PASSWORD_SOURCES = "env:VAR, file:PATH, fd:N, stdin, prompt, stash or pass:TEXT";

export type PasswordOrigin = "option" | "stash" | "environment" | "prompt";

export interface FoundPassword {
  readonly secret: Secret;
  readonly origin: PasswordOrigin;
  /** Where exactly, for messages: `--password`, `key.sth`, `PKI_PASSWORD`, `the prompt`. */
  readonly from: string;
  readonly notices: readonly Notice[];
}

export interface PasswordRequest {
  /** The option's value (`env:VAR` …), where it was given. */
  readonly source?: string;
  /** The option's name for messages: `--password`, `--key-password` … */
  readonly option: string;
  /** The store whose stash `stash` means. */
  readonly store: string;
}

export interface PasswordFallbacks {
  /** May a `.sth` beside the store be used unasked? */
  readonly stash: boolean;
  /** May PKI_PASSWORD be used? */
  readonly environment: boolean;
  /** May a person be asked? The text of the prompt. */
  readonly prompt?: string;
}

/**
 * The password of an existing store: the option, else the stash beside it, else PKI_PASSWORD, else a
 * prompt on a terminal, as far as `fallbacks` allow.
 *
 * @returns undefined where nothing is available without a question that was not allowed
 * @throws PkiError `usage` for an option that is not of the grammar (its text is not quoted: it may be
 *   the password); `password-missing`; `file-not-found`
 */
export async function resolvePassword(
  host: Host,
  request: PasswordRequest,
  fallbacks: PasswordFallbacks,
): Promise<FoundPassword | undefined> {
  if (request.source !== undefined) return fromSource(host, request, request.source);
  if (fallbacks.stash) {
    const found = await fromStashBeside(host, request.store);
    if (found !== undefined) return found;
  }
  const environment = fallbacks.environment ? host.env("PKI_PASSWORD") : undefined;
  if (environment !== undefined) return fromText(environment, "environment", "PKI_PASSWORD");
  if (fallbacks.prompt === undefined) return undefined;
  if (!host.terminal.interactive) throw passwordMissing(request);
  return askPassword(host, fallbacks.prompt);
}

/** No password, and nobody to ask. */
export function passwordMissing(request: Pick<PasswordRequest, "option" | "store">): PkiError {
  return new PkiError("password-missing", "needs a password, and there is no terminal to ask on", {
    path: request.store,
    hint: `give ${request.option} with ${PASSWORD_SOURCES}, or set PKI_PASSWORD`,
  });
}

export async function askPassword(host: Host, prompt: string): Promise<FoundPassword> {
  const bytes = await host.terminal.askSecret(prompt);
  return {
    secret: checked(bytes, "the prompt"),
    origin: "prompt",
    from: "the prompt",
    notices: [],
  };
}

/** The stash beside a store, where there is one. */
export async function fromStashBeside(
  host: Host,
  store: string,
): Promise<FoundPassword | undefined> {
  const path = stashPath(store);
  if (path === store || (await host.files.stat(path)).kind !== "file") return undefined;
  return fromStash(host, path, "stash");
}

/** Reads a stash file. A stash is no secret to anyone who can read it, so a readable one is reported. */
export async function fromStash(
  host: Host,
  path: string,
  origin: PasswordOrigin,
): Promise<FoundPassword> {
  const { bytes, mode } = await host.files.read(path, 4096);
  const { readStash } = await import("../codecs/kdb/stash.ts");
  try {
    const secret = readStash(bytes);
    const open = (mode & 0o077) !== 0;
    const notices: readonly Notice[] = open
      ? [{ level: "warning", path, message: readableStash(mode) }]
      : [];
    return { secret, origin, from: path, notices };
  } catch (error) {
    throw error instanceof PkiError ? error.at({ path }) : error;
  }
}

function readableStash(mode: number): string {
  const who = (mode & 0o007) === 0 ? "its group" : "others";
  return `can be read by ${who} (mode ${mode.toString(8)}): whoever reads a stash has the password`;
}

async function fromSource(
  host: Host,
  request: PasswordRequest,
  source: string,
): Promise<FoundPassword> {
  const { option } = request;
  const at = source.indexOf(":");
  const kind = at === -1 ? source : source.slice(0, at);
  const rest = source.slice(at + 1);
  switch (at === -1 ? kind : `${kind}:`) {
    case "env:": {
      const value = host.env(rest);
      if (value !== undefined) return fromText(value, "option", option);
      throw new PkiError("password-missing", "the environment variable is not set", {
        where: `${option} env:${rest}`,
        hint: "export the variable, or give another source",
      });
    }
    case "file:": {
      const { bytes } = await host.files.read(rest, 65_536);
      return {
        secret: checked(firstLine(bytes), option),
        origin: "option",
        from: rest,
        notices: [],
      };
    }
    case "fd:": {
      if (!/^\d{1,4}$/.test(rest)) {
        throw new PkiError("usage", "fd: needs the number of an open descriptor", {
          where: option,
        });
      }
      return fromLine(host, Number(rest), option);
    }
    case "stdin":
      return fromLine(host, 0, option);
    case "prompt":
      if (!host.terminal.interactive) throw passwordMissing(request);
      return askPassword(host, promptFor(request));
    case "stash": {
      const path = stashPath(request.store);
      if ((await host.files.stat(path)).kind === "absent") {
        throw new PkiError("password-missing", "there is no stash file", {
          path,
          hint: `make one with pki stash ${request.store}, or give another source`,
        });
      }
      return fromStash(host, path, "option");
    }
    case "pass:":
      return {
        ...fromText(rest, "option", option),
        notices: [
          {
            level: "warning",
            message: `${option} pass: shows the password to everyone who can list processes; use env:, file: or fd:`,
          },
        ],
      };
    default:
      throw new PkiError("usage", `the password's source is none of ${PASSWORD_SOURCES}`, {
        where: option,
        hint: `write ${option} pass:TEXT for a literal password, or better ${option} file:PATH`,
      });
  }
}

/** What a prompt calls a password. */
export function promptFor(request: Pick<PasswordRequest, "option" | "store">): string {
  const key = request.option.includes("key") ? "key password" : "password";
  return `${key} of ${JSON.stringify(request.store).slice(1, -1)}: `;
}

async function fromLine(host: Host, fd: number, option: string): Promise<FoundPassword> {
  try {
    const bytes = await host.terminal.readLine(fd, MAX_PASSWORD_BYTES);
    return { secret: checked(bytes, option), origin: "option", from: option, notices: [] };
  } catch (error) {
    throw error instanceof PkiError ? error.at({ where: option }) : error;
  }
}

function fromText(text: string, origin: PasswordOrigin, from: string): FoundPassword {
  return { secret: checked(new TextEncoder().encode(text), from), origin, from, notices: [] };
}

function checked(bytes: Uint8Array, from: string): Secret {
  if (bytes.length > MAX_PASSWORD_BYTES) {
    throw new PkiError(
      "password-refused",
      `the password is longer than ${MAX_PASSWORD_BYTES} bytes`,
      {
        where: from,
      },
    );
  }
  return new Secret(bytes);
}

const LF = 0x0a;
const CR = 0x0d;

function firstLine(bytes: Uint8Array): Uint8Array {
  const end = bytes.indexOf(LF);
  const line = end === -1 ? bytes : bytes.subarray(0, end);
  return line.at(-1) === CR ? line.slice(0, -1) : line.slice();
}
