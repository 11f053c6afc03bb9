import type { ErrorCode } from "./error.ts";
import type { RevocationList } from "./revocation-list.ts";
import type { Container, Store } from "./store.ts";

/** A file as the disk shows it. Times and owners of archive members come from the archive. */
export interface FileFacts {
  readonly size: number;
  /** Permission bits; absent where they mean nothing (archive member, Windows). */
  readonly mode?: number;
  readonly modified?: Date;
  /** Lower-case, with the dot; empty where there is none. */
  readonly extension: string;
  /** True where the contents begin with UTF-8's byte order mark. */
  readonly byteOrderMark?: boolean;
  /** True when the file is inside a git work tree and tracked. */
  readonly tracked?: boolean;
}

/** What is known of the password that opened a store; never the password. */
export interface PasswordFacts {
  readonly source: "stash" | "given" | "well-known";
  /** Name of the default it equals, such as `changeit`: only for passwords that are public knowledge. */
  readonly wellKnown?: string;
  readonly length: number;
  /** Estimated bits: length times log2 of the alphabet of the character classes used. */
  readonly bits: number;
  /** Whether it has ASCII characters only; absent: not looked at. */
  readonly ascii?: boolean;
  /** Same value for the same password within one run, another in the next run: an HMAC under a random key. */
  readonly tag: string;
}

/** The stash file beside a store. */
export interface StashFacts {
  readonly path: string;
  readonly version?: 1 | 2;
  readonly file: FileFacts;
  /** Whether its password opens the store; absent when it could not be read. */
  readonly opens?: boolean;
  /** Why it could not be read. */
  readonly problem?: ErrorCode;
}

/** What was found out about one private key by opening it. */
export interface KeyFacts {
  readonly label: string;
  /** Absent: the key was not opened. False: its public key is not the certificate's. */
  readonly matches?: boolean;
  /** True when the store's password does not open the key. */
  readonly otherPassword?: boolean;
  /** The PEM file holds it without encryption. */
  readonly unencrypted?: boolean;
}

/** A request that waits for its certificate, in the `.rdb` beside a key database. */
export interface PendingRequest {
  readonly label: string;
  /** SHA-256 of its SubjectPublicKeyInfo, lower-case hex. */
  readonly spki: string;
}

/** A store that the audit could open. */
export interface OpenedStore {
  readonly path: string;
  readonly file: FileFacts;
  readonly container: Container;
  readonly store: Store;
  readonly password?: PasswordFacts;
  readonly stash?: StashFacts;
  readonly keys: readonly KeyFacts[];
  /** Key databases: what the `.rdb` beside holds, and when that was last changed. */
  readonly pending?: readonly PendingRequest[];
  readonly pendingFile?: FileBesideFacts;
  /** PEM text: the revocation lists that stand in it beside certificates. */
  readonly lists?: readonly RevocationList[];
}

/** A file beside a store. */
export interface FileBesideFacts {
  readonly path: string;
  readonly file: FileFacts;
}

/** A file that is no store and is judged all the same. */
export type Companion = RevocationListFile | LoneStash | SettingsFile;

/** Certificate revocation lists, as DER or PEM. */
export interface RevocationListFile extends FileBesideFacts {
  readonly kind: "crl";
  readonly lists: readonly RevocationList[];
}

/** A stash file without the store that it belongs to. */
export interface LoneStash extends FileBesideFacts {
  readonly kind: "stash";
}

/** A configuration file with passwords of stores in it, or that says where a store is. */
export interface SettingsFile extends FileBesideFacts {
  readonly kind: "settings";
  readonly passwords: readonly SettingsPassword[];
  /** Absent: it names none. */
  readonly stores?: readonly ConfiguredStore[];
}

/** A key database that IBM MQ, IBM HTTP Server or the WebSphere plug-in is told to use. */
export interface ConfiguredStore {
  /** The setting that names it, such as `KeyFile`. */
  readonly setting: string;
  /** From 1. */
  readonly line: number;
  /** As written there. */
  readonly named: string;
  /** Reported path of the file that is meant; absent where none was found. */
  readonly path?: string;
  /** True where its directory is there and the file is not. */
  readonly missing: boolean;
  /** Labels of personal certificates that it must have, such as that of `SSLServerCert`. */
  readonly labels: readonly ConfiguredLabel[];
  /** The setting by which a certificate is required of clients; absent where none is. */
  readonly clientAuth?: string;
}

export interface ConfiguredLabel {
  readonly setting: string;
  readonly line: number;
  readonly label: string;
}

/** A password in a configuration file; never the password. */
export interface SettingsPassword {
  /** The name of the setting, such as `javax.net.ssl.keyStorePassword`. */
  readonly name: string;
  /** From 1. */
  readonly line: number;
  /** `clear`, or by what it is hidden that hides nothing: WebSphere's `{xor}`, Jetty's `OBF:`. */
  readonly form: "clear" | "xor" | "obf";
  /** Name of the default it equals: only for passwords that are public knowledge. */
  readonly wellKnown?: string;
}

/** A file that looks like a store and could not be opened. */
export interface RefusedFile {
  readonly path: string;
  readonly file: FileFacts;
  /** What it looks like: a FormatId or the name of a format that is not read (`bks`, `zip` …); absent where unknown. */
  readonly format?: string;
  readonly code: ErrorCode;
  readonly message: string;
  /** The place inside the file, such as `integrity value`. */
  readonly where?: string;
  /**
   * What a transfer or a build step seems to have made of a binary file: `line-ends`, every LF became CR LF;
   * `text`, its bytes were taken for UTF-8 text and those that are none replaced.
   */
  readonly damage?: "line-ends" | "text";
  readonly stash?: StashFacts;
}
