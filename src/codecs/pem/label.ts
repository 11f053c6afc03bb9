const UNNAMED = "unnamed";

/** Labels of PEM files stand in one line of text: control characters become blanks, blanks around go. */
export function storedLabel(label: string): string {
  return label.replace(/[\x00-\x1f\x7f-\x9f\u2028\u2029]+/g, " ").trim() || UNNAMED;
}

/** `label`, or `label (2)` and so on where it is taken; `taken` learns it. */
export function uniqueLabel(label: string, taken: Map<string, number>): string {
  for (;;) {
    const count = (taken.get(label) ?? 0) + 1;
    taken.set(label, count);
    if (count === 1) return label;
    const numbered = `${label} (${count})`;
    if (!taken.has(numbered)) {
      taken.set(numbered, 1);
      return numbered;
    }
  }
}
