import type { Facts, Finding, Place, Severity } from "../model/finding.ts";
import {
  byText,
  fingerprintOf,
  type Judgement,
  placeKey,
  rank,
  sortedPlaces,
} from "./finding-order.ts";
import type { SpillSpace } from "./spill.ts";
import { SpilledDrafts } from "./spilled-drafts.ts";

interface Draft {
  readonly rule: string;
  readonly key: string;
  severity: Severity;
  facts: Facts;
  /** By key from the second on: most faults stand in one place. */
  places: Place | Map<string, Place>;
  /** The place that the facts were taken from: the worst one, then the first in order. */
  factsPlace: Place;
}

/** Drafts as plain data that may pass between threads. */
export type DraftPart = readonly (Judgement & {
  readonly factsPlace: Place;
  readonly places: readonly Place[];
})[];

/** Estimated octets of a finding with one place and no facts, and of one more place. */
const DRAFT_OCTETS = 400;
const PLACE_OCTETS = 200;

/**
 * Findings in the making: each fault once, with all its places, whatever the order they come in. In memory, and
 * once they are more than may be kept there, in a file.
 */
export class Drafts {
  readonly #space: SpillSpace | undefined;
  /** By rule, then by key. */
  readonly #drafts = new Map<string, Map<string, Draft>>();
  /** Of those in memory, estimated octets. */
  #weight = 0;
  #spilled: SpilledDrafts | undefined;

  /** @param space - absent: all stays in memory */
  constructor(space?: SpillSpace) {
    this.#space = space;
  }

  /** One more place of a fault; its facts are those of the worst place, of the first among equals. */
  add(judged: Judgement, place: Place): void {
    if (this.#spilled === undefined) {
      this.#put(judged, place, place);
      this.#spillIfLarge();
    } else this.#spilled.add(judged, place, true);
  }

  /** @param factsPlace - where the judgement was made; `place` may be another one of the fault's */
  #put(judged: Judgement, factsPlace: Place, place: Place): void {
    const { rule, key, severity, facts } = judged;
    let ofRule = this.#drafts.get(rule);
    if (ofRule === undefined) {
      ofRule = new Map();
      this.#drafts.set(rule, ofRule);
    }
    const known = ofRule.get(key);
    if (known === undefined) {
      ofRule.set(key, { rule, key, severity, facts, places: place, factsPlace });
      this.#weight += DRAFT_OCTETS + weightOf(facts);
      return;
    }
    const worse = rank(severity) - rank(known.severity);
    const isFirst = () => byText(placeKey(factsPlace), placeKey(known.factsPlace)) < 0;
    if (worse < 0 || (worse === 0 && isFirst())) {
      known.severity = severity;
      known.facts = facts;
      known.factsPlace = factsPlace;
    }
    if (!(known.places instanceof Map)) {
      known.places = new Map([[placeKey(known.places), known.places]]);
    }
    known.places.set(placeKey(place), place);
    this.#weight += PLACE_OCTETS;
  }

  #spillIfLarge(): void {
    const space = this.#space;
    // Half as much as the inventory: in the end they are all given out, which takes memory again.
    if (space?.isOver(2 * this.#weight) !== true) return;
    const spilled = new SpilledDrafts(space.log);
    for (const draft of this.#all()) addTo(spilled, draft, placesOf(draft));
    this.#clear();
    this.#spilled = spilled;
  }

  *#all(): Iterable<Draft> {
    for (const ofRule of this.#drafts.values()) yield* ofRule.values();
  }

  #clear(): void {
    this.#drafts.clear();
    this.#weight = 0;
  }

  /** Takes out all that there is. @throws Error where some of it is in a file: a fault of ours */
  drain(): DraftPart {
    if (this.#spilled !== undefined) throw new Error("what is in a file is not passed on");
    const part: DraftPart[number][] = [];
    for (const draft of this.#all()) part.push({ ...draft, places: [...placesOf(draft)] });
    this.#clear();
    return part;
  }

  /** Takes in what another collected, as if it had been added here. */
  absorb(part: DraftPart): void {
    for (const { factsPlace, places, ...judged } of part) {
      if (this.#spilled !== undefined) addTo(this.#spilled, { ...judged, factsPlace }, places);
      else for (const place of places) this.#put(judged, factsPlace, place);
    }
    this.#spillIfLarge();
  }

  /** Worst first, then by place, then by rule. */
  findings(): readonly Finding[] {
    if (this.#spilled !== undefined) return this.#spilled.findings();
    return Array.from(this.#all(), finished).sort(compareFindings);
  }
}

function addTo(
  spilled: SpilledDrafts,
  judged: Judgement & { readonly factsPlace: Place },
  places: Iterable<Place>,
): void {
  const at = placeKey(judged.factsPlace);
  for (const place of places) spilled.add(judged, place, placeKey(place) === at);
}

function placesOf({ places }: Draft): Iterable<Place> {
  return places instanceof Map ? places.values() : [places];
}

function weightOf(facts: Facts): number {
  let octets = 0;
  for (const value of Object.values(facts)) {
    octets += 32;
    if (typeof value === "string") octets += value.length;
    else if (Array.isArray(value)) for (const one of value) octets += 16 + one.length;
  }
  return octets;
}

function finished(draft: Draft): Finding {
  const { rule, severity, places, facts } = draft;
  return {
    rule,
    severity,
    places: (places instanceof Map ? sortedPlaces(places) : [places]) as [Place, ...Place[]],
    facts,
    fingerprint: fingerprintOf(rule, draft.key),
  };
}

function compareFindings(a: Finding, b: Finding): number {
  return (
    rank(a.severity) - rank(b.severity) ||
    byText(placeKey(a.places[0]), placeKey(b.places[0])) ||
    byText(a.rule, b.rule) ||
    byText(a.fingerprint, b.fingerprint)
  );
}
