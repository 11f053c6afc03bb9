import { sameMac } from "../../bytes/octets.ts";
import { utf8 } from "../../bytes/text.ts";
import type { Certificate } from "../../model/certificate.ts";
import { PkiError } from "../../model/error.ts";
import type { Secret } from "../../model/secret.ts";
import type { Container, Entry, KeyMaterial, Store } from "../../model/store.ts";
import type { CertificateMemo } from "../../x509/certificate-memo.ts";
import { parseCertificate } from "../../x509/parse.ts";
import type { Passwords, ReadOptions, ReadResult } from "../codec.ts";
import { KDB_SCHEME, type KdbEntryRest } from "./entry.ts";
import { integrityOf, partsOf, verifierOf } from "./integrity.ts";
import {
  type CarriedSlot,
  type KdbFile,
  type KdbHeader,
  type KdbHome,
  readHeader,
} from "./layout.ts";
import {
  DEFAULT_PROTECTION,
  factsOf,
  protectionOf,
  type Sealing,
  sealingOf,
} from "./protection.ts";
import { Flag, Holding, isFree, type KdbRecord, readSlot } from "./record.ts";
import type { ChainOf } from "./signers.ts";

/**
 * Reads a GSKit key database (`.kdb`, `.rdb` or `.crl`), version 3, 4 or 6.
 *
 * Format: docs/formats/kdb.md. With a password both MACs are checked before any record is looked at;
 * without one the certificates, which stand in clear, are listed as `not-checked`. Keys stay sealed.
 * Each key's chain is completed from the certificates of the same file.
 *
 * @param bytes - the whole file; up to 100,000 records
 * @param passwords - `store` as bytes: GSKit knows no character set
 * @returns entries in file order; a label that is not UTF-8 is shown with U+FFFD and kept as bytes
 * @throws PkiError `password-refused` when the verifier over the header does not fit (wrong password,
 *   or a damaged header); `format-malformed` with `where` `integrity value` when the password is right
 *   and the file is damaged, else with a place such as `records/3`; `format-unsupported`; `limit-exceeded`
 */
export async function readKdb(
  bytes: Uint8Array,
  passwords: Passwords,
  { known, leavesOnly = false, certificates }: ReadOptions = {},
): Promise<ReadResult> {
  const header = readHeader(bytes);
  if (passwords.store !== undefined) checkIntegrity(bytes, header, passwords.store);
  const parts = partsOf(header.version, bytes);
  const home: KdbHome = {
    version: header.version,
    header: parts.header,
    verifier: parts.verifier,
  };
  const carried: CarriedSlot[] = [];
  const records: KdbRecord[] = [];
  for (let i = 0; i < header.count; i++) {
    const bytes = parts.slots.subarray(i * header.slotSize, (i + 1) * header.slotSize);
    if (header.type === "crl" || isFree(bytes)) carried.push({ index: i, bytes });
    else records.push(readSlot(bytes, `records/${i + 1}`));
  }
  const signers = leavesOnly ? undefined : await import("./signers.ts");
  const entries = entriesOf(
    records,
    home,
    (pool, keys) => signers?.chainsFrom(pool, keys, known) ?? ((leaf) => [leaf]),
    certificates,
  );
  const marked = records.findIndex((record) => (record.flags & Flag.default) !== 0);
  const defaultLabel = entries[marked]?.label;
  const store: Store = { entries, ...(defaultLabel === undefined ? {} : { defaultLabel }) };
  const rest: KdbFile = {
    type: header.type,
    kind: header.kind,
    salt: header.salt,
    slotSize: header.slotSize,
    defaultLabel,
    carried,
    home,
  };
  return { store, container: containerOf(header, records, passwords, rest) };
}

/** Whether the verifier over the header fits: one hash, no record is looked at. */
export function answersKdb(bytes: Uint8Array, password: Secret): boolean {
  const { version } = readHeader(bytes);
  const { header, verifier } = partsOf(version, bytes);
  return password.use((secret) => sameMac(verifierOf(version, header, secret), verifier));
}

function checkIntegrity(bytes: Uint8Array, header: KdbHeader, password: Secret): void {
  const { version, slotSize } = header;
  const parts = partsOf(version, bytes);
  password.use((secret) => {
    if (!sameMac(verifierOf(version, parts.header, secret), parts.verifier)) {
      throw new PkiError("password-refused", "the password does not open this key database", {
        hint: "give the right password; if it is right, the first bytes of the file are damaged",
      });
    }
    const value = integrityOf(version, parts.head, parts.slots, slotSize, secret);
    if (!sameMac(value, parts.integrity)) {
      throw new PkiError(
        "format-malformed",
        "the password is right, but the file was damaged or changed by other software",
        { where: "integrity value", hint: "restore the file from a backup" },
      );
    }
  });
}

function containerOf(
  header: KdbHeader,
  records: readonly KdbRecord[],
  passwords: Passwords,
  rest: KdbFile,
): Container {
  const used: Sealing[] = [];
  for (const { sealed, number } of records) {
    if (sealed !== undefined) used.push(sealingOf(sealed, `records/${number}/key`));
  }
  const iterations = used.flatMap(({ pbe }) => (pbe === undefined ? [] : [pbe.kdf.iterations]));
  return {
    format: "kdb",
    version: header.version,
    protection: protectionOf(used) ?? DEFAULT_PROTECTION[header.version],
    integrity: passwords.store === undefined ? "not-checked" : "verified",
    ...(iterations.length === 0 ? {} : { iterations: iterations.reduce((a, b) => Math.min(a, b)) }),
    protections: factsOf(header.version, used),
    ...(header.expires === 0 ? {} : { passwordExpires: new Date(header.expires * 1000) }),
    rest,
  };
}

function entriesOf(
  records: readonly KdbRecord[],
  home: KdbHome,
  chainsOf: (pool: readonly Certificate[], keys: number) => ChainOf,
  memo: CertificateMemo | undefined,
): readonly Entry[] {
  const certificates = records.map((record) =>
    record.public !== undefined && record.holding !== Holding.request
      ? parseCertificate(record.public, `records/${record.number}/certificate`, memo)
      : undefined,
  );
  const keys = records.filter(({ holding }) => holding === Holding.personal).length;
  const pool = certificates.filter((found) => found !== undefined);
  const chainOf = chainsOf(pool, keys);
  return records.map((record, i) => entryOf(record, certificates[i], home, chainOf));
}

function entryOf(
  record: KdbRecord,
  certificate: Certificate | undefined,
  home: KdbHome,
  chainOf: ChainOf,
): Entry {
  // GSKit finds a record by the label of its DER, not by the slot's.
  const label = utf8.decodeLenient(record.derLabel);
  const rest: KdbEntryRest = { home, record, label, chain: undefined };
  const key: KeyMaterial = {
    state: "sealed",
    scheme: KDB_SCHEME,
    blob: record.sealed ?? new Uint8Array(0),
  };
  if (certificate === undefined) {
    return record.public === undefined
      ? { kind: "secret", label, algorithm: "unknown", key, rest }
      : { kind: "request", label, key, pkcs10: record.public, rest };
  }
  if (record.holding === Holding.signer) {
    const enabled = (record.flags & Flag.trusted) !== 0;
    return { kind: "trusted", label, certificate, enabled, rest };
  }
  const chain = chainOf(certificate);
  return { kind: "key", label, key, chain, rest: { ...rest, chain } };
}
