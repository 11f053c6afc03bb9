import type { Host } from "../io/host.ts";
import { PkiError } from "../model/error.ts";
import type { Secret } from "../model/secret.ts";
import type { FormatId } from "../model/store.ts";
import type { Notice } from "./outcome.ts";
import {
  askPassword,
  type FoundPassword,
  type PasswordRequest,
  passwordMissing,
  resolvePassword,
} from "./password.ts";

/** A stash holds no more; GSKit takes no longer password. */
const MAX_KDB_BYTES = 128;
/** Below this a password is reported as weak. */
const GOOD_LENGTH = 12;
/** keytool and JSSE's own tools refuse shorter ones. */
const MIN_JAVA_LENGTH = 6;

/** Passwords that products and manuals ship with; the first thing anybody tries. */
const WELL_KNOWN = new Set([
  "changeit",
  "changeme",
  "password",
  "passw0rd",
  "secret",
  "webas",
  "nirvana",
  "liberty",
  "keystore",
  "truststore",
  "123456",
  "12345678",
  "storepass",
]);

/**
 * The password of a store to be made: the option, else PKI_PASSWORD, else asked twice.
 *
 * @throws PkiError `password-refused` when empty, unusable by the format, or typed differently twice;
 *   `password-missing` without a terminal; `usage` for `stash`, which holds the password of a store that exists
 */
export async function chooseNewPassword(
  host: Host,
  request: PasswordRequest,
  format: FormatId,
): Promise<FoundPassword> {
  if (request.source === "stash") {
    throw new PkiError("usage", "a new store has no stash to take its password from", {
      where: request.option,
      hint: "give the password from another source and add --stash",
    });
  }
  const asked = request.source === "prompt";
  const found = asked
    ? await askTwice(host, request)
    : ((await resolvePassword(host, request, { stash: false, environment: true })) ??
      (await askTwice(host, request)));
  refuseUnusable(found.secret, format, request.store);
  return {
    ...found,
    notices: [...found.notices, ...weaknesses(found.secret, format, request.store)],
  };
}

async function askTwice(host: Host, request: PasswordRequest): Promise<FoundPassword> {
  if (!host.terminal.interactive) throw passwordMissing(request);
  const name = JSON.stringify(request.store).slice(1, -1);
  const first = await askPassword(host, `new password for ${name}: `);
  const second = await askPassword(host, `the same again: `);
  const same = first.secret.equals(second.secret);
  second.secret.dispose();
  if (same) return first;
  throw new PkiError("password-refused", "the two passwords differ", {
    path: request.store,
    hint: "run the command again",
  });
}

function refuseUnusable(secret: Secret, format: FormatId, path: string): void {
  if (secret.length === 0) {
    throw new PkiError("password-refused", "an empty password is refused for a new store", {
      path,
      hint: "choose one of 12 characters or more",
    });
  }
  if (secret.use((bytes) => bytes.includes(0))) {
    throw new PkiError("password-refused", "the password holds a zero byte", { path });
  }
  if (format === "kdb" && secret.length > MAX_KDB_BYTES) {
    throw new PkiError(
      "password-refused",
      `a key database's password has at most ${MAX_KDB_BYTES} bytes`,
      { path },
    );
  }
}

/** What to say of a password that is accepted all the same. */
export function weaknesses(secret: Secret, format: FormatId, path: string): readonly Notice[] {
  const text = secret.use((bytes) => new TextDecoder().decode(bytes));
  const why = wellKnown(text) ? "is one that everybody tries first" : tooSimple(text);
  const notices: Notice[] = [];
  if (why !== undefined) {
    const format_ =
      format === "kdb"
        ? ": a key database does not stretch its password (one MAC over the header answers a guess), so only length protects it"
        : format === "jks"
          ? ": a JKS does not stretch its password (one SHA-1 answers a guess), so only length protects it"
          : "";
    notices.push({ level: "warning", path, message: `the password ${why}${format_}` });
  }
  if (format === "jks" && [...text].length < MIN_JAVA_LENGTH) {
    notices.push({
      level: "warning",
      path,
      message: `keytool refuses passwords below ${MIN_JAVA_LENGTH} characters`,
    });
  }
  return notices;
}

function wellKnown(text: string): boolean {
  return WELL_KNOWN.has(text.toLowerCase());
}

function tooSimple(text: string): string | undefined {
  const characters = [...text];
  if (characters.length < GOOD_LENGTH) {
    return `has ${characters.length} characters, fewer than ${GOOD_LENGTH}`;
  }
  if (new Set(characters).size < 5) return "repeats a few characters";
  return undefined;
}
