import type { PublicKeyView } from "../model/certificate.ts";
import type { OpenedStore, RefusedFile, SettingsFile } from "../model/inventory.ts";
import type { RevocationList } from "../model/revocation-list.ts";
import type { FormatId } from "../model/store.ts";
import { printGeneralName } from "../x509/general-name.ts";
import type { CertificateView } from "./certificate-view.ts";
import type { Use } from "./rule.ts";

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
  /** In order of first sight, which is the sorted order of paths. */
  readonly certificates: ReadonlyMap<string, CertificateRecord>;
  readonly stores: readonly StoreRecord[];
  readonly refused: readonly RefusedFile[];
  /** Distinct revocation lists. */
  readonly crls: readonly CrlRecord[];
  /** Configuration files that name stores. */
  readonly settings: readonly SettingsFile[];
}

/** What one builder collected, for another to take in. */
export interface InventoryPart extends Omit<InventoryView, "certificates"> {
  readonly certificates: readonly CertificateRecord[];
}

/** Collects the records while stores pass by one at a time. */
export class InventoryBuilder {
  readonly #certificates = new Map<string, CertificateRecord & { standings: Standing[] }>();
  readonly #stores: StoreRecord[] = [];
  readonly #refused: RefusedFile[] = [];
  readonly #crls = new Map<string, CrlRecord & { paths: string[] }>();
  readonly #settings: SettingsFile[] = [];

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
    this.#stores.push(record);
    for (const entry of entries) {
      if (entry.kind === "trusted") {
        this.#stand(viewOf(entry.certificate), {
          store: record,
          label: entry.label,
          use: "signer",
        });
      } else if (entry.kind === "key") {
        entry.chain.forEach((certificate, i) => {
          this.#stand(viewOf(certificate), {
            store: record,
            label: entry.label,
            use: i === 0 ? "personal" : "chain",
          });
        });
      }
    }
  }

  #stand(view: CertificateView, standing: Standing): void {
    const { sha256 } = view.certificate;
    const known = this.#certificates.get(sha256);
    if (known !== undefined) {
      known.standings.push(standing);
      return;
    }
    this.#certificates.set(sha256, recordOf(view, standing));
  }

  /** Takes out what was collected since the last call. */
  drain(): InventoryPart {
    const { certificates, stores, refused, crls, settings } = this.view();
    const part = {
      certificates: [...certificates.values()],
      stores: [...stores],
      refused: [...refused],
      crls: [...crls],
      settings: [...settings],
    };
    this.#certificates.clear();
    this.#stores.length = 0;
    this.#refused.length = 0;
    this.#crls.clear();
    this.#settings.length = 0;
    return part;
  }

  /** Adds what another builder collected after all that is here. */
  absorb({ certificates, stores, refused, crls, settings }: InventoryPart): void {
    for (const record of certificates) {
      const known = this.#certificates.get(record.sha256);
      if (known !== undefined) known.standings.push(...record.standings);
      else this.#certificates.set(record.sha256, { ...record, standings: [...record.standings] });
    }
    this.#stores.push(...stores);
    this.#refused.push(...refused);
    this.#settings.push(...settings);
    for (const { crl, paths } of crls) for (const path of paths) this.addCrl(path, crl);
  }

  view(): InventoryView {
    return {
      certificates: this.#certificates,
      stores: this.#stores,
      refused: this.#refused,
      crls: [...this.#crls.values()],
      settings: this.#settings,
    };
  }
}

type Mutable<T> = { -readonly [K in keyof T]: T[K] };

/** What is kept of a certificate, field by field: there may be hundreds of thousands. */
function recordOf(
  view: CertificateView,
  standing: Standing,
): CertificateRecord & { standings: Standing[] } {
  const { certificate, key, keyUsage, extendedKeyUsage, subjectAltNames } = view;
  const { publicKey } = certificate;
  const record: Mutable<CertificateRecord> & { standings: Standing[] } = {
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
    standings: [standing],
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
