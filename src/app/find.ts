import { findEntry } from "../model/edit.ts";
import { PkiError } from "../model/error.ts";
import type { Entry } from "../model/store.ts";
import { shownEntries } from "./list.ts";
import type { Opened } from "./open.ts";

const SHOWN = 8;

/**
 * The entry with a label: exact first, then as the format compares labels. One that differs by case is
 * named in the hint and not taken.
 *
 * @throws PkiError `label-unknown` with the labels there are as hint
 */
export function requireEntry(opened: Opened, label: string): Entry {
  const entries = shownEntries(opened);
  const found = findEntry({ entries }, label, opened.codec.sameLabel);
  if (found !== undefined) return found;
  const alike = entries.filter((entry) => entry.label.toLowerCase() === label.toLowerCase());
  const names = (alike.length > 0 ? alike : entries).map((entry) => JSON.stringify(entry.label));
  const more = names.length > SHOWN ? ` and ${names.length - SHOWN} more` : "";
  const hint =
    alike.length > 0
      ? `case matters: it has ${names.join(", ")}`
      : names.length === 0
        ? "the store is empty"
        : `it has ${names.slice(0, SHOWN).join(", ")}${more}`;
  throw new PkiError("label-unknown", "has no entry with that label", {
    path: opened.path,
    where: JSON.stringify(label),
    hint,
  });
}
