import { equalBytes, sameMac } from "../../bytes/octets.ts";
import { utf8 } from "../../bytes/text.ts";
import { KdfBudget } from "../../crypto/kdf.ts";
import type { Certificate } from "../../model/certificate.ts";
import { PkiError } from "../../model/error.ts";
import type { Secret } from "../../model/secret.ts";
import type { Container, Entry, KeyEntry, Store } from "../../model/store.ts";
import type { Random } from "../codec.ts";
import { KDB_SCHEME, type KdbEntryRest, restOf } from "./entry.ts";
import { indexKeys } from "./index-keys.ts";
import { verifierOf } from "./integrity.ts";
import { fileOf, type KdbFile, kdbVersion, MAX_RECORDS } from "./layout.ts";
import { openKey, sealKey } from "./protect.ts";
import { DEFAULT_PROTECTION, PROTECTIONS } from "./protection.ts";
import { Flag, Holding, type KdbRecord, RECORD_TYPE } from "./record.ts";

/** Longest label of a new record, in bytes of UTF-8 (docs/formats/kdb.md, "Labels"). Longer ones are kept. */
export const MAX_LABEL_BYTES = 256;
const MAX_U32 = 0xffff_ffff;

/** Whether the file that the container was read from has this very password. */
function isOwnPassword(file: KdbFile, password: Secret): boolean {
  const home = file.home;
  if (home === undefined) return false;
  return password.use((secret) =>
    sameMac(verifierOf(home.version, home.header, secret), home.verifier),
  );
}

/** A record to be written, and the one it comes from. */
export interface MadeRecord {
  readonly record: KdbRecord;
  readonly origin: KdbRecord | undefined;
}

/**
 * The records of a store, in its order: those of the container's own file as they were but for what
 * was changed, the others new.
 *
 * @throws PkiError as `writeKdb`, with `where` such as `entries/3`
 */
export async function recordsOf(
  store: Store,
  container: Container,
  password: Secret,
  random: Random,
): Promise<readonly MadeRecord[]> {
  const file = fileOf(container);
  if (store.entries.length > MAX_RECORDS) {
    throw new PkiError(
      "limit-exceeded",
      `a key database is written with ${MAX_RECORDS} records at most`,
    );
  }
  const sealer: Sealer = {
    password,
    random,
    protection: PROTECTIONS.some((known) => known.id === container.protection)
      ? container.protection
      : DEFAULT_PROTECTION[kdbVersion(container.version)],
    ownPassword: isOwnPassword(file, password),
    budget: new KdfBudget(),
  };
  const signers = signersOf(store);
  const isDefault = defaultOf(store, file);
  const written = new Set<KdbRecord>();
  let next = nextNumber(store, file);
  const records: MadeRecord[] = [];
  for (const [i, entry] of store.entries.entries()) {
    const where = `entries/${i + 1}`;
    const old = restOf(entry, file.home);
    checkHeld(entry, old, file, where);
    if (entry.kind === "key" && old?.chain !== entry.chain) checkChain(entry, signers, where);
    // Of an entry and its copy under another label, the copy is a new record.
    const own = old !== undefined && !written.has(old.record) ? old.record : undefined;
    if (own !== undefined) written.add(own);
    else if (next > MAX_U32) {
      const message = "the record numbers of the file are used up";
      throw new PkiError("format-cannot-hold", message, { where });
    }
    const record: KdbRecord = {
      ...recordOf(entry, old, isDefault(entry, i), where),
      ...(own === undefined ? { number: next, derNumber: next++ } : {}),
      sealed: await sealedOf(entry, old, sealer, where),
    };
    records.push({ record, origin: own });
  }
  return records;
}

/** The record of an entry but for its key; `number` is that of the old record. */
function recordOf(
  entry: Entry,
  rest: KdbEntryRest | undefined,
  isDefault: boolean,
  where: string,
): KdbRecord {
  const old = rest?.record;
  const label = rest?.label === entry.label ? undefined : labelBytes(entry.label, where);
  const certificate = certificateOf(entry);
  // While the certificate is still the same, so are the index keys.
  const same = holdsStill(old, certificate) ? old : undefined;
  const trusted = entry.kind === "trusted" ? entry.enabled : old === undefined || hasTrust(old);
  const others = (old?.flags ?? 0) & ~(Flag.trusted | Flag.default);
  const noBytes = new Uint8Array(0);
  return {
    type: old?.type ?? RECORD_TYPE,
    holding: holdingOf(entry),
    number: old?.number ?? 0,
    derNumber: old?.derNumber ?? 0,
    public: certificate?.der ?? (entry.kind === "request" ? entry.pkcs10 : undefined),
    sealed: undefined,
    derLabel: label ?? old?.derLabel ?? noBytes,
    label: label ?? old?.label ?? noBytes,
    flags: others | (trusted ? Flag.trusted : 0) | (isDefault ? Flag.default : 0),
    issuerRecord: same?.issuerRecord ?? 0,
    tail: same?.tail ?? (certificate === undefined ? noBytes : indexKeys(certificate.der)),
    raw: undefined,
  };
}

function holdsStill(old: KdbRecord | undefined, certificate: Certificate | undefined): boolean {
  const before = old?.holding === Holding.request ? undefined : old?.public;
  if (before === undefined || certificate === undefined) return before === certificate;
  return equalBytes(before, certificate.der);
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
function checkHeld(
  entry: Entry,
  old: KdbEntryRest | undefined,
  file: KdbFile,
  where: string,
): void {
  if (old?.record.holding === holdingOf(entry)) return;
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

/** What sealing and judging the keys of one file needs. */
interface Sealer {
  readonly password: Secret;
  readonly random: Random;
  readonly protection: string;
  /** The file that was read has this very password. */
  readonly ownPassword: boolean;
  readonly budget: KdfBudget;
}

async function sealedOf(
  entry: Entry,
  old: KdbEntryRest | undefined,
  { password, random, protection, ownPassword, budget }: Sealer,
  where: string,
): Promise<Uint8Array | undefined> {
  if (entry.kind === "trusted") return undefined;
  const { key } = entry;
  if (key.state === "open") return await sealKey(key.pkcs8, protection, password, random);
  if (key.scheme !== KDB_SCHEME) {
    throw new PkiError("format-cannot-hold", "the key is sealed as another format seals it", {
      where,
      hint: "open the key with its password first",
    });
  }
  if (ownPassword && isOwnSeal(entry, old)) return key.blob;
  try {
    (await openKey(key.blob, password, budget)).dispose();
  } catch (error) {
    throw error instanceof PkiError ? error.at({ where }) : error;
  }
  return key.blob;
}
