import type { PublicKeyView } from "../model/certificate.ts";
import type { OpenedStore, RefusedFile, SettingsFile } from "../model/inventory.ts";
import type { RevocationList } from "../model/revocation-list.ts";
import type { FormatId } from "../model/store.ts";
import { printGeneralName } from "../x509/general-name.ts";
import type { CertificateView } from "./certificate-view.ts";
import { type CertificateRecords, MemoryRecords } from "./records.ts";
import type { Use } from "./rule.ts";
import type { SpillSpace } from "./spill.ts";
import { SpilledInventory } from "./spilled-inventory.ts";

/** One place that a certificate stands in. */
export interface Standing {
  readonly store: StoreRecord;
  readonly label: string;
  readonly use: Use;
}

/** What is remembered of a store after it was judged: enough to compare stores, not what they hold. */
export interface StoreRecord {
  readonly path: string;
  readonly format: FormatId;
  /** Same tag, same password; absent where no password was used. */
  readonly passwordTag?: string;
  readonly passwordLength?: number;
  /** True where it is public knowledge. */
  readonly passwordWellKnown?: boolean;
  readonly keyLabels: readonly string[];
  /** SHA-256 of the certificates trusted here (enabled signers), and of those in key chains. */
  readonly trusted: readonly string[];
  readonly personal: readonly string[];
}

/** What is remembered of a distinct certificate; its DER is not kept, so memory stays small. */
export interface CertificateRecord {
  readonly sha256: string;
  /** RFC 4514 text. */
  readonly subject: string;
  readonly issuer: string;
  readonly serial: string;
  /** SHA-256 of SubjectPublicKeyInfo, lower-case hex. */
  readonly spki: string;
  readonly keyAlgorithm: string;
  /** Size of the key; 0 where unknown. */
  readonly keyBits: number;
  readonly curve?: string;
  readonly signatureAlgorithm: string;
  /** 1, 2 or 3. */
  readonly version: number;
  /** RSA modulus, unsigned big-endian. */
  readonly modulus?: Uint8Array;
  readonly notBefore: Date;
  readonly notAfter: Date;
  readonly selfIssued: boolean;
  readonly ca: boolean;
  /** Subject key identifier and the one of the authority, lower-case hex, where the extensions stand. */
  readonly subjectKeyId?: string;
  readonly authorityKeyId?: string;
  /** As `printGeneralName` prints them: `DNS:host`; absent where there are none. */
  readonly subjectAltNames?: readonly string[];
  /** Names of RFC 5280 §4.2.1.3; absent where the extension is. */
  readonly keyUsage?: readonly string[];
  /** Names where they have one (`serverAuth`), else dotted OIDs; absent where the extension is. */
  readonly extendedKeyUsage?: readonly string[];
  /** Of those that may sign revocation lists: with what these are checked. */
  readonly publicKey?: PublicKeyView;
  readonly standings: readonly Standing[];
}

/** A revocation list with the files that it stands in. */
export interface CrlRecord {
  readonly crl: RevocationList;
  readonly paths: readonly string[];
}

/** Everything that was found, for the rules that compare. */
export interface InventoryView {
  readonly certificates: CertificateRecords;
  readonly stores: readonly StoreRecord[];
  readonly refused: readonly RefusedFile[];
  /** Distinct revocation lists. */
  readonly crls: readonly CrlRecord[];
  /** Configuration files that name stores. */
  readonly settings: readonly SettingsFile[];
  /** By SHA-256, the DER of the certificates that a rule asked for: `InventoryRule.keeps`. */
  readonly whole: ReadonlyMap<string, Uint8Array>;
}

/** What one builder collected, for another to take in. */
export interface InventoryPart extends Omit<InventoryView, "certificates"> {
  readonly certificates: readonly CertificateRecord[];
}

type Growing = Omit<CertificateRecord, "standings"> & { standings: Standing[] };

/**
 * Collects the records while stores pass by one at a time: in memory, and once they are more than may be kept
 * there, in a file.
 */
export class InventoryBuilder {
  readonly #space: SpillSpace | undefined;
  readonly #certificates = new Map<string, Growing>();
  readonly #records = new MemoryRecords(this.#certificates);
  readonly #stores: StoreRecord[] = [];
  readonly #refused: RefusedFile[] = [];
  readonly #crls = new Map<string, CrlRecord & { paths: string[] }>();
  readonly #settings: SettingsFile[] = [];
  readonly #whole = new Map<string, Uint8Array>();
  /** Of the records and their standings in memory, estimated octets. */
  #weight = 0;
  #spilled: SpilledInventory | undefined;

  /** @param space - absent: all stays in memory */
  constructor(space?: SpillSpace) {
    this.#space = space;
  }

  addRefused(file: RefusedFile): void {
    this.#refused.push(file);
  }

  addSettings(file: SettingsFile): void {
    if (file.stores !== undefined) this.#settings.push(file);
  }

  addCrl(path: string, crl: RevocationList): void {
    const known = this.#crls.get(crl.sha256);
    if (known === undefined) this.#crls.set(crl.sha256, { crl, paths: [path] });
    else known.paths.push(path);
  }

  /** Keeps the DER of a store's certificates; few stores are named by a policy, so these stay in memory. */
  keepWhole({ store }: OpenedStore): void {
    for (const entry of store.entries) {
      const certificates =
        entry.kind === "key" ? entry.chain : entry.kind === "trusted" ? [entry.certificate] : [];
      // A copy: a view would keep the whole file that it was read from.
      for (const { sha256, der } of certificates) this.#whole.set(sha256, der.slice());
    }
  }

  addStore(
    store: OpenedStore,
    viewOf: (certificate: CertificateView["certificate"]) => CertificateView,
  ): void {
    const { entries } = store.store;
    const trusted: string[] = [];
    const personal: string[] = [];
    const keyLabels: string[] = [];
    for (const entry of entries) {
      if (entry.kind === "trusted" && entry.enabled) trusted.push(entry.certificate.sha256);
      if (entry.kind === "key") {
        personal.push(entry.chain[0].sha256);
        keyLabels.push(entry.label);
      }
    }
    const record: StoreRecord = {
      path: store.path,
      format: store.container.format,
      ...(store.password === undefined
        ? {}
        : {
            passwordTag: store.password.tag,
            passwordLength: store.password.length,
            passwordWellKnown: store.password.wellKnown !== undefined,
          }),
      keyLabels,
      trusted,
      personal,
    };
    const standIn = this.#take(record);
    for (const entry of entries) {
      if (entry.kind === "trusted") standIn(viewOf(entry.certificate), entry.label, "signer");
      else if (entry.kind === "key") {
        entry.chain.forEach((certificate, i) => {
          standIn(viewOf(certificate), entry.label, i === 0 ? "personal" : "chain");
        });
      }
    }
    this.#spillIfLarge();
  }

  /** @returns what notes that a certificate stands in the store */
  #take(store: StoreRecord): (view: CertificateView, label: string, use: Use) => void {
    const spilled = this.#spilled;
    if (spilled !== undefined) {
      const number = spilled.addStore(store);
      return (view, label, use) => {
        const { sha256 } = view.certificate;
        if (!spilled.has(sha256)) spilled.add(sha256, recordOf(view));
        spilled.stand(sha256, number, label, use);
      };
    }
    this.#stores.push(store);
    return (view, label, use) => {
      const { sha256 } = view.certificate;
      const known = this.#certificates.get(sha256);
      if (known === undefined) this.#keep(recordOf(view), [{ store, label, use }]);
      else {
        known.standings.push({ store, label, use });
        this.#weight += STANDING_OCTETS;
      }
    };
  }

  #keep(record: CertificateRecord, standings: Standing[]): void {
    const kept = record as Growing;
    kept.standings = standings;
    this.#certificates.set(record.sha256, kept);
    this.#weight += weightOf(record) + standings.length * STANDING_OCTETS;
  }

  #spillIfLarge(): void {
    const space = this.#space;
    if (this.#spilled !== undefined || space?.isOver(this.#weight) !== true) return;
    const spilled = new SpilledInventory(space.log);
    addTo(spilled, this.#stores, this.#certificates.values());
    this.#certificates.clear();
    this.#stores.length = 0;
    this.#weight = 0;
    this.#spilled = spilled;
  }

  /** Takes out what was collected since the last call. @throws Error where some of it is in a file: a fault of ours */
  drain(): InventoryPart {
    if (this.#spilled !== undefined) throw new Error("what is in a file is not passed on");
    const part = {
      certificates: [...this.#certificates.values()],
      stores: [...this.#stores],
      refused: [...this.#refused],
      crls: [...this.#crls.values()],
      settings: [...this.#settings],
      whole: new Map(this.#whole),
    };
    this.#certificates.clear();
    this.#stores.length = 0;
    this.#refused.length = 0;
    this.#crls.clear();
    this.#settings.length = 0;
    this.#whole.clear();
    this.#weight = 0;
    return part;
  }

  /** Adds what another builder collected after all that is here. */
  absorb({ certificates, stores, refused, crls, settings, whole }: InventoryPart): void {
    if (this.#spilled !== undefined) addTo(this.#spilled, stores, certificates);
    else {
      for (const record of certificates) {
        const known = this.#certificates.get(record.sha256);
        if (known === undefined) this.#keep({ ...record }, [...record.standings]);
        else {
          known.standings.push(...record.standings);
          this.#weight += record.standings.length * STANDING_OCTETS;
        }
      }
      for (const store of stores) this.#stores.push(store);
      this.#spillIfLarge();
    }
    for (const file of refused) this.#refused.push(file);
    for (const file of settings) this.#settings.push(file);
    for (const [sha256, der] of whole) this.#whole.set(sha256, der);
    for (const { crl, paths } of crls) for (const path of paths) this.addCrl(path, crl);
  }

  view(): InventoryView {
    return {
      certificates: this.#spilled ?? this.#records,
      stores: this.#spilled?.stores ?? this.#stores,
      refused: this.#refused,
      crls: [...this.#crls.values()],
      settings: this.#settings,
      whole: this.#whole,
    };
  }
}

/** Measured of records of common certificates, without what differs most. */
const RECORD_OCTETS = 800;
const STANDING_OCTETS = 64;

/** About what a record takes in memory without its standings, in octets. */
function weightOf({ modulus, subjectAltNames, publicKey }: CertificateRecord): number {
  let octets = RECORD_OCTETS + (modulus?.length ?? 0) + (publicKey?.spki.length ?? 0);
  for (const name of subjectAltNames ?? []) octets += name.length + 16;
  return octets;
}

function addTo(
  spilled: SpilledInventory,
  stores: readonly StoreRecord[],
  records: Iterable<CertificateRecord>,
): void {
  const numbers = new Map(stores.map((store) => [store, spilled.addStore(store)]));
  for (const record of records) {
    if (!spilled.has(record.sha256)) spilled.add(record.sha256, record);
    for (const { store, label, use } of record.standings) {
      spilled.stand(record.sha256, numbers.get(store) as number, label, use);
    }
  }
}

type Mutable<T> = { -readonly [K in keyof T]: T[K] };

const NOWHERE: readonly Standing[] = [];

/** What is kept of a certificate, field by field: there may be hundreds of thousands. */
function recordOf(view: CertificateView): CertificateRecord {
  const { certificate, key, keyUsage, extendedKeyUsage, subjectAltNames } = view;
  const { publicKey } = certificate;
  const record: Mutable<CertificateRecord> = {
    sha256: certificate.sha256,
    subject: view.subject,
    issuer: view.issuer,
    serial: certificate.serial,
    spki: key.hash,
    keyAlgorithm: publicKey.algorithm,
    keyBits: publicKey.bits,
    signatureAlgorithm: certificate.signatureAlgorithm,
    version: certificate.version,
    notBefore: certificate.notBefore,
    notAfter: certificate.notAfter,
    selfIssued: view.selfIssued,
    ca: view.ca,
    standings: NOWHERE,
  };
  if (publicKey.curve !== undefined) record.curve = publicKey.curve;
  if (key.modulus !== undefined) record.modulus = key.modulus;
  if (view.subjectKeyId !== undefined) record.subjectKeyId = view.subjectKeyId;
  if (view.authorityKeyId !== undefined) record.authorityKeyId = view.authorityKeyId;
  if (subjectAltNames.length > 0) record.subjectAltNames = subjectAltNames.map(printGeneralName);
  if (keyUsage !== undefined) record.keyUsage = keyUsage;
  if (extendedKeyUsage !== undefined) record.extendedKeyUsage = extendedKeyUsage;
  if (view.ca || keyUsage?.includes("cRLSign")) {
    // A copy: a view would keep the whole file that it was read from.
    record.publicKey = { ...publicKey, spki: publicKey.spki.slice() };
  }
  return record;
}
