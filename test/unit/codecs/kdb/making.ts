import type { KdbEntryRest } from "../../../../src/codecs/kdb/entry.ts";
import { kdbCodec } from "../../../../src/codecs/kdb/index.ts";
import type { KdbRecord } from "../../../../src/codecs/kdb/record.ts";
import { Secret } from "../../../../src/model/secret.ts";
import type {
  Container,
  Entry,
  KeyEntry,
  Store,
  TrustedEntry,
} from "../../../../src/model/store.ts";
import { parseCertificate } from "../../../../src/x509/parse.ts";
import { fixture, pemFixture, secret } from "../../../support/fixtures.ts";
import { seededBytes } from "../../../support/mutations.ts";

/** Short ways to the key databases that these tests are about. */

export const password = secret("fixture-password");
export const passwords = { store: password };
export const random = seededBytes(48);

export const certificate = (name: string) => parseCertificate(pemFixture(`pem/${name}.pem`));

export function signer(name: string, label = name, enabled = true): TrustedEntry {
  return { kind: "trusted", label, certificate: certificate(name), enabled };
}

/** A key with its leaf, and the given certificates above it. */
export function key(name: string, label = name, ...above: readonly string[]): KeyEntry {
  return {
    kind: "key",
    label,
    key: { state: "open", pkcs8: new Secret(pemFixture(`pem/${name}-key.pem`)) },
    chain: [certificate(name), ...above.map(certificate)],
  };
}

export function fresh(version = "4", slotSize?: number): Container {
  const made = kdbCodec.create({ version }, random);
  return slotSize === undefined ? made : { ...made, rest: { ...made.rest, slotSize } };
}

export function write(store: Store, container = fresh()): Promise<Uint8Array> {
  return kdbCodec.write(store, container, passwords, random);
}

export const read = (bytes: Uint8Array) => kdbCodec.read(bytes, passwords);

export const readFixture = (name: string) => read(fixture(`kdb/${name}`));

/** The error that a promise ends in. */
export async function failure(promise: Promise<unknown>): Promise<unknown> {
  return promise.then(
    () => "nothing failed",
    (error: unknown) => error,
  );
}

export const number32 = (bytes: Uint8Array, at: number): number =>
  new DataView(bytes.buffer, bytes.byteOffset).getUint32(at);

/** The slots of a file. */
export function slotsOf(bytes: Uint8Array): readonly Uint8Array[] {
  const size = number32(bytes, 0x10);
  const count = number32(bytes, 0x14);
  const mac = { 3: 16, 4: 20, 6: 48 }[bytes[2] as 3 | 4 | 6];
  const slot = (i: number) => bytes.subarray(0x30 + 2 * mac + i * size);
  return Array.from({ length: count }, (_, i) => slot(i).subarray(0, size));
}

/** The record that an entry was read from. */
export function recordOf(entry: Entry | undefined): KdbRecord {
  if (entry?.rest === undefined) throw new Error("the entry was not read");
  return (entry.rest as KdbEntryRest).record;
}
