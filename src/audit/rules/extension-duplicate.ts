import { extensionName } from "../extension-names.ts";
import { rule } from "../rule.ts";
import { Trait } from "../traits.ts";
import { named } from "../words.ts";

export const extensionDuplicate = rule({
  id: "extension-duplicate",
  on: "certificate",
  severity: "error",
  title: "an extension stands in the certificate twice",
  cites: ["RFC 5280 §4.2"],
  profiles: ["default"],
  traits: Trait.malformed,
  check({ certificate, subject, malformed }) {
    if (malformed.length === 0) return undefined; // those that stand twice are among them
    const seen = new Set<string>();
    const twice = new Set<string>();
    for (const { oid } of certificate.extensions) {
      if (seen.has(oid)) twice.add(oid);
      seen.add(oid);
    }
    if (twice.size === 0) return undefined;
    return { facts: { subject, extensions: [...twice].sort().map(extensionName) } };
  },
  explain: ({ subject, extensions }) =>
    `${named(subject)} has ${(extensions as readonly string[]).join(", ")} twice. One program reads the first, another the second, most refuse the certificate.`,
  fix: () => "Have the issuer make the certificate anew, each extension once.",
});
