import { rule } from "../rule.ts";

export const keyMismatch = rule({
  id: "key-mismatch",
  on: "entry",
  severity: "error",
  title: "the private key does not belong to its certificate",
  cites: ["RFC 5246 §7.4.8, RFC 8446 §4.4.3: the proof of possession fails"],
  profiles: ["default"],
  check({ entry, store, viewOf }) {
    if (entry.kind !== "key") return undefined;
    const facts = store.keys.filter(({ label }) => label === entry.label);
    if (!facts.some(({ matches }) => matches === false)) return undefined;
    return { facts: { subject: viewOf(entry.chain[0]).subject } };
  },
  explain: ({ subject }) =>
    `The private key of this entry is not the one of its certificate ${subject}: every handshake with it fails.`,
  fix: () =>
    "Find the certificate of this key, or the key of this certificate, and put them together again; else make both anew with pki issue.",
});
