import { type ListResult, shownEntries } from "../app/list.ts";
import type { Opened } from "../app/open.ts";
import type { Certificate } from "../model/certificate.ts";
import type { Entry } from "../model/store.ts";
import { printName } from "../x509/name.ts";
import { columnsOf, cutTo, safe } from "./safe.ts";

/** Leaf first; none for what has no certificate. */
export function chainOf(entry: Entry): readonly Certificate[] {
  if (entry.kind === "key") return entry.chain;
  return entry.kind === "trusted" ? [entry.certificate] : [];
}

/** The table of `pki list`: a heading for each store, one line for each entry. */
export function listText(result: ListResult, now: Date, columns: number | undefined): string {
  return result.stores.map((opened) => storeText(opened, now, columns)).join("\n");
}

const TITLES: Readonly<Record<string, string>> = {
  kdb: "KDB",
  jks: "JKS",
  jceks: "JCEKS",
  pkcs12: "PKCS#12",
  pem: "PEM",
  der: "DER",
};

const INTEGRITY: Readonly<Record<string, string>> = {
  verified: "integrity verified",
  "not-checked": "integrity not checked (no password given)",
  absent: "no integrity value in the file",
  none: "",
};

function storeText(opened: Opened, now: Date, columns: number | undefined): string {
  const entries = shownEntries(opened);
  const heading = storeHeading(opened, now);
  if (entries.length === 0) return heading;
  const { defaultLabel } = opened.store;
  return (
    heading +
    table(
      entries.map((entry) => row(entry, defaultLabel, now)),
      columns,
    )
  );
}

/** One line: the file, what it is, and whether it was checked. */
export function storeHeading(opened: Opened, now: Date): string {
  const { container } = opened;
  const entries = shownEntries(opened);
  const expires = container.passwordExpires;
  const facts = [
    [TITLES[container.format], container.version].filter((part) => part !== "").join(" "),
    entries.length === 1 ? "1 entry" : `${entries.length} entries`,
    INTEGRITY[container.integrity] ?? "",
    expires === undefined
      ? ""
      : `password ${expires <= now ? "EXPIRED" : "expires"} ${day(expires)}`,
  ];
  return `${safe(opened.path)}: ${facts.filter((fact) => fact !== "").join(", ")}\n`;
}

interface Row {
  readonly mark: string;
  readonly label: string;
  readonly kind: string;
  readonly until: string;
  readonly subject: string;
}

const SOON_DAYS = 30;

function row(entry: Entry, defaultLabel: string | undefined, now: Date): Row {
  const [leaf] = chainOf(entry);
  const untrusted = entry.kind === "trusted" && !entry.enabled;
  return {
    mark: entry.kind === "key" && entry.label === defaultLabel ? "*" : " ",
    label: safe(entry.label),
    kind: untrusted ? "untrusted" : entry.kind,
    until: leaf === undefined ? "" : until(leaf, now),
    subject: leaf === undefined ? "" : safe(printName(leaf.subject)),
  };
}

/** The day a certificate ends, with the word that matters where something is wrong with it. */
export function until(certificate: Certificate, now: Date): string {
  const { notBefore, notAfter } = certificate;
  if (notAfter < now) return `${day(notAfter)} EXPIRED`;
  if (notBefore > now) return `${day(notAfter)} not yet valid`;
  const days = Math.floor((notAfter.getTime() - now.getTime()) / 86_400_000);
  if (days > SOON_DAYS) return day(notAfter);
  return `${day(notAfter)} ${days === 1 ? "1 day" : `${days} days`} left`;
}

function day(date: Date): string {
  const time = date.toISOString();
  return time.slice(0, time.indexOf("T"));
}

const HEADINGS: Row = {
  mark: " ",
  label: "label",
  kind: "kind",
  until: "valid until",
  subject: "subject",
};

/** On a terminal label and subject are cut so that a line fits; elsewhere nothing is. */
function table(rows: readonly Row[], columns: number | undefined): string {
  const all = [HEADINGS, ...rows];
  const widest = (pick: (row: Row) => string) =>
    all.reduce((most, row) => Math.max(most, columnsOf(pick(row))), 0);
  const kind = widest((row) => row.kind);
  const ends = widest((row) => row.until);
  let label = widest((row) => row.label);
  let subject = Number.MAX_SAFE_INTEGER;
  if (columns !== undefined) {
    // The mark, and two spaces between the four columns.
    const room = Math.max(columns - 2 - kind - ends - 6, 16);
    const wanted = widest((row) => row.subject);
    label = Math.min(label, Math.max(room - wanted, Math.ceil(room * 0.55)));
    subject = room - label;
  }
  const lines = all.map((row) => {
    const cells = [pad(cutTo(row.label, label), label), pad(row.kind, kind), pad(row.until, ends)];
    const last = subject === Number.MAX_SAFE_INTEGER ? row.subject : cutTo(row.subject, subject);
    return `${row.mark} ${cells.join("  ")}  ${last}`.trimEnd();
  });
  return `${lines.join("\n")}\n`;
}

function pad(text: string, width: number): string {
  return text + " ".repeat(Math.max(0, width - columnsOf(text)));
}
