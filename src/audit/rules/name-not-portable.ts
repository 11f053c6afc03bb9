import type { NameAttribute } from "../../model/certificate.ts";
import { rule } from "../rule.ts";
import { named } from "../words.ts";

/** What SSLPEER and SSLPEERMAP filter by (IBM MQ, Distinguished Names). */
const FILTERED = new Set([
  "2.5.4.5", // SERIALNUMBER
  "1.2.840.113549.1.9.1", // MAIL, E
  "0.9.2342.19200300.100.1.1", // UID
  "2.5.4.3", // CN
  "2.5.4.12", // T
  "2.5.4.11", // OU
  "0.9.2342.19200300.100.1.25", // DC
  "2.5.4.10", // O
  "2.5.4.9", // STREET
  "2.5.4.7", // L
  "2.5.4.8", // ST
  "2.5.4.17", // PC
  "2.5.4.6", // C
  "1.2.840.113549.1.9.2", // UNSTRUCTUREDNAME
  "1.2.840.113549.1.9.8", // UNSTRUCTUREDADDRESS
  "2.5.4.46", // DNQ
]);

export const nameNotPortable = rule({
  id: "name-not-portable",
  on: "use",
  severity: "warning",
  title: "the subject holds what SSLPEER cannot filter",
  cites: [
    "IBM MQ 9.3, IBM MQ rules for SSLPEER values",
    "IBM MQ 9.3, Distinguished Names: attribute types and characters",
  ],
  profiles: ["mq"],
  check({ view, use }) {
    if (use === "chain" || (use === "signer" && view.ca)) return undefined;
    const faults = new Set<string>();
    for (const attribute of view.certificate.subject.rdns.flat()) {
      const fault = faultOf(attribute);
      if (fault !== undefined) faults.add(fault);
    }
    if (faults.size === 0) return undefined;
    return { facts: { subject: view.subject, use, faults: [...faults].sort() } };
  },
  explain: ({ subject, faults }) =>
    `The subject ${named(subject)} cannot be written as an SSLPEER filter on every platform: ${(faults as readonly string[]).join("; ")}.`,
  fix: () =>
    "Issue a certificate whose subject has CN, OU, O, L, ST, C and the like, in letters, digits and ' ( ) + - . / : = only.",
});

function faultOf({ type, value }: NameAttribute): string | undefined {
  if (!FILTERED.has(type)) return `attribute ${type}`;
  if (/[^\x20-\x7e]/.test(value)) return "characters outside ASCII";
  return /["*;<>#\\]/.test(value) ? "characters with a meaning in filters" : undefined;
}
