import { extensionName } from "../extension-names.ts";
import { rule } from "../rule.ts";
import { Trait } from "../traits.ts";
import { named } from "../words.ts";

export const extensionMalformed = rule({
  id: "extension-malformed",
  on: "certificate",
  severity: "error",
  title: "an extension cannot be read",
  cites: ["RFC 5280 §4.2"],
  profiles: ["default"],
  traits: Trait.malformed,
  check(view) {
    if (view.malformed.length === 0) return undefined;
    const oids = view.certificate.extensions.map(({ oid }) => oid);
    // Those that stand twice are told by extension-duplicate.
    const broken = view.malformed.filter((oid) => oids.indexOf(oid) === oids.lastIndexOf(oid));
    if (broken.length === 0) return undefined;
    return { facts: { subject: view.subject, extensions: [...broken].sort().map(extensionName) } };
  },
  explain: ({ subject, extensions }) =>
    `${named(subject)} has an extension whose content is not what the standard says: ${(extensions as readonly string[]).join(", ")}.`,
  fix: () => "Look at it with openssl asn1parse, and have the issuer make the certificate anew.",
});
