import type { CertificateRecord, InventoryView } from "./inventory-view.ts";
import {
  type Aspect,
  type CertificateRecords,
  isKind,
  type Kind,
  type RecordGroup,
} from "./records.ts";

/** Every path that places of an inventory may name, each once. */
export function pathsOf({ stores, refused, crls, settings }: InventoryView): ReadonlySet<string> {
  return new Set([
    ...stores.map(({ path }) => path),
    ...refused.map(({ path }) => path),
    ...crls.flatMap(({ paths }) => paths),
    ...settings.map(({ path }) => path),
  ]);
}

/** An inventory without what stands at other paths: a rule that is off there does not look there. */
export function partOf(whole: InventoryView, covers: (path: string) => boolean): InventoryView {
  return {
    certificates: new PartOfRecords(whole.certificates, covers),
    stores: whole.stores.filter(({ path }) => covers(path)),
    refused: whole.refused.filter(({ path }) => covers(path)),
    settings: whole.settings.filter(({ path }) => covers(path)),
    whole: whole.whole,
    crls: whole.crls.flatMap(({ crl, paths }) => {
      const left = paths.filter(covers);
      return left.length === 0 ? [] : [{ crl, paths: left }];
    }),
  };
}

/** Looks through all that there is each time: a copy of what is covered might not fit into memory. */
class PartOfRecords implements CertificateRecords {
  readonly #whole: CertificateRecords;
  readonly #covers: (path: string) => boolean;
  #size: number | undefined;

  constructor(whole: CertificateRecords, covers: (path: string) => boolean) {
    this.#whole = whole;
    this.#covers = covers;
  }

  get size(): number {
    this.#size ??= count(this.values());
    return this.#size;
  }

  get(sha256: string): CertificateRecord | undefined {
    const record = this.#whole.get(sha256);
    return record === undefined ? undefined : this.#covered(record);
  }

  /** A certificate that is of that kind here is so in the whole, where it may stand in more stores. */
  *values(kind?: Kind): Iterable<CertificateRecord> {
    for (const record of this.#all(this.#whole.values(kind))) {
      if (kind === undefined || isKind(kind, record)) yield record;
    }
  }

  *groups(aspect: Aspect, least: number, kind?: Kind): Iterable<RecordGroup> {
    for (const group of this.#whole.groups(aspect, least, kind)) {
      let length = 0;
      let wanted = kind === undefined;
      for (const record of this.#all(group)) {
        length++;
        wanted ||= isKind(kind as Kind, record);
      }
      if (!wanted || length < least) continue;
      yield { length, [Symbol.iterator]: () => this.#all(group)[Symbol.iterator]() };
    }
  }

  alike(aspect: Aspect, text: string): Iterable<CertificateRecord> {
    return this.#all(this.#whole.alike(aspect, text));
  }

  *#all(records: Iterable<CertificateRecord>): Iterable<CertificateRecord> {
    for (const record of records) {
      const covered = this.#covered(record);
      if (covered !== undefined) yield covered;
    }
  }

  #covered(record: CertificateRecord): CertificateRecord | undefined {
    const standings = record.standings.filter(({ store }) => this.#covers(store.path));
    if (standings.length === record.standings.length) return record;
    return standings.length === 0 ? undefined : { ...record, standings };
  }
}

function count(records: Iterable<CertificateRecord>): number {
  let size = 0;
  for (const _ of records) size++;
  return size;
}
