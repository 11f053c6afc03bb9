import { Recent } from "../bytes/recent.ts";
import { type Column, doubles, hashOf, octets, orderBy, words } from "./columns.ts";
import { DigestTable } from "./digest-table.ts";
import type { CertificateRecord, Standing, StoreRecord } from "./inventory-view.ts";
import { type BareRecord, decodeRecord, encodeRecord, KEY_OCTETS, keyOf } from "./record-code.ts";
import {
  type Aspect,
  aspectOf,
  type CertificateRecords,
  foldedAspect,
  type Kind,
  type RecordGroup,
} from "./records.ts";
import type { Use } from "./rule.ts";
import type { SpillLog } from "./spill.ts";

const KINDS: Readonly<Record<Kind, number>> = { ca: 1, rsa: 2, lists: 4, held: 8, personal: 16 };
const USES: readonly Use[] = ["personal", "chain", "signer"];
const NONE = -1;
/** What a standing has before its label: the one of the same certificate before it, the store, the use. */
const STANDING_HEAD = 8 + 4 + 1;

const encoder = new TextEncoder();
const decoder = new TextDecoder();

/**
 * An inventory in a file: of a certificate some 75 octets stay in memory, hashes of what is compared and where
 * its record lies; of a place that it stands in none. docs/decisions/0128.
 */
export class SpilledInventory implements CertificateRecords {
  readonly #log: SpillLog;
  readonly #digests = new DigestTable();
  readonly #offsets = doubles();
  readonly #kinds = octets();
  /** Offset of the last place that a certificate stands in. */
  readonly #places = doubles();
  readonly #hashes: Readonly<Record<Aspect, Column<Uint32Array>>> = {
    key: words(),
    issuer: words(),
    subject: words(),
    serial: words(),
  };
  readonly #orders = new Map<Aspect, Uint32Array>();
  /** Where in an order a run begins whose texts were compared, and are one. */
  readonly #compared = new Map<Aspect, Uint8Array>();
  readonly #stores: SpilledStore[] = [];
  /** Issuers repeat: hashes of what they are folded to. */
  readonly #names = new Recent<number>(1024);

  constructor(log: SpillLog) {
    this.#log = log;
  }

  get size(): number {
    return this.#digests.size;
  }

  get stores(): readonly StoreRecord[] {
    return this.#stores;
  }

  has(sha256: string): boolean {
    return this.#digests.find(sha256) !== undefined;
  }

  /** Adds a certificate that is not here. */
  add(sha256: string, record: BareRecord): void {
    this.#digests.take(sha256);
    this.#offsets.push(this.#log.append(encodeRecord(record)));
    this.#places.push(NONE);
    this.#kinds.push(
      (record.ca ? KINDS.ca : 0) |
        (record.modulus === undefined ? 0 : KINDS.rsa) |
        (record.publicKey === undefined ? 0 : KINDS.lists),
    );
    this.#hashes.key.push(hashOf(record.spki));
    this.#hashes.issuer.push(this.#nameHash(record.issuer, record));
    this.#hashes.subject.push(hashOf(foldedAspect("subject", record)));
    this.#hashes.serial.push(hashOf(foldedAspect("serial", record)));
    this.#orders.clear();
    this.#compared.clear();
  }

  #nameHash(name: string, record: BareRecord): number {
    let hash = this.#names.get(name);
    if (hash === undefined) {
      hash = hashOf(foldedAspect("issuer", record));
      this.#names.set(name, hash);
    }
    return hash;
  }

  /** @returns the store's number, for `stand` */
  addStore(store: StoreRecord): number {
    this.#stores.push(new SpilledStore(this.#log, store));
    return this.#stores.length - 1;
  }

  /** A certificate that is here stands in a store that is here. */
  stand(sha256: string, store: number, label: string, use: Use): void {
    const index = this.#digests.take(sha256);
    const text = encoder.encode(JSON.stringify(label));
    const entry = new Uint8Array(STANDING_HEAD + text.length);
    const view = new DataView(entry.buffer);
    view.setFloat64(0, this.#places.get(index));
    view.setUint32(8, store);
    view.setUint8(12, USES.indexOf(use));
    entry.set(text, STANDING_HEAD);
    this.#places.set(index, this.#log.append(entry));
    if (use === "signer") return;
    const kinds = KINDS.held | (use === "personal" ? KINDS.personal : 0);
    this.#kinds.set(index, this.#kinds.get(index) | kinds);
  }

  get(sha256: string): CertificateRecord | undefined {
    const index = this.#digests.find(sha256);
    return index === undefined ? undefined : this.record(index);
  }

  *values(kind?: Kind): Iterable<CertificateRecord> {
    for (let index = 0; index < this.size; index++) {
      if (this.#is(kind, index)) yield this.record(index);
    }
  }

  *groups(aspect: Aspect, least: number, kind?: Kind): Iterable<RecordGroup> {
    for (const hashed of this.#runs(aspect, least, kind)) {
      for (const indexes of this.#apart(aspect, hashed)) {
        if (indexes.length < least || !indexes.some((index) => this.#is(kind, index))) continue;
        yield new SpilledGroup(this, indexes);
      }
    }
  }

  *alike(aspect: Aspect, text: string): Iterable<CertificateRecord> {
    const order = this.#order(aspect);
    const hashes = this.#hashes[aspect];
    const hash = hashOf(text);
    let [low, high] = [0, order.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if (hashes.get(order[middle] as number) < hash) low = middle + 1;
      else high = middle;
    }
    for (let at = low; at < order.length; at++) {
      const index = order[at] as number;
      if (hashes.get(index) !== hash) return;
      const record = this.record(index);
      if (foldedAspect(aspect, record) === text) yield record;
    }
  }

  /** The record of the certificate with that number. */
  record(index: number): CertificateRecord {
    const octets = this.#log.read(this.#offsets.get(index));
    return decodeRecord(octets, this.#digests.hex(index), () =>
      this.#standings(this.#places.get(index)),
    );
  }

  #standings(last: number): readonly Standing[] {
    const standings: Standing[] = [];
    for (let offset = last; offset !== NONE; ) {
      const entry = this.#log.read(offset);
      const view = new DataView(entry.buffer, entry.byteOffset);
      standings.push({
        store: this.#stores[view.getUint32(8)] as StoreRecord,
        label: JSON.parse(decoder.decode(entry.subarray(STANDING_HEAD))),
        use: USES[view.getUint8(12)] as Use,
      });
      offset = view.getFloat64(0);
    }
    return standings.reverse();
  }

  #is(kind: Kind | undefined, index: number): boolean {
    return kind === undefined || (this.#kinds.get(index) & KINDS[kind]) !== 0;
  }

  #order(aspect: Aspect): Uint32Array {
    let order = this.#orders.get(aspect);
    if (order === undefined) {
      const hashes = this.#hashes[aspect];
      order = orderBy(this.size, (index) => hashes.get(index));
      this.#orders.set(aspect, order);
    }
    return order;
  }

  /** Numbers of certificates whose hash of the aspect is the same, by the first number. */
  *#runs(aspect: Aspect, least: number, kind: Kind | undefined): Iterable<Uint32Array> {
    const order = this.#order(aspect);
    const hashes = this.#hashes[aspect];
    const starts = words();
    const ends = words();
    for (let start = 0; start < order.length; ) {
      const hash = hashes.get(order[start] as number);
      let end = start;
      let wanted = false;
      for (; end < order.length && hashes.get(order[end] as number) === hash; end++) {
        wanted ||= this.#is(kind, order[end] as number);
      }
      if (wanted && end - start >= least) {
        starts.push(start);
        ends.push(end);
      }
      start = end;
    }
    for (const run of orderBy(starts.length, (i) => order[starts.get(i)] as number)) {
      yield order.subarray(starts.get(run), ends.get(run));
    }
  }

  /** Parts a run where different texts have one hash, which is rare. */
  #apart(aspect: Aspect, run: Uint32Array): Iterable<Uint32Array> {
    if (run.length === 1) return [run];
    let compared = this.#compared.get(aspect);
    if (compared === undefined) {
      compared = new Uint8Array(this.size);
      this.#compared.set(aspect, compared);
    }
    const start = run.byteOffset / run.BYTES_PER_ELEMENT;
    if (compared[start] === 1) return [run];
    const first = this.#aspectAt(aspect, run[0] as number);
    if (run.every((index) => this.#aspectAt(aspect, index) === first)) {
      compared[start] = 1;
      return [run];
    }
    const parts = new Map<string, number[]>();
    for (const index of run) {
      const text = this.#aspectAt(aspect, index);
      const part = parts.get(text);
      if (part === undefined) parts.set(text, [index]);
      else part.push(index);
    }
    return [...parts.values()].map((part) => Uint32Array.from(part));
  }

  #aspectAt(aspect: Aspect, index: number): string {
    const offset = this.#offsets.get(index);
    if (aspect === "key") return keyOf(this.#log.read(offset, KEY_OCTETS));
    // A serial number has none of these: the last one parts the two.
    return aspectOf(aspect, this.record(index)).join("\u0000");
  }
}

class SpilledGroup implements RecordGroup {
  readonly #inventory: SpilledInventory;
  readonly #indexes: Uint32Array;

  constructor(inventory: SpilledInventory, indexes: Uint32Array) {
    this.#inventory = inventory;
    this.#indexes = indexes;
  }

  get length(): number {
    return this.#indexes.length;
  }

  *[Symbol.iterator](): Iterator<CertificateRecord> {
    for (const index of this.#indexes) yield this.#inventory.record(index);
  }
}

/** What two stores compare by stays; what they hold is read when it is asked for. */
class SpilledStore implements StoreRecord {
  readonly path: string;
  readonly format: StoreRecord["format"];
  declare readonly passwordTag?: string;
  declare readonly passwordLength?: number;
  declare readonly passwordWellKnown?: boolean;
  readonly #log: SpillLog;
  readonly #offset: number;

  constructor(log: SpillLog, { keyLabels, trusted, personal, ...facts }: StoreRecord) {
    this.path = facts.path;
    this.format = facts.format;
    Object.assign(this, facts);
    this.#log = log;
    const lists = { keyLabels, trusted, personal };
    this.#offset = log.append(encoder.encode(JSON.stringify(lists)));
  }

  get keyLabels(): readonly string[] {
    return this.#lists().keyLabels;
  }

  get trusted(): readonly string[] {
    return this.#lists().trusted;
  }

  get personal(): readonly string[] {
    return this.#lists().personal;
  }

  #lists(): Pick<StoreRecord, "keyLabels" | "trusted" | "personal"> {
    return JSON.parse(decoder.decode(this.#log.read(this.#offset)));
  }
}
