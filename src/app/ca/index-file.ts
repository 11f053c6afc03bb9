import { toHex } from "../../bytes/octets.ts";
import { digest } from "../../crypto/digest.ts";
import type { FileAppend, FileWrite } from "../../io/host.ts";
import type { Certificate } from "../../model/certificate.ts";
import { PkiError } from "../../model/error.ts";
import { printName } from "../../x509/name.ts";
import type { Notice } from "../outcome.ts";

/** What a CA's certificate was issued for. */
export type IssuedProfile = "ca" | "server" | "client" | "peer";

/** One line of `index.ndjson`; the members stand in this order. */
interface IndexLine {
  readonly serial: string;
  readonly subject: string;
  readonly sha256: string;
  readonly notBefore: string;
  readonly notAfter: string;
  readonly profile: IssuedProfile;
  readonly issuedAt: string;
  /** SHA-256 of the line before, without its line feed; of the CA's certificate in the first line. */
  readonly previous: string;
}

/** Bytes of a line: names are bounded by the reader of options, so this is far off. */
const MAX_LINE = 1024 * 1024;
const LF = 0x0a;

/**
 * What a CA has issued: one JSON object a line, each bound to the one before by its hash
 * (docs/ca.md#the-index).
 *
 * A last line that a crash cut off was never followed by its certificate, so it is cut. A line that was
 * changed, removed or put between others breaks the chain and is an error: the CA then refuses to issue.
 */
export class CaIndex {
  readonly path: string;
  readonly notices: readonly Notice[];
  readonly #bytes: Uint8Array;
  readonly #fileHash: string | undefined;
  /** How much of the file is sound; what follows is a torn line. */
  readonly #sound: number;
  readonly #serials = new Set<string>();
  readonly #added: string[] = [];
  #last: string;

  /**
   * @param file - the index as it is on disk; undefined for a new one
   * @throws PkiError `ca-unusable` with `where` such as `line 3`
   */
  constructor(path: string, ca: Certificate, file?: { bytes: Uint8Array; sha256: string }) {
    this.path = path;
    this.#bytes = file?.bytes ?? new Uint8Array(0);
    this.#fileHash = file?.sha256;
    this.#last = ca.sha256;
    this.#sound = this.#readLines();
    const torn = this.#bytes.length - this.#sound;
    this.notices =
      torn === 0
        ? []
        : [
            {
              level: "warning",
              path,
              message: `its last line was cut off by a crash before the certificate was given out; ${torn} bytes are removed`,
            },
          ];
  }

  /** Certificates that were issued, this run's included. */
  get count(): number {
    return this.#serials.size;
  }

  /** Was this serial number (lower-case hex) given to a certificate? */
  has(serial: string): boolean {
    return this.#serials.has(serial);
  }

  /** Notes a certificate; `changes` brings it to disk. */
  add(certificate: Certificate, profile: IssuedProfile, issuedAt: Date): void {
    const line: IndexLine = {
      serial: certificate.serial,
      subject: printName(certificate.subject),
      sha256: certificate.sha256,
      notBefore: time(certificate.notBefore),
      notAfter: time(certificate.notAfter),
      profile,
      issuedAt: time(issuedAt),
      previous: this.#last,
    };
    const text = JSON.stringify(line);
    this.#serials.add(line.serial);
    this.#last = toHex(digest("sha256", new TextEncoder().encode(text)));
    this.#added.push(text);
  }

  /**
   * What brings the new lines to disk. Appended lines are fsynced before any other file of the outcome is
   * written. A new index, and one whose torn line goes, are written whole instead.
   */
  changes(): { readonly appends: readonly FileAppend[]; readonly writes: readonly FileWrite[] } {
    const summary = [
      `record ${this.#added.length === 1 ? "a certificate" : `${this.#added.length} certificates`}`,
    ];
    if (this.#fileHash !== undefined && this.#added.length === 0)
      return { appends: [], writes: [] };
    const unended = this.#sound > 0 && this.#bytes[this.#sound - 1] !== LF;
    const text = `${unended ? "\n" : ""}${this.#added.map((line) => `${line}\n`).join("")}`;
    if (this.#fileHash !== undefined && this.#sound === this.#bytes.length) {
      const expect = { sha256: this.#fileHash };
      return { appends: [{ path: this.path, line: text.slice(0, -1), expect }], writes: [] };
    }
    const added = new TextEncoder().encode(text);
    const bytes = new Uint8Array(this.#sound + added.length);
    bytes.set(this.#bytes.subarray(0, this.#sound));
    bytes.set(added, this.#sound);
    const expect =
      this.#fileHash === undefined ? ({ absent: true } as const) : { sha256: this.#fileHash };
    return {
      appends: [],
      writes: [{ path: this.path, bytes, expect, private: true, makeParents: true, summary }],
    };
  }

  #readLines(): number {
    const bytes = this.#bytes;
    let start = 0;
    for (let number = 1; start < bytes.length; number++) {
      const feed = bytes.indexOf(LF, start);
      const end = feed === -1 ? bytes.length : feed;
      const line = bytes.subarray(start, end);
      const record = readLine(line);
      const follows = record?.previous === this.#last;
      if (record === undefined || !follows) {
        // Only what has no line feed can have been cut off by a crash.
        if (feed === -1 && record === undefined) return start;
        throw this.#broken(number, record === undefined);
      }
      if (this.#serials.has(record.serial)) {
        throw new PkiError("ca-unusable", "the index has a serial number twice", {
          path: this.path,
          where: `line ${number}`,
        });
      }
      this.#serials.add(record.serial);
      this.#last = toHex(digest("sha256", line));
      start = feed === -1 ? bytes.length : feed + 1;
    }
    return start;
  }

  #broken(number: number, malformed: boolean): PkiError {
    return new PkiError(
      "ca-unusable",
      malformed
        ? "a line of the index is damaged"
        : "a line of the index does not follow from the one before: it was changed, or one is missing",
      {
        path: this.path,
        where: `line ${number}`,
        hint: "restore the index from a backup: without it a serial number could be given twice",
      },
    );
  }
}

function readLine(bytes: Uint8Array): IndexLine | undefined {
  if (bytes.length === 0 || bytes.length > MAX_LINE) return undefined;
  try {
    const value: unknown = JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(bytes));
    return isLine(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

function isLine(value: unknown): value is IndexLine {
  if (typeof value !== "object" || value === null) return false;
  const { serial, previous, sha256 } = value as Partial<Record<keyof IndexLine, unknown>>;
  return isHex(serial, 2, 40) && isHex(previous, 64, 64) && isHex(sha256, 64, 64);
}

function isHex(value: unknown, least: number, most: number): boolean {
  return (
    typeof value === "string" &&
    value.length >= least &&
    value.length <= most &&
    /^(?:[0-9a-f]{2})+$/.test(value)
  );
}

function time(date: Date): string {
  return date.toISOString().replace(".000Z", "Z");
}
