import { posix } from "node:path";
import { toHex } from "../../src/bytes/octets.ts";
import { digest } from "../../src/crypto/digest.ts";
import type { FileState, Host, HostFiles, HostTerminal, HostThreads } from "../../src/io/host.ts";
import { PkiError } from "../../src/model/error.ts";
import { fakeScratch } from "./fake-scratch.ts";

export interface FakeFile {
  bytes: Uint8Array;
  mode: number;
}

export interface FakeHostOptions {
  /** Default 2026-11-22T00:00:00Z. */
  readonly now?: Date;
  /** Files by path, relative to `/here`; text is stored as UTF-8. */
  readonly files?: Readonly<Record<string, Uint8Array | string>>;
  readonly env?: Readonly<Record<string, string>>;
  /** What a person would type, one answer a prompt; none: there is no terminal. */
  readonly answers?: readonly string[];
  readonly stdin?: Uint8Array | string;
  readonly stdoutIsTerminal?: boolean;
  readonly columns?: number;
  readonly seed?: string;
  readonly threads?: HostThreads;
  /** Octets that its objects may take; default as many as anybody needs. */
  readonly memory?: number;
}

export interface FakeHost extends Host {
  /** The temporary files that were opened, as they are. */
  readonly scratchFiles: readonly { readonly bytes: Uint8Array }[];
  /** Makes the coming writes to temporary files fail with this system code. */
  failScratch(code: string): void;
  /** By absolute path. */
  readonly disk: Map<string, FakeFile>;
  readonly stdout: () => string;
  readonly stdoutBytes: () => Uint8Array;
  readonly stderr: () => string;
  /** Every write primitive that was called, such as `createNew /here/.a.1.00.tmp`. */
  readonly steps: string[];
  /** Makes the n-th (from 0) coming write primitive fail with this system code. */
  failAt(step: number, code: string): void;
  readonly prompts: string[];
  readonly locksHeld: Set<string>;
}

/** The world in memory: fixed clock, seeded randomness, scripted answers. */
export function fakeHost(options: FakeHostOptions = {}): FakeHost {
  const disk = new Map<string, FakeFile>();
  const directories = new Set<string>(["/", "/here"]);
  const resolve = (path: string) => posix.resolve("/here", path);
  const bytesOf = (content: Uint8Array | string) =>
    typeof content === "string" ? new TextEncoder().encode(content) : content;
  const makeDirectories = (path: string) => {
    for (let at = path; !directories.has(at); at = posix.dirname(at)) directories.add(at);
  };
  for (const [path, content] of Object.entries(options.files ?? {})) {
    makeDirectories(posix.dirname(resolve(path)));
    disk.set(resolve(path), { bytes: bytesOf(content), mode: 0o600 });
  }
  const steps: string[] = [];
  const failures = new Map<number, string>();
  const locksHeld = new Set<string>();
  const step = (name: string, path: string) => {
    const code = failures.get(steps.length);
    steps.push(`${name} ${path}`);
    if (code !== undefined) {
      throw new PkiError("file-unwritable", `cannot be written: ${code}`, { path });
    }
  };
  const notFound = (path: string) => new PkiError("file-not-found", "no such file", { path });
  const needParent = (path: string) => {
    if (!directories.has(posix.dirname(path))) {
      throw new PkiError("file-unwritable", "cannot be written: no such file or directory", {
        path,
        hint: "make the directory first",
      });
    }
  };
  const files: HostFiles = {
    async stat(path): Promise<FileState> {
      const at = resolve(path);
      const file = disk.get(at);
      if (file !== undefined) return { kind: "file", size: file.bytes.length, mode: file.mode };
      if (directories.has(at)) return { kind: "directory", size: 0, mode: 0o755 };
      return { kind: "absent", size: 0, mode: 0 };
    },
    async read(path, limit) {
      const at = resolve(path);
      if (directories.has(at)) throw new PkiError("file-unreadable", "is a directory", { path });
      const file = disk.get(at);
      if (file === undefined) throw notFound(path);
      if (file.bytes.length > limit) {
        throw new PkiError("file-too-large", `is larger than ${limit} bytes`, { path });
      }
      const bytes = file.bytes.slice();
      return { bytes, sha256: toHex(digest("sha256", bytes)), mode: file.mode };
    },
    async look(path) {
      const { kind, size, mode } = await this.stat(path);
      return { kind, size, mode, modified: new Date("2026-01-01T00:00:00Z") };
    },
    async part(path, offset, length) {
      const file = disk.get(resolve(path));
      if (file === undefined) throw notFound(path);
      return file.bytes.slice(offset, offset + length);
    },
    async list(path) {
      const at = resolve(path);
      if (!directories.has(at)) throw notFound(path);
      const names = new Set<string>();
      for (const known of [...disk.keys(), ...directories]) {
        if (known !== at && posix.dirname(known) === at) names.add(posix.basename(known));
      }
      return [...names].sort();
    },
    resolve,
    async realPath(path) {
      return resolve(path);
    },
    async lock(path) {
      const at = resolve(path);
      if (locksHeld.has(at)) throw new PkiError("file-locked", "is locked", { path });
      needParent(at);
      locksHeld.add(at);
      return async () => {
        locksHeld.delete(at);
      };
    },
    async makeDirectory(path) {
      step("makeDirectory", resolve(path));
      makeDirectories(resolve(path));
    },
    async createNew(path, bytes, mode) {
      const at = resolve(path);
      step("createNew", at);
      needParent(at);
      if (disk.has(at)) throw new PkiError("file-exists", "it exists already", { path });
      disk.set(at, { bytes: bytes.slice(), mode });
    },
    async rename(from, to) {
      step("rename", `${resolve(from)} ${resolve(to)}`);
      const file = disk.get(resolve(from));
      if (file === undefined) throw notFound(from);
      disk.delete(resolve(from));
      disk.set(resolve(to), file);
    },
    async link(from, to) {
      step("link", `${resolve(from)} ${resolve(to)}`);
      const file = disk.get(resolve(from));
      if (file === undefined) throw notFound(from);
      if (disk.has(resolve(to))) {
        throw new PkiError("file-exists", "it exists already", { path: to });
      }
      disk.set(resolve(to), file);
    },
    async copyAccess(from, to) {
      step("copyAccess", `${resolve(from)} ${resolve(to)}`);
      const file = disk.get(resolve(to));
      const old = disk.get(resolve(from));
      if (file === undefined || old === undefined) throw notFound(from);
      file.mode = old.mode;
    },
    async remove(path) {
      step("remove", resolve(path));
      disk.delete(resolve(path));
    },
    async append(path, bytes, mode) {
      const at = resolve(path);
      step("append", at);
      needParent(at);
      const old = disk.get(at) ?? { bytes: new Uint8Array(0), mode };
      disk.set(at, { mode: old.mode, bytes: Uint8Array.from([...old.bytes, ...bytes]) });
    },
    async syncDirectory(path) {
      step("syncDirectory", resolve(path));
    },
  };

  const answers = [...(options.answers ?? [])];
  const prompts: string[] = [];
  const out: Uint8Array[] = [];
  let err = "";
  let stdin = bytesOf(options.stdin ?? "");
  const joined = () => Uint8Array.from(out.flatMap((part) => [...part]));
  const terminal: HostTerminal = {
    interactive: options.answers !== undefined,
    stdoutIsTerminal: options.stdoutIsTerminal ?? false,
    stderrIsTerminal: options.stdoutIsTerminal ?? false,
    columns: options.columns ?? 80,
    async askSecret(prompt) {
      prompts.push(prompt);
      const answer = answers.shift();
      if (answer === undefined) throw new PkiError("password-missing", "no password was typed");
      return bytesOf(answer);
    },
    async readStdin() {
      const all = stdin;
      stdin = new Uint8Array(0);
      return all;
    },
    async readFd(fd, limit) {
      if (fd !== 0) throw new PkiError("password-missing", `descriptor ${fd}: not open`);
      return this.readStdin(limit);
    },
    async readLine(fd, limit) {
      if (fd !== 0) throw new PkiError("password-missing", `descriptor ${fd}: not open`);
      if (stdin.length === 0) {
        throw new PkiError("password-missing", "standard input is at its end");
      }
      const end = stdin.indexOf(0x0a);
      const line = end === -1 ? stdin : stdin.subarray(0, end);
      stdin = end === -1 ? new Uint8Array(0) : stdin.subarray(end + 1);
      if (line.length > limit) throw new PkiError("password-refused", "too long");
      return line.at(-1) === 0x0d ? line.slice(0, -1) : line.slice();
    },
    progress() {},
    out: (text) => out.push(bytesOf(text)),
    outBytes: (bytes) => out.push(bytes.slice()),
    err: (text) => {
      err += text;
    },
  };

  const now = () => options.now ?? new Date("2026-11-22T00:00:00Z");
  const { scratch, scratchFiles, failScratch } = fakeScratch(
    options.memory ?? Number.POSITIVE_INFINITY,
  );
  return {
    now,
    scratch,
    scratchFiles,
    failScratch,
    random: seededRandom(options.seed ?? "fake host"),
    env: (name) => options.env?.[name],
    processId: 4711,
    files,
    terminal,
    tls: {
      async handshake(...ends) {
        const { fakeTls } = await import("./fake-tls.ts");
        return await fakeTls(now).handshake(...ends);
      },
    },
    threads: async () => options.threads,
    git: {
      async run() {
        throw new PkiError("file-unreadable", "there is no git here");
      },
    },
    disk,
    stdout: () => new TextDecoder().decode(joined()),
    stdoutBytes: joined,
    stderr: () => err,
    steps,
    failAt: (at, code) => failures.set(steps.length + at, code),
    prompts,
    locksHeld,
  };
}

/** Random bytes that are the same in every run: SHA-256 of the seed and a counter. */
export function seededRandom(seed: string): (count: number) => Uint8Array {
  let counter = 0;
  const encoder = new TextEncoder();
  return (count) => {
    const bytes = new Uint8Array(count);
    for (let at = 0; at < count; at += 32) {
      const block = digest("sha256", encoder.encode(`${seed}/${counter++}`));
      bytes.set(block.subarray(0, Math.min(32, count - at)), at);
    }
    return bytes;
  };
}
