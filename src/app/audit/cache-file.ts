import { fromHex, toHex } from "../../bytes/octets.ts";

/**
 * The file of the cache: a line of JSON, then tables and records in binary, so that reading it costs nothing
 * but the records that are asked for, and threads can share it.
 *
 * After the line, all numbers 32 bits and little-endian, offsets from the end of the line: for each record, sorted by
 * key, its key (32 octets), offset and length; for each distinct certificate its SHA-256, offset and length; the sorted
 * keys of good signatures; then the records and the certificates. A record is a count, the numbers of its certificates, and JSON.
 */

const KEY_BYTES = 32;
const ROW_BYTES = KEY_BYTES + 8;

export interface CacheCounts {
  readonly records: number;
  /** Signatures that were found good. */
  readonly signatures: number;
  readonly certificates: number;
}

/** A record as the file has it. */
export interface CachedRecord {
  readonly json: string;
  readonly certificates: readonly number[];
}

/** A record with its certificates, not of the file yet. */
export interface NewRecord {
  readonly key: string;
  readonly json: string;
  readonly certificates: readonly { readonly sha256: string; readonly der: Uint8Array }[];
}

/** The tables and records of a cache file. Everything in it may be damaged: then there is no record. */
export class CacheFile {
  readonly counts: CacheCounts;
  readonly bytes: Uint8Array;
  readonly #view: DataView;

  /** @param bytes - what is behind the line */
  constructor(counts: CacheCounts, bytes: Uint8Array) {
    this.counts = counts;
    this.bytes = bytes;
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }

  /** The tables stand within the file. */
  static fits({ records, certificates, signatures }: CacheCounts, size: number): boolean {
    const counts = [records, certificates, signatures];
    if (!counts.every((count) => Number.isSafeInteger(count) && count >= 0)) return false;
    return (records + certificates) * ROW_BYTES + signatures * KEY_BYTES <= size;
  }

  /** The number of the record with this key, 64 hex digits. */
  find(key: string): number | undefined {
    return this.#search(key, 0, this.counts.records, ROW_BYTES);
  }

  /** The number of the signature with this key, where it was found good. */
  signature(key: string): number | undefined {
    const { records, certificates, signatures } = this.counts;
    return this.#search(key, (records + certificates) * ROW_BYTES, signatures, KEY_BYTES);
  }

  /** The key of a signature. */
  signatureKey(number: number): string {
    const { records, certificates } = this.counts;
    return this.#hex((records + certificates) * ROW_BYTES + number * KEY_BYTES);
  }

  #search(key: string, from: number, count: number, step: number): number | undefined {
    const wanted = fromHex(key);
    let low = 0;
    let high = count;
    while (low < high) {
      const middle = (low + high) >>> 1;
      const order = this.#compare(from + middle * step, wanted);
      if (order === 0) return middle;
      if (order < 0) low = middle + 1;
      else high = middle;
    }
    return undefined;
  }

  #compare(at: number, wanted: Uint8Array): number {
    for (let i = 0; i < KEY_BYTES; i++) {
      const order = (this.bytes[at + i] as number) - (wanted[i] as number);
      if (order !== 0) return order;
    }
    return 0;
  }

  key(record: number): string {
    return this.#hex(record * ROW_BYTES);
  }

  /** @throws RangeError where the file is damaged */
  record(number: number): CachedRecord {
    const row = this.#row(number * ROW_BYTES);
    const count = row.getUint32(0, true);
    const certificates = Array.from({ length: Math.min(count, row.byteLength / 4) }, (_, i) =>
      row.getUint32(4 + i * 4, true),
    );
    const json = new Uint8Array(row.buffer, row.byteOffset, row.byteLength).slice(4 + count * 4);
    return { json: new TextDecoder().decode(json), certificates };
  }

  /** DER. @throws RangeError */
  certificate(number: number): Uint8Array {
    const row = this.#row(this.#certificateRow(number));
    return new Uint8Array(row.buffer, row.byteOffset, row.byteLength).slice();
  }

  /** SHA-256 as the file says. @throws RangeError */
  fingerprint(number: number): string {
    return this.#hex(this.#certificateRow(number));
  }

  #certificateRow(number: number): number {
    if (number >= this.counts.certificates) throw new RangeError("no such certificate");
    return (this.counts.records + number) * ROW_BYTES;
  }

  #row(at: number): DataView {
    const offset = this.#view.getUint32(at + KEY_BYTES, true);
    const length = this.#view.getUint32(at + KEY_BYTES + 4, true);
    return new DataView(this.bytes.buffer, this.bytes.byteOffset + offset, length);
  }

  #hex(at: number): string {
    return toHex(this.bytes.slice(at, at + KEY_BYTES));
  }
}

/** The bytes behind the line: records of an older file that stay, and new ones. */
export function cacheBytes(
  old: CacheFile,
  kept: Iterable<number>,
  added: Iterable<NewRecord>,
  signatures: Iterable<string>,
): { readonly counts: CacheCounts; readonly bytes: Uint8Array } {
  const certificates = new Map<string, { readonly at: number; readonly der: Uint8Array }>();
  const place = (sha256: string, der: () => Uint8Array): number => {
    const known = certificates.get(sha256);
    if (known !== undefined) return known.at;
    const at = certificates.size;
    certificates.set(sha256, { at, der: der() });
    return at;
  };
  const records = new Map<string, Uint8Array>();
  for (const number of kept) {
    try {
      const { json, certificates: numbers } = old.record(number);
      const places = numbers.map((n) => place(old.fingerprint(n), () => old.certificate(n)));
      records.set(old.key(number), recordBytes(json, places));
    } catch {
      // Damaged: it is not kept.
    }
  }
  for (const { key, json, certificates: own } of added) {
    const places = own.map(({ sha256, der }) => place(sha256, () => der));
    records.set(key, recordBytes(json, places));
  }
  const rows = [...records].sort(([a], [b]) => (a < b ? -1 : 1));
  const all = [
    ...rows,
    ...[...certificates].map(([sha256, { der }]): [string, Uint8Array] => [sha256, der]),
  ];
  const good = [...signatures].sort();
  const table = all.length * ROW_BYTES + good.length * KEY_BYTES;
  const bytes = new Uint8Array(all.reduce((sum, [, { length }]) => sum + length, table));
  const view = new DataView(bytes.buffer);
  for (const [i, key] of good.entries()) {
    bytes.set(fromHex(key), all.length * ROW_BYTES + i * KEY_BYTES);
  }
  let at = table;
  for (const [i, [key, content]] of all.entries()) {
    bytes.set(fromHex(key), i * ROW_BYTES);
    view.setUint32(i * ROW_BYTES + KEY_BYTES, at, true);
    view.setUint32(i * ROW_BYTES + KEY_BYTES + 4, content.length, true);
    bytes.set(content, at);
    at += content.length;
  }
  const counts = {
    records: rows.length,
    certificates: certificates.size,
    signatures: good.length,
  };
  return { counts, bytes };
}

function recordBytes(json: string, certificates: readonly number[]): Uint8Array {
  const text = new TextEncoder().encode(json);
  const bytes = new Uint8Array(4 + certificates.length * 4 + text.length);
  const view = new DataView(bytes.buffer);
  view.setUint32(0, certificates.length, true);
  for (const [i, number] of certificates.entries()) view.setUint32(4 + i * 4, number, true);
  bytes.set(text, 4 + certificates.length * 4);
  return bytes;
}
