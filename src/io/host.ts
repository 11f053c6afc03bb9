import type { Secret } from "../model/secret.ts";

/** The largest file that is opened, or written and read back; a larger one is refused before it is read. */
export const MAX_STORE_BYTES = 64 * 1024 * 1024;

/**
 * Everything the program may ask of the world. The real one is `node-host.ts`; tests use the fake of
 * `test/support/fake-host.ts` (fixed clock, seeded randomness, files in memory, scripted answers).
 */
export interface Host {
  /** Milliseconds are cut: certificates know whole seconds. */
  now(): Date;
  random(count: number): Uint8Array;
  env(name: string): string | undefined;
  /** This process's number: part of the names of temporary files. */
  readonly processId: number;
  readonly files: HostFiles;
  readonly terminal: HostTerminal;
  readonly tls: HostTls;
  readonly git: HostGit;
  readonly scratch: HostScratch;
  /** More threads for much work; undefined where there are none to be had. Loaded when asked. */
  threads(): Promise<HostThreads | undefined>;
}

/** Threads of this program. Each has its own memory: what passes between them is copied. */
export interface HostThreads {
  /** How many run at the same time. */
  readonly cores: number;
  /** Milliseconds from whenever, in fractions: for measuring what is quick here. */
  clock(): number;
  /** @param transfer - buffers of `setup` that are given away instead of copied: they are empty afterwards */
  start(setup: unknown, transfer: readonly ArrayBuffer[]): HostThread;
}

export interface HostThread {
  /** False once it ended, by `stop` or because it ran out of memory. */
  readonly alive: boolean;
  /**
   * What it makes of a message. Several may be asked before the first is answered.
   * @throws PkiError what it ran into; where it died, with `alive` false
   */
  ask(message: unknown): Promise<unknown>;
  stop(): Promise<void>;
}

/** Room on disk for what outgrows memory. */
export interface HostScratch {
  /** Octets that the engine lets this program's objects take before it ends it. */
  memory(): number;
  /**
   * A temporary file, empty, that only this user can read. It is gone when the process ends, however it ends.
   * @throws PkiError `file-unwritable`
   */
  open(): ScratchFile;
}

/** Read and written without waiting: rules that compare are no place to wait in. */
export interface ScratchFile {
  /** Writes all of `bytes`. @throws PkiError `file-unwritable`, as where the disk is full */
  write(bytes: Uint8Array, position: number): void;
  /** Fills `into` with what was written. @throws PkiError `file-unreadable` */
  read(into: Uint8Array, position: number): void;
}

export interface FileRead {
  readonly bytes: Uint8Array;
  /** Lower-case hex SHA-256 of `bytes`: what a later write expects to find. */
  readonly sha256: string;
  /** Permission bits, such as 0o600; on systems without them 0o600. */
  readonly mode: number;
}

export interface FileState {
  readonly kind: "file" | "directory" | "other" | "absent";
  readonly size: number;
  readonly mode: number;
}

/** What stands at a path itself: a symbolic link is not followed. */
export interface FileLook {
  readonly kind: "file" | "directory" | "link" | "other" | "absent";
  readonly size: number;
  /** Permission bits; undefined on systems without them. */
  readonly mode: number | undefined;
  readonly modified: Date;
}

/** Questions to git, asked only where the user named a revision. */
export interface HostGit {
  /**
   * Runs `git` in a directory, without hooks, pagers or prompts.
   * @returns what it printed; undefined where it ended with an exit code other than 0.
   * @throws PkiError `file-unreadable` where git is missing, or did not end
   */
  run(directory: string, args: readonly string[]): Promise<Uint8Array | undefined>;
}

export interface HostFiles {
  /** Follows symbolic links; never throws for a missing file. */
  stat(path: string): Promise<FileState>;
  /**
   * Reads a whole regular file.
   * @throws PkiError `file-not-found`, `file-unreadable` (permission, directory, device), `file-too-large` over `limit` bytes
   */
  read(path: string, limit: number): Promise<FileRead>;
  /** As `stat` without following a link; never throws for a missing file. */
  look(path: string): Promise<FileLook>;
  /**
   * Up to `length` bytes of a regular file from `offset` on; fewer where it ends.
   * @throws PkiError `file-not-found`, `file-unreadable`
   */
  part(path: string, offset: number, length: number): Promise<Uint8Array>;
  /** Names in a directory, sorted. */
  list(path: string): Promise<readonly string[]>;
  /** Absolute path, `..` resolved, without touching the disk. */
  resolve(path: string): string;
  /** Where a write to `path` lands: absolute, links followed, also for a file that does not exist yet. */
  realPath(path: string): Promise<string>;

  // The primitives below have one caller: io/commit.ts (a house test keeps it so).

  /** Takes the lock of `path` or waits up to `waitMs`. @throws PkiError `file-locked` naming who holds it */
  lock(path: string, waitMs: number): Promise<() => Promise<void>>;
  makeDirectory(path: string): Promise<void>;
  /** Creates a file that must not exist (O_EXCL), writes, fsyncs. */
  createNew(path: string, bytes: Uint8Array, mode: number): Promise<void>;
  rename(from: string, to: string): Promise<void>;
  /** A second name for a file. @throws PkiError `file-exists` when `to` exists */
  link(from: string, to: string): Promise<void>;
  /** Gives `to` the owner and the permission bits of `from`. @throws PkiError `file-unwritable` */
  copyAccess(from: string, to: string): Promise<void>;
  remove(path: string): Promise<void>;
  /** Appends and fsyncs. */
  append(path: string, bytes: Uint8Array, mode: number): Promise<void>;
  syncDirectory(path: string): Promise<void>;
}

export interface HostTerminal {
  /** Can a person be asked (a terminal on stdin and stderr, or /dev/tty)? */
  readonly interactive: boolean;
  readonly stdoutIsTerminal: boolean;
  readonly stderrIsTerminal: boolean;
  readonly columns: number;
  /** Asks without echo. @throws PkiError `password-missing` when there is no terminal */
  askSecret(prompt: string): Promise<Uint8Array>;
  /** First line, or all, of standard input. */
  readStdin(limit: number): Promise<Uint8Array>;
  readFd(fd: number, limit: number): Promise<Uint8Array>;
  /**
   * The next line of a descriptor (0 is standard input) without its line ending; nothing after it is
   * consumed, so a second call gives the second line. @throws PkiError `password-missing` at the end of the input
   */
  readLine(fd: number, limit: number): Promise<Uint8Array>;
  /**
   * A line that says how far a long task is, on stderr and only where that is a terminal; each call
   * replaces the line of before, undefined takes it away. The first shows after 300 ms.
   */
  progress(text: string | undefined): void;
  out(text: string): void;
  /** Writes bytes to stdout as they are (an extracted DER). */
  outBytes(bytes: Uint8Array): void;
  err(text: string): void;
}

/** One file that a command intends to write. */
export interface FileWrite {
  readonly path: string;
  readonly bytes: Uint8Array;
  /** What must be on disk for the write to go ahead, by SHA-256 of the whole file. */
  readonly expect: { readonly absent: true } | { readonly sha256: string };
  /** True: the file is created with mode 0600 and never widened. */
  readonly private: boolean;
  /** Reads the bytes back as the format they are in and compares; throws when they would not do. */
  readonly verify?: (bytes: Uint8Array) => Promise<void>;
  /** True: directories missing above the file are made. Otherwise a missing directory is an error. */
  readonly makeParents?: boolean;
  /** For `--dry-run` and the report: what changes, such as `add signer "ca"`. */
  readonly summary: readonly string[];
}

/** A line that must be on disk, fsynced, before any FileWrite of the same outcome is. */
export interface FileAppend {
  readonly path: string;
  readonly line: string;
  /** What must be on disk for the line to be added; absent: whatever is there, or nothing. */
  readonly expect?: { readonly sha256: string };
}

/** A private key with its certificates, as one end of a handshake presents them. */
export interface TlsIdentity {
  /** PKCS#8 PrivateKeyInfo in DER. */
  readonly pkcs8: Secret;
  /** DER, leaf first. */
  readonly chain: readonly [Uint8Array, ...Uint8Array[]];
}

/** One end of a handshake: what it presents, and whom it trusts (DER; nothing else is trusted). */
export interface TlsEnd {
  /** Absent: a client that presents no certificate. A server needs one. */
  readonly identity?: TlsIdentity;
  readonly trusted: readonly Uint8Array[];
}

export interface TlsOptions {
  /** `required`: the server asks for the client's certificate and refuses a client without one. */
  readonly clientCertificate: "required" | "none";
  /**
   * `peer`: each end judges the other's chain, dates included, as TLS software does. `nobody`: neither
   * does, and the caller judges the certificates that were presented.
   */
  readonly verify: "peer" | "nobody";
}

/** How a handshake ended. Certificates are DER, leaf first, as the other end presented them. */
export type TlsOutcome =
  | {
      readonly finished: true;
      /** `TLSv1.2` or `TLSv1.3`. */
      readonly protocol: string;
      /** The standard name, such as `TLS_AES_256_GCM_SHA384`. */
      readonly cipher: string;
      readonly serverPresented: readonly Uint8Array[];
      readonly clientPresented: readonly Uint8Array[];
    }
  | {
      readonly finished: false;
      readonly refusedBy: "server" | "client" | "unknown";
      /** The TLS library's code, such as `CERT_HAS_EXPIRED`. */
      readonly reason: string;
    };

/** TLS between two ends in this very process, over a socket of the loopback interface. */
export interface HostTls {
  /**
   * One handshake of TLS 1.2 or newer, and one byte each way after it, so that both ends have
   * accepted the other. Host names are not compared. Never rejects for what the ends do.
   */
  handshake(server: TlsEnd, client: TlsEnd, options: TlsOptions): Promise<TlsOutcome>;
}
