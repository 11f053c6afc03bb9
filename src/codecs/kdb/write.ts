import { concat } from "../../bytes/octets.ts";
import { PkiError } from "../../model/error.ts";
import type { Secret } from "../../model/secret.ts";
import type { Container, Store } from "../../model/store.ts";
import type { Passwords, Random } from "../codec.ts";
import { integrityOf, verifierOf } from "./integrity.ts";
import {
  type CarriedSlot,
  expirySeconds,
  fileOf,
  type KdbFile,
  type KdbHeader,
  kdbVersion,
  MAX_FILE_BYTES,
  MAX_SLOT_BYTES,
  MIN_SLOT_BYTES,
  SLOT_BYTES,
  writeHeader,
} from "./layout.ts";
import { writeSlot } from "./record.ts";
import { recordsOf } from "./records.ts";

/** A slot that must grow grows to a multiple of this. */
const SLOT_STEP_BYTES = 1000;

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
  const slotsOfRecords = records.map(({ record, origin }) => writeSlot(record, origin));
  const made = withCarried(slotsOfRecords, file);
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

/** The slots of the records with those that are only carried, each of these in its old place if that still exists. */
function withCarried(slots: readonly Uint8Array[], file: KdbFile): readonly Uint8Array[] {
  const made: Uint8Array[] = [];
  let next = 0;
  for (const slot of slots) {
    for (; file.carried[next]?.index === made.length; next++) {
      made.push((file.carried[next] as CarriedSlot).bytes);
    }
    made.push(slot);
  }
  return [...made, ...file.carried.slice(next).map(({ bytes }) => bytes)];
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

function slotSizeFor(file: KdbFile, slots: readonly Uint8Array[]): number {
  if (slots.length === 0) return file.slotSize;
  const needed = slots.reduce((most, slot) => Math.max(most, slot.length), 0);
  // An empty file may declare any size.
  const usable = file.slotSize >= MIN_SLOT_BYTES && file.slotSize <= MAX_SLOT_BYTES;
  const given = usable ? file.slotSize : SLOT_BYTES;
  const size = needed <= given ? given : Math.ceil(needed / SLOT_STEP_BYTES) * SLOT_STEP_BYTES;
  if (size > MAX_SLOT_BYTES || size * slots.length > MAX_FILE_BYTES) {
    throw new PkiError(
      "limit-exceeded",
      `${slots.length} slots of ${size} bytes are over the limit for a key database`,
      { hint: "every slot is as large as the largest record: leave that one out" },
    );
  }
  return size;
}
