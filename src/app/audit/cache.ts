import { Remembered } from "../../audit/shared-views.ts";
import type { SignatureMemory, SignatureVerdict } from "../../audit/store-view.ts";
import { concat, toHex } from "../../bytes/octets.ts";
import { Recurring } from "../../bytes/recent.ts";
import { digest, sha256Hex } from "../../crypto/digest.ts";
import { pbkdf2 } from "../../crypto/kdf.ts";
import type { FileWrite, Host } from "../../io/host.ts";
import type { Certificate } from "../../model/certificate.ts";
import { PkiError } from "../../model/error.ts";
import type { Secret } from "../../model/secret.ts";
import { parseCertificate } from "../../x509/parse.ts";
import { type CacheCounts, CacheFile, cacheBytes, type NewRecord } from "./cache-file.ts";
import type { Kept, Packed, revived } from "./cache-record.ts";
import type { PasswordChoices } from "./password-choices.ts";
import { WELL_KNOWN } from "./password-facts.ts";

/** Raised when a record means something else. */
const LAYOUT = 3;
const MAX_CACHE_BYTES = 512 * 1024 * 1024;
const MAX_LINE_BYTES = 4096;
/** The seal must not be a quick way to guess the passwords that were given. */
const SEAL_ITERATIONS = 200_000;

/** Of about 10 KiB each. */
const CERTIFICATES = 4096;
/** Records that are kept as they were read, in characters of their text. */
const RECORD_CHARACTERS = 8 * 1024 * 1024;

interface Header {
  readonly pkiAuditCache: typeof LAYOUT;
  /** Of the program: another one may read a store differently. */
  readonly program: string;
  readonly salt: string;
  /** Tells whether the same passwords were given; empty for none. */
  readonly seal: string;
  /** The try-list. */
  readonly known: string;
}

/** What threads need to use the same cache: the file is in memory that they share. */
export interface CacheShare {
  readonly counts: CacheCounts;
  readonly bytes: Uint8Array;
}

/** A record as it was read, and where its certificates are. */
export interface Found {
  readonly kept: Kept;
  readonly certificateAt: (number: number) => Certificate;
  /** Length of the record, which what it makes grows with. */
  readonly weight: number;
  /** The store of it, once it was made: the same for every file that has these bytes. */
  store?: ReturnType<typeof revived>;
}

/** What was used and added since the last time that somebody asked. */
export interface CacheUse {
  readonly used: readonly number[];
  readonly added: readonly NewRecord[];
  /** Keys of good signatures. */
  readonly signatures: readonly string[];
}

const EMPTY = new CacheFile({ records: 0, certificates: 0, signatures: 0 }, new Uint8Array(0));

/**
 * What opening a store gave, by the SHA-256 of its bytes: an unchanged one is not opened again, wherever
 * it lies. Rules, profiles and the date are not in it, so it serves every audit; findings are the same
 * with and without it. It holds neither passwords nor open keys, and nothing made of passwords but the seal.
 */
export class StoreCache {
  readonly #path: string;
  readonly #header: Header | undefined;
  readonly #file: CacheFile;
  /** Of the old file as it was read: what the new one replaces. */
  readonly #expect: FileWrite["expect"];
  readonly #used = new Set<number>();
  readonly #added = new Map<string, NewRecord>();
  /** Keys of good signatures: those of the file that were asked for, and new ones. */
  readonly #signatures = new Set<string>();
  #newSignatures = 0;
  readonly #asked = new Remembered<SignatureVerdict>();
  /** Keys of the records that were added since `drain`. */
  readonly #undrained = new Set<string>();
  /** DER of certificates by SHA-256: many records name the same. */
  readonly #copies = new Map<string, Uint8Array>();
  /** Records that were asked for twice: hosts and images have copies of the same stores. */
  readonly #read = new Recurring<Found>(RECORD_CHARACTERS, ({ weight }) => weight);
  /** By number in the file, or SHA-256, those read last. */
  readonly #certificates = new Remembered<Certificate>(CERTIFICATES);

  constructor(
    path: string,
    header: Header | undefined,
    file: CacheFile,
    expect: FileWrite["expect"],
  ) {
    this.#path = path;
    this.#header = header;
    this.#file = file;
    this.#expect = expect;
  }

  /** A cache that cannot be used (another program, other passwords, damage) is begun anew. */
  static async load(
    host: Host,
    path: string,
    choices: PasswordChoices,
    program: string,
  ): Promise<StoreCache> {
    const known = toHex(digest("sha256", new TextEncoder().encode(JSON.stringify(WELL_KNOWN))));
    const { old, expect } = await oldCache(host, path);
    if (old !== undefined && old.header.program === program && old.header.known === known) {
      const seal = await sealOf(choices.all, old.header.salt);
      if (seal === old.header.seal) return new StoreCache(path, old.header, old.file, expect);
    }
    const salt = toHex(host.random(16));
    const seal = await sealOf(choices.all, salt);
    const header: Header = { pkiAuditCache: LAYOUT, program, salt, seal, known };
    return new StoreCache(path, header, EMPTY, expect);
  }

  /** Whether it knows anything yet. */
  get isFilled(): boolean {
    return this.#file.counts.records > 0;
  }

  /** For threads, each of which makes its own of it: `shared`. */
  share(): CacheShare {
    const { counts, bytes } = this.#file;
    const shared = new Uint8Array(new SharedArrayBuffer(bytes.length));
    shared.set(bytes);
    return { counts, bytes: shared };
  }

  /** The cache of a thread: it is not written, and what it did is taken out with `drain`. */
  static shared({ counts, bytes }: CacheShare): StoreCache {
    return new StoreCache("", undefined, new CacheFile(counts, bytes), { absent: true });
  }

  get(key: string): Found | undefined {
    const added = this.#added.get(key);
    if (added !== undefined) {
      const certificateAt = (n: number) => {
        const { sha256, der } = added.certificates[n] as NewRecord["certificates"][number];
        return this.#certificate(sha256, () => der);
      };
      const { json } = added;
      return { kept: JSON.parse(json) as Kept, certificateAt, weight: json.length };
    }
    const before = this.#read.get(key);
    if (before !== undefined) return before;
    const number = this.#file.find(key);
    if (number === undefined) return undefined;
    try {
      const { json, certificates } = this.#file.record(number);
      const kept = JSON.parse(json) as Kept;
      this.#used.add(number);
      const certificateAt = (n: number) => {
        const at = certificates[n] as number;
        return this.#certificate(`${at}`, () => this.#file.certificate(at));
      };
      const found: Found = { kept, certificateAt, weight: json.length };
      this.#read.offer(key, found);
      return found;
    } catch {
      return undefined;
    }
  }

  #certificate(name: string, der: () => Uint8Array): Certificate {
    const known = this.#certificates.get(name);
    if (known !== undefined) return known;
    const certificate = parseCertificate(der());
    this.#certificates.set(name, certificate);
    return certificate;
  }

  put(key: string, { kept, certificates }: Packed): void {
    this.#added.set(key, {
      key,
      json: JSON.stringify(kept),
      certificates: certificates.map(({ sha256, der }) => ({
        sha256,
        der: this.#copy(sha256, der),
      })),
    });
    this.#undrained.add(key);
  }

  /** A view would keep the whole store in memory. */
  #copy(sha256: string, der: Uint8Array): Uint8Array {
    const known = this.#copies.get(sha256);
    if (known !== undefined) return known;
    const copy = der.slice();
    this.#copies.set(sha256, copy);
    return copy;
  }

  /** What is known of signatures. Only good ones are kept. */
  get signatures(): SignatureMemory {
    return {
      get: (pair) => {
        const known = this.#asked.get(pair);
        if (known !== undefined) return known;
        const key = signatureKey(pair);
        if (this.#file.signature(key) === undefined) return undefined;
        this.#signatures.add(key);
        this.#asked.set(pair, "good");
        return "good";
      },
      set: (pair, verdict) => {
        this.#asked.set(pair, verdict);
        if (verdict !== "good") return;
        this.#signatures.add(signatureKey(pair));
        this.#newSignatures++;
      },
    };
  }

  /** Takes out what was used and added. */
  drain(): CacheUse {
    const added = [...this.#undrained].map((key) => this.#added.get(key) as NewRecord);
    const use = { used: [...this.#used], added, signatures: [...this.#signatures] };
    this.#used.clear();
    this.#signatures.clear();
    this.#undrained.clear();
    return use;
  }

  absorb({ used, added, signatures }: CacheUse): void {
    for (const key of signatures) {
      if (!this.#signatures.has(key) && this.#file.signature(key) === undefined) {
        this.#newSignatures++;
      }
      this.#signatures.add(key);
    }
    for (const number of used) this.#used.add(number);
    for (const record of added) this.#added.set(record.key, record);
  }

  /** @param partial - records that were not used are kept. @returns undefined where nothing changed */
  write(partial: boolean): FileWrite | undefined {
    const { records } = this.#file.counts;
    const kept = partial ? Array.from({ length: records }, (_, i) => i) : this.#used;
    const stale = partial ? 0 : records - this.#used.size;
    const same = this.#added.size === 0 && this.#newSignatures === 0 && stale === 0;
    if (same && this.#file !== EMPTY) return undefined;
    if (partial) {
      const { signatures } = this.#file.counts;
      for (let i = 0; i < signatures; i++) this.#signatures.add(this.#file.signatureKey(i));
    }
    const { counts, bytes } = cacheBytes(this.#file, kept, this.#added.values(), this.#signatures);
    const line = new TextEncoder().encode(`${JSON.stringify({ ...this.#header, ...counts })}\n`);
    return {
      path: this.#path,
      bytes: concat([line, bytes]),
      expect: this.#expect,
      private: true,
      makeParents: true,
      summary: [`cache of ${counts.records} stores`],
    };
  }
}

interface OldCache {
  readonly old?: { readonly header: Header; readonly file: CacheFile };
  readonly expect: FileWrite["expect"];
}

async function oldCache(host: Host, path: string): Promise<OldCache> {
  if ((await host.files.stat(path)).kind === "absent") return { expect: { absent: true } };
  const { bytes, sha256 } = await host.files.read(path, MAX_CACHE_BYTES);
  const expect = { sha256 };
  const end = bytes.subarray(0, MAX_LINE_BYTES).indexOf(0x0a);
  let header: Header & CacheCounts;
  try {
    header = JSON.parse(new TextDecoder().decode(bytes.subarray(0, Math.max(end, 0))));
  } catch {
    throw notOurs(path);
  }
  if (typeof header?.pkiAuditCache !== "number") throw notOurs(path);
  if (header.pkiAuditCache !== LAYOUT || typeof header.salt !== "string") return { expect };
  const { records, certificates, signatures, ...own } = header;
  const counts = { records, certificates, signatures };
  const rest = bytes.subarray(end + 1);
  if (!CacheFile.fits(counts, rest.length)) return { expect };
  return { old: { header: own, file: new CacheFile(counts, rest) }, expect };
}

function signatureKey(pair: string): string {
  return sha256Hex(new TextEncoder().encode(pair));
}

/** A mistyped name must not cost anybody a file. */
function notOurs(path: string): PkiError {
  return new PkiError("usage", "this is no cache of pki audit", {
    path,
    where: "--cache",
    hint: "name another file, or remove this one",
  });
}

async function sealOf(passwords: readonly Secret[], salt: string): Promise<string> {
  if (passwords.length === 0) return "";
  const parts = passwords.map((secret) => secret.use((bytes) => [bytes.length, ...bytes]));
  const text = new TextEncoder();
  const all = text.encode(JSON.stringify(parts));
  const seal = await pbkdf2("sha256", all, text.encode(salt), SEAL_ITERATIONS, 32);
  all.fill(0);
  return toHex(seal);
}
