import { concat, equalBytes } from "../../bytes/octets.ts";
import { utf8 } from "../../bytes/text.ts";
import { PkiError } from "../../model/error.ts";
import type { Secret } from "../../model/secret.ts";
import type {
  Container,
  Entry,
  KeyEntry,
  KeyMaterial,
  RequestEntry,
  SecretEntry,
  Store,
} from "../../model/store.ts";
import type { Passwords, Random } from "../codec.ts";
import { KDB_SCHEME, type KdbEntryRest, restOf } from "./entry.ts";
import { indexKeys } from "./index-keys.ts";
import { integrityOf, sameMac, verifierOf } from "./integrity.ts";
import {
  expirySeconds,
  fileOf,
  type KdbFile,
  type KdbHeader,
  kdbVersion,
  MAX_FILE_BYTES,
  MAX_RECORDS,
  MAX_SLOT_BYTES,
  writeHeader,
} from "./layout.ts";
import { openKey, sealKey } from "./protect.ts";
import { DEFAULT_PROTECTION, PROTECTIONS } from "./protection.ts";
import { Flag, Holding, type KdbRecord, writeSlot } from "./record.ts";

/** Longest label of a new record, in bytes of UTF-8 (docs/formats/kdb.md, "Labels"). Longer ones are kept. */
export const MAX_LABEL_BYTES = 256;
/** A slot that must grow grows to a multiple of this. */
const SLOT_STEP_BYTES = 1000;
const MAX_U32 = 0xffff_ffff;

/**
 * Writes a key database of the container's version and type.
 *
 * Format: docs/formats/kdb.md. A store that was read and not changed gives the same bytes. A changed
 * entry costs its own record only: numbers, order, salt, slot size and index keys of the others stay.
 * A new record gets the next number. A record that is larger than the slots makes all slots grow.
 *
 * Keys of this file are written as sealed while the password is the file's own. A key that comes
 * from another database, and every key when the password changes, must open with the new password:
 * GSKit knows one password for all. `open` keys are sealed by the container's protection.
 *
 * @throws PkiError `password-missing` without a password, or when the file was read without one;
 *   `format-cannot-hold` for what GSKit would refuse or the layout has no place for;
 *   `key-password-wrong` for a sealed key that the new password does not open; `limit-exceeded`
 */
export async function writeKdb(
  store: Store,
  container: Container,
  passwords: Passwords,
  random: Random,
): Promise<Uint8Array> {
  const file = fileOf(container);
  const password = passwordOf(container, passwords);
  const records = await recordsOf(store, container, password, random);
  const made = [...file.slots, ...records.map(writeSlot)];
  const slotSize = slotSizeFor(file, made);
  const header: KdbHeader = {
    version: kdbVersion(container.version),
    type: file.type,
    kind: file.kind,
    expires: expirySeconds(container.passwordExpires),
    slotSize,
    count: made.length,
    salt: file.salt,
  };
  const slots = new Uint8Array(slotSize * made.length);
  for (const [i, slot] of made.entries()) slots.set(slot, i * slotSize);
  return password.use((secret) => {
    const first = writeHeader(header);
    const head = concat([first, verifierOf(header.version, first, secret)]);
    return concat([head, integrityOf(header.version, head, slots, slotSize, secret), slots]);
  });
}

function passwordOf(container: Container, passwords: Passwords): Secret {
  const password = passwords.store;
  if (password === undefined) {
    throw new PkiError("password-missing", "a key database cannot be written without its password");
  }
  if (container.integrity === "not-checked") {
    throw new PkiError(
      "password-missing",
      "the key database was read without its password, so it cannot be written",
      { hint: "open it with its password first" },
    );
  }
  if (passwords.key !== undefined && !passwords.key.equals(password)) {
    throw new PkiError("format-cannot-hold", "a key database has one password for all its keys", {
      hint: "leave out the key password",
    });
  }
  return password;
}

/** Whether the file that the container was read from has this very password. */
function isOwnPassword(file: KdbFile, password: Secret): boolean {
  const home = file.home;
  if (home === undefined) return false;
  return password.use((secret) =>
    sameMac(verifierOf(home.version, home.header, secret), home.verifier),
  );
}

async function recordsOf(
  store: Store,
  container: Container,
  password: Secret,
  random: Random,
): Promise<readonly KdbRecord[]> {
  const file = fileOf(container);
  if (store.entries.length > MAX_RECORDS) {
    throw new PkiError(
      "limit-exceeded",
      `a key database is written with ${MAX_RECORDS} records at most`,
    );
  }
  const ownPassword = isOwnPassword(file, password);
  const signers = signersOf(store);
  const isDefault = defaultOf(store, file);
  let next = nextNumber(store, file);
  const records: KdbRecord[] = [];
  for (const [i, entry] of store.entries.entries()) {
    const where = `entries/${i + 1}`;
    checkHeld(entry, file, where);
    const old = restOf(entry, file.home);
    const settled = ownPassword && isOwnSeal(entry, old);
    if (entry.kind === "key" && old?.chain !== entry.chain) checkChain(entry, signers, where);
    const sealed =
      entry.kind === "trusted"
        ? undefined
        : await sealedOf(entry, container, settled, password, random).catch((error) => {
            throw error instanceof PkiError ? error.at({ where }) : error;
          });
    const number = old?.record.number ?? next++;
    if (number > MAX_U32) {
      throw new PkiError("format-cannot-hold", "the record numbers of the file are used up", {
        where,
      });
    }
    records.push(recordOf(entry, old?.record, number, sealed, isDefault(entry, i), file, where));
  }
  return records;
}

function recordOf(
  entry: Entry,
  old: KdbRecord | undefined,
  number: number,
  sealed: Uint8Array | undefined,
  isDefault: boolean,
  file: KdbFile,
  where: string,
): KdbRecord {
  const rest = restOf(entry, file.home);
  const label = rest?.label === entry.label ? undefined : labelBytes(entry.label, where);
  const certificate = certificateOf(entry);
  const sameCertificate = rest !== undefined && rest.sha256 === certificate?.sha256;
  const trusted = entry.kind === "trusted" ? entry.enabled : old === undefined || hasTrust(old);
  const others = (old?.flags ?? 0) & ~(Flag.trusted | Flag.default);
  return {
    holding: holdingOf(entry),
    number,
    derNumber: old?.derNumber ?? number,
    public: certificate?.der ?? (entry.kind === "request" ? entry.pkcs10 : undefined),
    sealed,
    derLabel: label ?? old?.derLabel ?? new Uint8Array(0),
    label: label ?? old?.label ?? new Uint8Array(0),
    flags: others | (trusted ? Flag.trusted : 0) | (isDefault ? Flag.default : 0),
    issuerRecord: sameCertificate ? (old?.issuerRecord ?? 0) : 0,
    tail:
      sameCertificate && old !== undefined
        ? old.tail
        : certificate === undefined
          ? new Uint8Array(0)
          : indexKeys(certificate.der),
    odd: old?.odd,
  };
}

function hasTrust(record: KdbRecord): boolean {
  return (record.flags & Flag.trusted) !== 0;
}

function holdingOf(entry: Entry): Holding {
  if (entry.kind === "trusted") return Holding.signer;
  if (entry.kind === "key") return Holding.personal;
  return entry.kind === "request" ? Holding.request : Holding.secret;
}

function certificateOf(entry: Entry) {
  if (entry.kind === "trusted") return entry.certificate;
  return entry.kind === "key" ? entry.chain[0] : undefined;
}

function labelBytes(label: string, where: string): Uint8Array {
  const bytes = utf8.encode(label);
  if (bytes.length > MAX_LABEL_BYTES) {
    throw new PkiError(
      "format-cannot-hold",
      `the label has ${bytes.length} bytes, a key database takes ${MAX_LABEL_BYTES}`,
      { where, hint: "choose a shorter label" },
    );
  }
  if (bytes.includes(0)) {
    throw new PkiError("format-cannot-hold", "the label has a zero byte in it", { where });
  }
  return bytes;
}

/** A `.kdb` takes certificates and keys, a `.rdb` requests; what a file already had stays. */
function checkHeld(entry: Entry, file: KdbFile, where: string): void {
  if (restOf(entry, file.home)?.record.holding === holdingOf(entry)) return;
  const held =
    file.type === "key"
      ? entry.kind === "key" || entry.kind === "trusted"
      : file.type === "request" && entry.kind === "request";
  if (held) return;
  const hints: Readonly<Record<Entry["kind"], string>> = {
    key: "keys belong into the .kdb",
    trusted: "signers belong into the .kdb",
    request: "requests belong into the .rdb beside the .kdb",
    secret: "use a PKCS#12 keystore for secret keys",
  };
  const names = { key: "key database", request: "request database", crl: "CRL database" };
  const kinds = {
    key: "key",
    trusted: "signer",
    request: "certificate request",
    secret: "secret key",
  };
  throw new PkiError(
    "format-cannot-hold",
    `a ${names[file.type]} cannot hold a ${kinds[entry.kind]}: GSKit would refuse the file`,
    { where, hint: hints[entry.kind] },
  );
}

/** Fingerprints of every certificate that the file will hold as a record. */
function signersOf(store: Store): ReadonlySet<string> {
  const found = new Set<string>();
  for (const entry of store.entries) {
    const certificate = certificateOf(entry);
    if (certificate !== undefined) found.add(certificate.sha256);
  }
  return found;
}

function checkChain(entry: KeyEntry, signers: ReadonlySet<string>, where: string): void {
  const missing = entry.chain.findIndex((certificate) => !signers.has(certificate.sha256));
  if (missing === -1) return;
  throw new PkiError(
    "format-cannot-hold",
    "a record of a key database holds no chain, and a signer of this one is not in the store",
    { where: `${where}/chain/${missing}`, hint: "add the certificates of its chain as signers" },
  );
}

/**
 * Which entries are marked as default. Several marked records, or one of two with the same label, stay
 * as they were read until the default is changed.
 */
function defaultOf(store: Store, file: KdbFile): (entry: Entry, index: number) => boolean {
  const marked = (entry: Entry): boolean =>
    ((restOf(entry, file.home)?.record.flags ?? 0) & Flag.default) !== 0;
  const label = store.defaultLabel;
  const named = store.entries.flatMap((entry, i) => (entry.label === label ? [i] : []));
  const chosen = named.find((i) => marked(store.entries[i] as Entry)) ?? named[0];
  const unchanged = label !== undefined && label === file.defaultLabel;
  return (entry, index) => index === chosen || (unchanged && marked(entry));
}

/** Whether the entry's key is the very one that its record had. */
function isOwnSeal(entry: Entry, old: KdbEntryRest | undefined): boolean {
  const sealed = old?.record.sealed;
  if (sealed === undefined || entry.kind === "trusted") return false;
  return entry.key.state === "sealed" && equalBytes(entry.key.blob, sealed);
}

function nextNumber(store: Store, file: KdbFile): number {
  let highest = 0;
  for (const entry of store.entries) {
    highest = Math.max(highest, restOf(entry, file.home)?.record.number ?? 0);
  }
  return highest + 1;
}

async function sealedOf(
  entry: KeyEntry | RequestEntry | SecretEntry,
  container: Container,
  settled: boolean,
  password: Secret,
  random: Random,
): Promise<Uint8Array> {
  const key: KeyMaterial = entry.key;
  if (key.state === "open") {
    const known = PROTECTIONS.some((protection) => protection.id === container.protection);
    const id = known ? container.protection : DEFAULT_PROTECTION[kdbVersion(container.version)];
    return await sealKey(key.pkcs8, id, password, random);
  }
  if (key.scheme !== KDB_SCHEME) {
    throw new PkiError("format-cannot-hold", "the key is sealed as another format seals it", {
      hint: "open the key with its password first",
    });
  }
  if (!settled) (await openKey(key.blob, password)).dispose();
  return key.blob;
}

function slotSizeFor(file: KdbFile, slots: readonly Uint8Array[]): number {
  const needed = slots.reduce((most, slot) => Math.max(most, slot.length), 0);
  const size =
    needed <= file.slotSize ? file.slotSize : Math.ceil(needed / SLOT_STEP_BYTES) * SLOT_STEP_BYTES;
  if (size > MAX_SLOT_BYTES || size * slots.length > MAX_FILE_BYTES) {
    throw new PkiError(
      "limit-exceeded",
      `${slots.length} slots of ${size} bytes are over the limit for a key database`,
      { hint: "every slot is as large as the largest record: leave that one out" },
    );
  }
  return size;
}
