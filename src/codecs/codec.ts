import type { ChainRunner } from "../crypto/chain.ts";
import type { Secret } from "../model/secret.ts";
import type { Container, Entry, EntryKind, FormatId, KeyMaterial, Store } from "../model/store.ts";
import type { CertificateMemo } from "../x509/certificate-memo.ts";
import type { KnownSignatures } from "../x509/chain.ts";

/** Gives `count` random bytes. Injected, so that a seeded write is repeatable byte for byte. */
export type Random = (count: number) => Uint8Array;

/**
 * The passwords a codec may use. `store` absent means: none was given; then what can be read without
 * one is read and `container.integrity` says `not-checked`. A store password of length 0 was given as empty.
 * `key` opens or seals private keys where it differs from the store's.
 */
export interface Passwords {
  readonly store?: Secret;
  readonly key?: Secret;
}

/** What the reading of several files may have in common, to be quicker: nothing else changes. */
export interface SharedWork {
  /** What certificates have in common. */
  readonly certificates?: CertificateMemo;
  /** Signatures checked for other files, where chains are completed. */
  readonly known?: KnownSignatures;
  /** Where the hash chains of several files run side by side. */
  readonly chains?: ChainRunner;
}

export interface ReadOptions extends SharedWork {
  /**
   * True: nobody will look beyond the leaves. Where a chain is put together from other entries of the
   * file (KDB), it is left at its leaf, and no signature is checked.
   */
  readonly leavesOnly?: boolean;
}

/** One named way to protect a store of a format. */
export interface Protection {
  /** Stable id, such as `pbe-sha1-3des`; appears in `list --json` and in `--protection`. */
  readonly id: string;
  /** Weak protections are read and reported, and written only when asked for by name or kept from the file. */
  readonly weak: boolean;
  /** Which software can read it: shown in help and docs. */
  readonly readBy: string;
}

export interface ReadResult {
  readonly store: Store;
  readonly container: Container;
}

/** What a new, empty file of a format should be. */
export interface NewContainer {
  /** KDB: `3`, `4` or `6`; JKS: `1` or `2`. */
  readonly version?: string;
  readonly protection?: string;
  readonly passwordExpires?: Date;
}

/**
 * A keystore format as functions of bytes: no files, clock, environment or ambient randomness.
 *
 * - `read` shows no entry before the integrity value was checked, unless no password was given.
 *   Keys stay sealed. It fails only with PkiError.
 * - `write` gives back, for a store that came from `read` unchanged, the same bytes where the format
 *   is deterministic (KDB, JKS), and in every format the same entries, order, labels, dates, sealed
 *   keys and everything the model does not know. What it cannot hold is refused: `format-cannot-hold`.
 *   A sealed key of the file's own scheme is written as it was; an `open` key is sealed with
 *   `passwords.key ?? passwords.store`; a key sealed by another scheme is refused.
 */
export interface Codec {
  readonly format: FormatId;
  /** What `list` and errors call it, such as `PKCS#12`. */
  readonly title: string;
  /** File extensions a new store of this format may have, the usual one first, with the dot. */
  readonly extensions: readonly [string, ...string[]];
  readonly holds: readonly EntryKind[];
  readonly protections: readonly [Protection, ...Protection[]];
  /** Can the certificates be read without a password? */
  readonly listsWithoutPassword: boolean;
  /** True when the first bytes (up to 4 KiB are given) are this format's. */
  sniff(head: Uint8Array): boolean;
  read(bytes: Uint8Array, passwords: Passwords, options?: ReadOptions): Promise<ReadResult>;
  /**
   * Whether `read` would take the password, where one hash of the file tells: for trying several.
   * A file that is damaged gives false or an error of `read`.
   */
  answers?(bytes: Uint8Array, password: Secret): boolean;
  /** Two labels that this store cannot hold beside each other (JKS compares without case). */
  sameLabel(a: string, b: string): boolean;
  /** The label as this format would store it (JKS: lower case). */
  storedLabel(label: string): string;
  write(
    store: Store,
    container: Container,
    passwords: Passwords,
    random: Random,
  ): Promise<Uint8Array>;
  /** The container of a new store. */
  create(options: NewContainer, random: Random): Container;
  /**
   * Opens a key to a PKCS#8 PrivateKeyInfo.
   * @throws PkiError `key-password-wrong`; `password-missing` when none was given
   */
  unseal(key: KeyMaterial, passwords: Passwords, shared?: SharedWork): Promise<Secret>;
}

export type { Container, Entry, EntryKind, FormatId, KeyMaterial, Store };
