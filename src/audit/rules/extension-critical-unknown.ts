import { extensionName } from "../extension-names.ts";
import { rule } from "../rule.ts";
import { Trait } from "../traits.ts";
import { named } from "../words.ts";

/** What validators commonly process: RFC 5280 §4.2 and Netscape's certificate type. */
const PROCESSED = new Set([
  "2.5.29.14",
  "2.5.29.15",
  "2.5.29.16",
  "2.5.29.17",
  "2.5.29.18",
  "2.5.29.19",
  "2.5.29.30",
  "2.5.29.31",
  "2.5.29.32",
  "2.5.29.33",
  "2.5.29.35",
  "2.5.29.36",
  "2.5.29.37",
  "2.5.29.54",
  "1.3.6.1.5.5.7.1.1",
  "2.16.840.1.113730.1.1",
]);

export const extensionCriticalUnknown = rule({
  id: "extension-critical-unknown",
  on: "certificate",
  severity: "error",
  title: "an extension that programs do not know is critical",
  cites: ["RFC 5280 §4.2", "measured with GSKit 8.0.60: such a certificate is refused"],
  profiles: ["default"],
  traits: Trait.critical,
  parameters: { known: [] as readonly string[] },
  check({ certificate, subject }, { parameters }) {
    if (!certificate.extensions.some(({ oid, critical }) => critical && !PROCESSED.has(oid))) {
      return undefined;
    }
    const unknown = certificate.extensions
      .filter(({ oid, critical }) => critical && !PROCESSED.has(oid))
      .map(({ oid }) => oid)
      .filter((oid) => !parameters.known.includes(oid));
    if (unknown.length === 0) return undefined;
    return { facts: { subject, extensions: [...new Set(unknown)].sort().map(extensionName) } };
  },
  explain: ({ subject, extensions }) =>
    `${named(subject)} marks ${(extensions as readonly string[]).join(", ")} as critical. Whoever does not process it must refuse the certificate.`,
  fix: () =>
    "Have the issuer make the certificate without it, or not critical; where all your programs process it, list its OID in the policy's parameter known.",
});
