import type { CertificateRecord } from "./inventory-view.ts";
import { sameText } from "./same-text.ts";

/** What certificates are compared by: the public key, a name, the issuer's name with the serial number. */
export type Aspect = "key" | "issuer" | "subject" | "serial";

/** `held`: in the chain of a key somewhere, `personal` as its own; `rsa`: has a modulus; `lists`: may sign revocation lists. */
export type Kind = "ca" | "rsa" | "lists" | "held" | "personal";

/** Certificates that have something in common, in order of first sight. May be gone through more than once. */
export interface RecordGroup extends Iterable<CertificateRecord> {
  readonly length: number;
}

/**
 * The distinct certificates of an inventory. There may be more than memory holds: a rule that goes through
 * them keeps what it needs of each, and asks for groups instead of making a Map of them all.
 */
export interface CertificateRecords {
  readonly size: number;
  get(sha256: string): CertificateRecord | undefined;
  /** In order of first sight, which is the sorted order of paths. */
  values(kind?: Kind): Iterable<CertificateRecord>;
  /**
   * Certificates that are the same in an aspect, text for text: groups of `least` and more.
   *
   * @param kind - only groups of which a member is so, with all members
   */
  groups(aspect: Aspect, least: number, kind?: Kind): Iterable<RecordGroup>;
  /** Those whose aspect is `text` but for what makes no difference in a name. @param text - as `foldedAspect` gives it */
  alike(aspect: Aspect, text: string): Iterable<CertificateRecord>;
}

/** An aspect's text, or two that make it together. */
export function aspectOf(aspect: Aspect, record: CertificateRecord): readonly [string, string?] {
  switch (aspect) {
    case "key":
      return [record.spki];
    case "issuer":
      return [record.issuer];
    case "subject":
      return [record.subject];
    case "serial":
      return [record.issuer, record.serial];
  }
}

/** An aspect's text without what makes no difference in names. */
export function foldedAspect(
  aspect: Aspect,
  of: Pick<CertificateRecord, "spki" | "issuer" | "subject" | "serial">,
): string {
  switch (aspect) {
    case "key":
      return of.spki;
    case "issuer":
      return sameText(of.issuer);
    case "subject":
      return sameText(of.subject);
    case "serial":
      return foldedSerial(sameText(of.issuer), of.serial);
  }
}

/** The folded aspect of an issuer's name that is folded already. */
export function foldedSerial(issuer: string, serial: string): string {
  return `${issuer}\u0000${serial}`;
}

/** @param group - of one or more */
export function firstOf(group: Iterable<CertificateRecord>): CertificateRecord {
  const [first] = group;
  return first as CertificateRecord;
}

export function isKind(kind: Kind, record: CertificateRecord): boolean {
  switch (kind) {
    case "ca":
      return record.ca;
    case "rsa":
      return record.modulus !== undefined;
    case "lists":
      return record.publicKey !== undefined;
    case "held":
      return record.standings.some(({ use }) => use !== "signer");
    case "personal":
      return record.standings.some(({ use }) => use === "personal");
  }
}

/** One, or from the second on a list: most of them are one certificate's. */
type Some = CertificateRecord | CertificateRecord[];

/** Records in memory. */
export class MemoryRecords implements CertificateRecords {
  readonly #records: ReadonlyMap<string, CertificateRecord>;
  /** By folded aspect, of as many records as there were when it was made. */
  readonly #indexes = new Map<Aspect, { readonly size: number; readonly by: Map<string, Some> }>();

  /** @param records - by SHA-256; may grow afterwards */
  constructor(records: ReadonlyMap<string, CertificateRecord>) {
    this.#records = records;
  }

  get size(): number {
    return this.#records.size;
  }

  get(sha256: string): CertificateRecord | undefined {
    return this.#records.get(sha256);
  }

  *values(kind?: Kind): Iterable<CertificateRecord> {
    for (const record of this.#records.values()) {
      if (kind === undefined || isKind(kind, record)) yield record;
    }
  }

  *groups(aspect: Aspect, least: number, kind?: Kind): Iterable<RecordGroup> {
    for (const some of grouped(this.#records.values(), aspect)) {
      const group = listOf(some);
      if (group.length < least) continue;
      if (kind === undefined || group.some((record) => isKind(kind, record))) yield group;
    }
  }

  alike(aspect: Aspect, text: string): Iterable<CertificateRecord> {
    return listOf(this.#index(aspect).get(text));
  }

  #index(aspect: Aspect): ReadonlyMap<string, Some> {
    const { size } = this.#records;
    let index = this.#indexes.get(aspect);
    if (index?.size !== size) {
      index = { size, by: new Map() };
      for (const record of this.#records.values())
        put(index.by, foldedAspect(aspect, record), record);
      this.#indexes.set(aspect, index);
    }
    return index.by;
  }
}

/** By the parts of the aspect one after the other: joining them would cost a new text for each record. */
function* grouped(records: Iterable<CertificateRecord>, aspect: Aspect): Iterable<Some> {
  const whole = new Map<string, Some>();
  const parted = new Map<string, Map<string, Some>>();
  for (const record of records) {
    const [first, second] = aspectOf(aspect, record);
    if (second === undefined) {
      put(whole, first, record);
      continue;
    }
    let inner = parted.get(first);
    if (inner === undefined) {
      inner = new Map();
      parted.set(first, inner);
    }
    put(inner, second, record);
  }
  yield* whole.values();
  for (const inner of parted.values()) yield* inner.values();
}

function put(groups: Map<string, Some>, key: string, record: CertificateRecord): void {
  const known = groups.get(key);
  if (known === undefined) groups.set(key, record);
  else if (Array.isArray(known)) known.push(record);
  else groups.set(key, [known, record]);
}

function listOf(some: Some | undefined): readonly CertificateRecord[] {
  return some === undefined ? [] : Array.isArray(some) ? some : [some];
}
