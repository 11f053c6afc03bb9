import type { Facts, Finding, Place, Severity } from "../model/finding.ts";
import { SEVERITIES } from "../model/finding.ts";
import { doubles, octets, orderBy, words } from "./columns.ts";
import { DigestTable } from "./digest-table.ts";
import {
  byText,
  fingerprintOf,
  type Judgement,
  placeKey,
  rank,
  sortedPlaces,
} from "./finding-order.ts";
import type { SpillLog } from "./spill.ts";

const NONE = -1;
/** What a place has before its text: the one of the same finding before it, its facts, the severity, the path. */
const PLACE_HEAD = 8 + 8 + 1 + 4;

const encoder = new TextEncoder();
const decoder = new TextDecoder();

interface StoredPlace {
  readonly place: Place;
  /** NONE: it says nothing about the facts. */
  readonly facts: number;
  readonly severity: number;
}

/**
 * Findings in a file: of each some 65 octets stay in memory, and as much again once they are given out; of a
 * place none, but for each path once. docs/decisions/0128.
 */
export class SpilledDrafts {
  readonly #log: SpillLog;
  readonly #fingerprints = new DigestTable();
  readonly #rules = words();
  readonly #severities = octets();
  /** Offset of the last place. */
  readonly #places = doubles();
  /** The path that comes first in order. */
  readonly #firstPaths = words();
  readonly #paths = new Names();
  readonly #ruleIds = new Names();
  #lastFacts: { readonly facts: Facts; readonly offset: number } | undefined;
  /** What was read last: a finding is looked at part by part. */
  #read: { readonly number: number; readonly whole: WholeFinding } | undefined;

  constructor(log: SpillLog) {
    this.#log = log;
  }

  /** @param judgedHere - false for a place of which the judgement says nothing */
  add({ rule, severity, facts, key }: Judgement, place: Place, judgedHere: boolean): void {
    const number = this.#fingerprints.take(fingerprintOf(rule, key));
    const path = this.#paths.number(place.path);
    if (number === this.#rules.length) {
      this.#rules.push(this.#ruleIds.number(rule));
      this.#severities.push(rank(severity));
      this.#places.push(NONE);
      this.#firstPaths.push(path);
    } else {
      this.#severities.set(number, Math.min(this.#severities.get(number), rank(severity)));
      const first = this.#firstPaths.get(number);
      if (place.path < this.#paths.text(first)) this.#firstPaths.set(number, path);
    }
    const text = encoder.encode(JSON.stringify([place.label ?? null, place.sha256 ?? null]));
    const entry = new Uint8Array(PLACE_HEAD + text.length);
    const view = new DataView(entry.buffer);
    view.setFloat64(0, this.#places.get(number));
    view.setFloat64(8, judgedHere ? this.#factsOffset(facts) : NONE);
    view.setUint8(16, rank(severity));
    view.setUint32(17, path);
    entry.set(text, PLACE_HEAD);
    this.#places.set(number, this.#log.append(entry));
    this.#read = undefined;
  }

  /** A verdict with many places has the same facts at each. */
  #factsOffset(facts: Facts): number {
    if (this.#lastFacts?.facts !== facts) {
      const offset = this.#log.append(encoder.encode(JSON.stringify(facts)));
      this.#lastFacts = { facts, offset };
    }
    return this.#lastFacts.offset;
  }

  /** As `Drafts.findings`; places and facts are read when they are asked for. */
  findings(): readonly Finding[] {
    this.#lastFacts = undefined;
    const ranks = this.#paths.ranks();
    const major = (number: number) =>
      this.#severities.get(number) * 2 ** 30 + (ranks[this.#firstPaths.get(number)] as number);
    const order = orderBy(this.#fingerprints.size, major);
    const findings: Finding[] = [];
    for (let start = 0; start < order.length; ) {
      const like = major(order[start] as number);
      let end = start + 1;
      while (end < order.length && major(order[end] as number) === like) end++;
      for (const number of this.#inOrder(order.subarray(start, end))) {
        findings.push(new StoredFinding(this, number));
      }
      start = end;
    }
    return findings;
  }

  /** Those of one severity and one first path. */
  #inOrder(numbers: Uint32Array): Iterable<number> {
    if (numbers.length === 1) return numbers;
    const keyed = Array.from(numbers, (number) => {
      const [place] = this.whole(number).places;
      return { number, key: placeKey(place), rule: this.rule(number) };
    });
    const fingerprint = ({ number }: { readonly number: number }) => this.fingerprint(number);
    keyed.sort(
      (a, b) =>
        byText(a.key, b.key) || byText(a.rule, b.rule) || byText(fingerprint(a), fingerprint(b)),
    );
    return keyed.map(({ number }) => number);
  }

  rule(number: number): string {
    return this.#ruleIds.text(this.#rules.get(number));
  }

  severity(number: number): Severity {
    return SEVERITIES[this.#severities.get(number)] as Severity;
  }

  fingerprint(number: number): string {
    return this.#fingerprints.hex(number);
  }

  whole(number: number): WholeFinding {
    if (this.#read?.number !== number) this.#read = { number, whole: this.#readWhole(number) };
    return this.#read.whole;
  }

  #readWhole(number: number): WholeFinding {
    const places = new Map<string, Place>();
    let best: { readonly key: string; readonly severity: number; readonly facts: number } = {
      key: "",
      severity: Number.POSITIVE_INFINITY,
      facts: NONE,
    };
    for (const { place, facts, severity } of this.#placesOf(number)) {
      const key = placeKey(place);
      places.set(key, place);
      if (facts === NONE) continue;
      const worse = severity - best.severity;
      if (worse < 0 || (worse === 0 && byText(key, best.key) <= 0)) best = { key, severity, facts };
    }
    const facts = JSON.parse(decoder.decode(this.#log.read(best.facts)));
    return { places: sortedPlaces(places), facts };
  }

  /** The last one first. */
  *#placesOf(number: number): Iterable<StoredPlace> {
    for (let offset = this.#places.get(number); offset !== NONE; ) {
      const entry = this.#log.read(offset);
      const view = new DataView(entry.buffer, entry.byteOffset);
      const [label, sha256] = JSON.parse(decoder.decode(entry.subarray(PLACE_HEAD)));
      const place = {
        path: this.#paths.text(view.getUint32(17)),
        ...(label === null ? {} : { label }),
        ...(sha256 === null ? {} : { sha256 }),
      };
      yield { place, facts: view.getFloat64(8), severity: view.getUint8(16) };
      offset = view.getFloat64(0);
    }
  }
}

type WholeFinding = Pick<Finding, "places" | "facts">;

/** A finding of which nothing is in memory but its number. */
class StoredFinding implements Finding {
  readonly #drafts: SpilledDrafts;
  readonly #number: number;

  constructor(drafts: SpilledDrafts, number: number) {
    this.#drafts = drafts;
    this.#number = number;
  }

  get rule(): string {
    return this.#drafts.rule(this.#number);
  }

  get severity(): Severity {
    return this.#drafts.severity(this.#number);
  }

  get places(): Finding["places"] {
    return this.#drafts.whole(this.#number).places;
  }

  get facts(): Facts {
    return this.#drafts.whole(this.#number).facts;
  }

  get fingerprint(): string {
    return this.#drafts.fingerprint(this.#number);
  }
}

/** Texts that come again and again, numbered from 0. */
class Names {
  readonly #numbers = new Map<string, number>();
  readonly #texts: string[] = [];

  number(text: string): number {
    let number = this.#numbers.get(text);
    if (number === undefined) {
      number = this.#texts.push(text) - 1;
      this.#numbers.set(text, number);
    }
    return number;
  }

  text(number: number): string {
    return this.#texts[number] as string;
  }

  /** The place of each in the sorted order, by number. */
  ranks(): Uint32Array {
    const ranks = new Uint32Array(this.#texts.length);
    const sorted = this.#texts.map((text, number) => ({ text, number }));
    sorted.sort((a, b) => byText(a.text, b.text));
    for (const [rank, { number }] of sorted.entries()) ranks[number] = rank;
    return ranks;
  }
}
