import type { Certificate } from "./certificate.ts";
import type { Secret } from "./secret.ts";

export type FormatId = "kdb" | "jks" | "jceks" | "pkcs12" | "pem" | "der";

export type EntryKind = "key" | "trusted" | "request" | "secret";

/**
 * A private or secret key.
 *
 * `sealed` is as the file had it: `scheme` says which codec's rules open `blob` (`kdb` and `pkcs12`:
 * EncryptedPrivateKeyInfo under that format's password bytes; `jks`: Sun's key protector; `pkcs8`:
 * EncryptedPrivateKeyInfo of a PEM file). `open` holds a PKCS#8 PrivateKeyInfo in DER.
 */
export type KeyMaterial =
  | { readonly state: "sealed"; readonly scheme: string; readonly blob: Uint8Array }
  | { readonly state: "open"; readonly pkcs8: Secret };

/** What one codec keeps for itself to write an entry or a file again. Nobody else looks inside. */
export type Rest = Readonly<Record<string, unknown>>;

interface Named {
  /** Exactly as stored. */
  readonly label: string;
  readonly created?: Date;
  readonly rest?: Rest;
}

export interface KeyEntry extends Named {
  readonly kind: "key";
  readonly key: KeyMaterial;
  /** Leaf first. A KDB's own record holds the leaf alone: there the codec completes the chain from the signers of the store. */
  readonly chain: readonly [Certificate, ...Certificate[]];
}

export interface TrustedEntry extends Named {
  readonly kind: "trusted";
  readonly certificate: Certificate;
  /** False where the format can switch trust off (KDB flag bit 0). */
  readonly enabled: boolean;
  /** PKCS#12: whether Oracle's attribute marks it. Java does not see a trusted entry without the mark. */
  readonly javaTrusted?: boolean;
}

export interface RequestEntry extends Named {
  readonly kind: "request";
  readonly key: KeyMaterial;
  readonly pkcs10: Uint8Array;
}

export interface SecretEntry extends Named {
  readonly kind: "secret";
  readonly algorithm: string;
  readonly key: KeyMaterial;
}

export type Entry = KeyEntry | TrustedEntry | RequestEntry | SecretEntry;

/** What a keystore holds, in file order. */
export interface Store {
  readonly entries: readonly Entry[];
  readonly defaultLabel?: string;
}

/**
 * Whether the file's own integrity value was checked: `verified`; `not-checked` (no password was given);
 * `absent` (the format has one, this file does not); `none` (the format has none, such as PEM).
 * A value that does not match never gives a Container: it is the error `integrity-mismatch`.
 */
export type Integrity = "verified" | "not-checked" | "absent" | "none";

/** One way in which the file protects something, as found in it: what an audit judges. */
export interface ProtectionFact {
  readonly of: "mac" | "keys" | "certificates";
  /** Lower-case scheme, such as `hmac-sha256`, `pbes2-aes256-cbc-hmac-sha256`, `pbe-sha1-rc2-40`. */
  readonly scheme: string;
  readonly iterations?: number;
  readonly saltBytes?: number;
}

/** What the file says of itself. */
export interface Container {
  readonly format: FormatId;
  /** `3`, `4`, `6` for KDB; `1`, `2` for JKS; `3` for PKCS#12; empty for PEM and DER. */
  readonly version: string;
  /** The id of one of the codec's protections, such as `pbe-sha1-3des`. */
  readonly protection: string;
  readonly integrity: Integrity;
  /** KDF iterations of the protection, where it has them. */
  readonly iterations?: number;
  /** When the store's password expires (KDB). */
  readonly passwordExpires?: Date;
  /** Every distinct protection found, in file order. */
  readonly protections?: readonly ProtectionFact[];
  readonly rest?: Rest;
}
