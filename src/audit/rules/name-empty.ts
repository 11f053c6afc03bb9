import { rule } from "../rule.ts";
import { Trait } from "../traits.ts";
import { named } from "../words.ts";

export const nameEmpty = rule({
  id: "name-empty",
  on: "certificate",
  severity: "error",
  title: "the issuer's or the subject's name is empty",
  cites: [
    "RFC 5280 §4.1.2.4 and §4.1.2.6",
    "RFC 5280 §4.2.1.6: then the alternative name is critical",
  ],
  profiles: ["default"],
  traits: Trait.nameless,
  check(view) {
    const { issuer, subject } = view.certificate;
    const serial = view.certificate.serial;
    if (issuer.rdns.length === 0) {
      return { facts: { subject: view.subject, serial, which: "issuer" } };
    }
    if (subject.rdns.length > 0) return undefined;
    if (view.ca) return { facts: { issuer: view.issuer, serial, which: "ca" } };
    const names = view.subjectAltNames.length;
    const critical = view.extension("2.5.29.17")?.critical === true;
    if (names > 0 && critical) return undefined;
    return { facts: { issuer: view.issuer, serial, which: "subject", names } };
  },
  explain({ which, subject, issuer, serial, names }) {
    if (which === "issuer") {
      const who = subject === "" ? `The certificate ${serial}` : String(subject);
      return `${who} does not name its issuer: no chain can be built for it.`;
    }
    if (which === "ca") {
      return `The CA certificate ${serial} of ${named(issuer)} has no subject: nothing can name it as issuer.`;
    }
    return names === 0
      ? `The certificate ${serial} of ${named(issuer)} has neither a subject nor alternative names.`
      : `The certificate ${serial} of ${named(issuer)} has no subject, and its alternative names are not critical.`;
  },
  fix: () =>
    "Issue a certificate with a subject: pki issue server STORE --subject CN=host,O=Company.",
});
