import { equalBytes } from "../../bytes/octets.ts";
import { rule } from "../rule.ts";
import { named } from "../words.ts";

export const issuerAmbiguous = rule({
  id: "issuer-ambiguous",
  on: "entry",
  severity: "notice",
  title: "two trusted CAs have the same name and different keys",
  cites: [
    "RFC 5280 §4.2.1.1: the key identifier tells them apart",
    "measured with GSKit 8.0.60: the right one is found, in either order",
    "practice",
  ],
  profiles: ["strict"],
  check({ entry, viewOf, whole }) {
    if (entry.kind !== "trusted" || !entry.enabled) return undefined;
    const { certificate } = entry;
    const view = viewOf(certificate);
    if (!view.ca || certificate.subject.rdns.length === 0) return undefined;
    const namesakes = whole.named(certificate.subject).filter((one) => one.ca);
    // Told once, of the later one. A cross-signed or renewed CA has the same key.
    const others = namesakes
      .slice(0, namesakes.indexOf(view))
      .filter(
        ({ certificate: other }) => !equalBytes(other.publicKey.spki, certificate.publicKey.spki),
      );
    if (others.length === 0) return undefined;
    return { facts: { subject: view.subject, count: others.length + 1 } };
  },
  explain: ({ subject, count }) =>
    `${count} CAs named ${named(subject)} with different keys are trusted: without key identifiers programs try the wrong one, and nobody sees which is meant.`,
  fix: () =>
    "Remove the old one when nothing that it signed is in use: keytool -delete, runmqakm -cert -delete.",
});
