import { toHex } from "../bytes/octets.ts";
import { digest } from "../crypto/digest.ts";
import type { Facts, Finding, Place, Severity } from "../model/finding.ts";
import { SEVERITIES } from "../model/finding.ts";

/** One verdict at one place. `key` tells the faults of a rule apart: it is part of the fingerprint. */
export interface Judgement {
  readonly rule: string;
  readonly severity: Severity;
  readonly facts: Facts;
  readonly key: string;
}

interface Draft {
  readonly rule: string;
  readonly key: string;
  severity: Severity;
  facts: Facts;
  readonly places: Map<string, Place>;
  /** The place that the facts were taken from: the worst one, then the first in order. */
  factsPlace: string;
}

/** Drafts as plain data that may pass between threads. */
export type DraftPart = readonly (Judgement & {
  readonly factsPlace: string;
  readonly places: readonly Place[];
})[];

const text = new TextEncoder();
const rank = (severity: Severity): number => SEVERITIES.indexOf(severity);
const placeKey = (place: Place): string =>
  `${place.path}\u0000${place.label ?? ""}\u0000${place.sha256 ?? ""}`;
const byText = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

/** Findings in the making: each fault once, with all its places, whatever the order they come in. */
export class Drafts {
  readonly #drafts = new Map<string, Draft>();

  /** One more place of a fault; its facts are those of the worst place, of the first among equals. */
  add(judged: Judgement, place: Place): void {
    const at = placeKey(place);
    const draft = this.#draft(judged, at);
    draft.places.set(at, place);
  }

  #draft(judged: Judgement, at: string): Draft {
    const { rule, key, severity, facts } = judged;
    const id = `${rule}\u0000${key}`;
    const known = this.#drafts.get(id);
    if (known === undefined) {
      const draft = {
        rule,
        key,
        severity,
        facts,
        places: new Map<string, Place>(),
        factsPlace: at,
      };
      this.#drafts.set(id, draft);
      return draft;
    }
    const worse = rank(severity) - rank(known.severity);
    if (worse < 0 || (worse === 0 && byText(at, known.factsPlace) < 0)) {
      known.severity = severity;
      known.facts = facts;
      known.factsPlace = at;
    }
    return known;
  }

  /** Takes out all that there is. */
  drain(): DraftPart {
    const part = [...this.#drafts.values()].map(({ places, ...draft }) => ({
      ...draft,
      places: [...places.values()],
    }));
    this.#drafts.clear();
    return part;
  }

  /** Takes in what another collected, as if it had been added here. */
  absorb(part: DraftPart): void {
    for (const { factsPlace, places, ...judged } of part) {
      const draft = this.#draft(judged, factsPlace);
      for (const place of places) draft.places.set(placeKey(place), place);
    }
  }

  /** Worst first, then by place, then by rule. */
  findings(): readonly Finding[] {
    return [...this.#drafts.values()].map(finished).sort(compareFindings);
  }
}

function finished(draft: Draft): Finding {
  const places = [...draft.places.entries()].sort(([a], [b]) => byText(a, b)).map(([, p]) => p);
  return {
    rule: draft.rule,
    severity: draft.severity,
    places: places as [Place, ...Place[]],
    facts: draft.facts,
    fingerprint: toHex(digest("sha256", text.encode(`${draft.rule}\u0000${draft.key}`))),
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
