import { rule } from "../rule.ts";
import { encryptsData } from "../sap.ts";
import { day, isBefore, isoSecond } from "../time.ts";
import { Trait } from "../traits.ts";

export const sapEncryptionCertificateKept = rule({
  id: "sap-encryption-certificate-kept",
  on: "certificate",
  severity: "notice",
  title: "an expired certificate for encrypted data, to be kept",
  cites: [
    "SAP Contact Center: Certificates for password encryption (kept while stored passwords need it)",
    "RFC 5280 §4.2.1.3 (dataEncipherment)",
  ],
  profiles: ["default"],
  traits: Trait.enciphers,
  check(view, { now }) {
    const { notAfter } = view.certificate;
    if (!isBefore(notAfter, now) || !encryptsData(view)) return undefined;
    return { facts: { subject: view.subject, notAfter: isoSecond(notAfter) } };
  },
  explain: ({ subject, notAfter }) =>
    `${subject} encrypts data and expired on ${day(notAfter)}. What it encrypted is opened with it still, so it must not be removed.`,
  fix: () =>
    "Encrypt the stored passwords anew with a current certificate first; keep this one and its key until nothing needs them.",
});
