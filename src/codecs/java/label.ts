/**
 * The label as Java stores it: lower case, locale-independent. Java looks an entry up by the lower-case
 * form only, so one stored with capitals is listed and never found.
 */
export function storedLabel(label: string): string {
  return label.toLowerCase();
}

export function sameLabel(a: string, b: string): boolean {
  return a === b || storedLabel(a) === storedLabel(b);
}
