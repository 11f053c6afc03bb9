import { KdfBudget, MAX_FILE_ITERATIONS } from "../../crypto/kdf.ts";
import { wipePassword } from "../../crypto/password.ts";
import { openSealedKey, readSealedKey } from "../../crypto/pbe.ts";
import { readPbe } from "../../crypto/pbe-scheme.ts";
import { PkiError } from "../../model/error.ts";
import { Secret } from "../../model/secret.ts";
import type { Integrity, Store } from "../../model/store.ts";
import type { Passwords, ReadResult, SharedWork } from "../codec.ts";
import { entriesOf } from "./entries.ts";
import type { Layout } from "./layout.ts";
import { type FoundMac, macIterations, macMatches } from "./mac.ts";
import { type PasswordForm, passwordForms, passwordIn } from "./password-form.ts";
import { type Pfx, readPfx } from "./pfx.ts";
import { factsOf, protectionOf } from "./protection.ts";
import { readSafes, type Safe, type Started, startDerivations } from "./safe.ts";

/**
 * Reads a PKCS#12 file (RFC 7292, RFC 9579), BER or DER.
 *
 * Format: docs/formats/pkcs12.md. The MAC is checked over the raw octets before anything inside is
 * believed. Keys in sealed bags stay sealed; one is opened only where nothing but its public key can
 * tell its certificate.
 *
 * @param bytes - the whole file, at most 64 MiB; bytes after its end are refused
 * @param passwords - `store` absent: the MAC is not checked, and encrypted contents are refused. Empty:
 *   tried as an empty password, then as none (RFC 7292 appendix B.1 and what some writers made of it)
 * @returns entries in the order of their certificates; labels exactly as stored, derived from the
 *   subject where there is none; `created` from Java's localKeyId
 * @throws PkiError `integrity-mismatch` (a wrong password looks the same), `password-missing`,
 *   `format-malformed` with `where` such as `authSafe/0/bags/3`, `format-unsupported`, `limit-exceeded`
 *   for more than 5,000,000 iterations in one derivation or 10,000,000 in all
 */
export async function readPkcs12(
  bytes: Uint8Array,
  passwords: Passwords,
  shared?: SharedWork,
): Promise<ReadResult> {
  const pfx = readPfx(bytes);
  const budget = new KdfBudget(MAX_FILE_ITERATIONS, shared?.chains);
  const { safes, form, integrity } = await openContent(pfx, passwords.store, budget);
  const entries = await entriesOf(safes, (blob) => tryOpenKey(blob, passwords, budget));
  const store: Store = { entries };
  const mac = pfx.mac?.mac;
  const protections = factsOf(safes, mac);
  const { id, iterations } = protectionOf(safes, mac);
  const layout: Layout = {
    safes,
    form,
    protection: id,
    original: { bytes, entries },
    ...(mac === undefined ? {} : { mac }),
  };
  return {
    store,
    container: {
      format: "pkcs12",
      version: "3",
      protection: id,
      integrity,
      ...(iterations === undefined ? {} : { iterations }),
      protections,
      rest: { pkcs12: layout },
    },
  };
}

interface Content {
  readonly safes: readonly Safe[];
  readonly form: PasswordForm;
  readonly integrity: Integrity;
}

async function openContent(
  { content, mac }: Pfx,
  password: Secret | undefined,
  budget: KdfBudget,
): Promise<Content> {
  if (password === undefined) {
    return {
      safes: await readSafes(content, { password: undefined, budget, started: [] }),
      form: "unicode",
      integrity: mac === undefined ? "absent" : "not-checked",
    };
  }
  if (mac === undefined) {
    const opened = await openWith(contentForms(password), content, password, budget, []);
    if (opened === undefined) throw mismatch("the password does not open the contents", "authSafe");
    return { ...opened, integrity: "absent" };
  }
  const octets = passwordIn("unicode", password);
  const early = startDerivations(content, octets, budget);
  wipePassword(octets);
  const form = await formOfMac(content, mac, password, budget);
  if (form === undefined) throw mismatch("the MAC does not match", "macData");
  // The form that made the MAC is the contents' too, but for a few old writers.
  const forms = new Set([form, ...contentForms(password)]);
  const opened = await openWith([...forms], content, password, budget, early);
  if (opened === undefined) {
    throw new PkiError(
      "key-password-wrong",
      "the contents are encrypted with another password than the MAC was made with",
    );
  }
  return { ...opened, integrity: "verified" };
}

function contentForms(password: Secret): readonly PasswordForm[] {
  return [...new Set([...passwordForms(password, "pkcs12"), ...passwordForms(password, "raw")])];
}

/** The form of the password under which the MAC is right. */
async function formOfMac(
  content: Uint8Array,
  mac: FoundMac,
  password: Secret,
  budget: KdfBudget,
): Promise<PasswordForm | undefined> {
  const use = mac.mac.kind === "pkcs12" ? "pkcs12" : "raw";
  for (const form of passwordForms(password, use)) {
    // Another form is another guess: a file that leaves no room for it gets none.
    if (form !== "unicode" && budget.left < macIterations(mac.mac)) return undefined;
    const octets = passwordIn(form, password);
    const matches = await macMatches(mac, content, octets, budget);
    wipePassword(octets);
    if (matches) return form;
  }
  return undefined;
}

/** Reads the contents with the first form that decrypts them; undefined where none does. */
async function openWith(
  forms: readonly PasswordForm[],
  content: Uint8Array,
  password: Secret,
  budget: KdfBudget,
  early: readonly Started[],
): Promise<{ safes: readonly Safe[]; form: PasswordForm } | undefined> {
  for (const form of forms) {
    const octets = passwordIn(form, password);
    try {
      const started = form === "unicode" ? early : [];
      return { safes: await readSafes(content, { password: octets, budget, started }), form };
    } catch (error) {
      if (!(error instanceof PkiError)) throw error;
      // Another form is another guess: a file that leaves no room for it gets none.
      const noRoom = form !== forms[0] && error.code === "limit-exceeded";
      if (error.code !== "key-password-wrong" && !noRoom) throw error;
    } finally {
      wipePassword(octets);
    }
  }
  return undefined;
}

function mismatch(message: string, where: string): PkiError {
  return new PkiError("integrity-mismatch", message, {
    where,
    hint: "the password is wrong or the file is damaged: the two cannot be told apart",
  });
}

/** Opens a key for comparison only: undefined where it does not open. */
export async function tryOpenKey(
  blob: Uint8Array,
  passwords: Passwords,
  budget = new KdfBudget(),
): Promise<Secret | undefined> {
  try {
    return await openKey(blob, passwords, budget);
  } catch (error) {
    if (error instanceof PkiError && error.code !== "limit-exceeded") return undefined;
    throw error;
  }
}

/**
 * Opens an EncryptedPrivateKeyInfo with the key password, else the store's, in each of its forms.
 *
 * @throws PkiError `password-missing`, `key-password-wrong`, `format-unsupported`, `limit-exceeded`
 */
export async function openKey(
  blob: Uint8Array,
  passwords: Passwords,
  budget = new KdfBudget(),
): Promise<Secret> {
  const password = passwords.key ?? passwords.store;
  if (password === undefined) {
    throw new PkiError("password-missing", "the key is sealed with a password");
  }
  const { kdf } = readPbe(readSealedKey(blob).algorithm, "key");
  let wrong: unknown;
  for (const form of passwordForms(password, kdf.kind === "pkcs12" ? "pkcs12" : "raw")) {
    if (form !== "unicode" && budget.left < kdf.iterations) break;
    const octets = passwordIn(form, password);
    try {
      return new Secret(await openSealedKey(blob, octets, budget, "key"));
    } catch (error) {
      if (!(error instanceof PkiError && error.code === "key-password-wrong")) throw error;
      wrong ??= error;
    } finally {
      wipePassword(octets);
    }
  }
  throw wrong;
}
