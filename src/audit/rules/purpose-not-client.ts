import { isPresented, mayBe } from "../role.ts";
import { rule } from "../rule.ts";
import { INTERNAL, isNamed } from "../sap.ts";
import { named } from "../words.ts";

export const purposeNotClient = rule({
  id: "purpose-not-client",
  on: "use",
  // Which side of its channels it is on cannot be seen in a store.
  severity: "warning",
  title: "a peer's certificate may not be used by a client",
  cites: [
    "IBM MQ 9.4, Certificate extended key usage (EKU): from 9.4.5 the RFC5280 policy checks it",
    "RFC 5280 §4.2.1.12",
  ],
  profiles: ["mq", "um", "sap"],
  check(subject, { profiles }) {
    const { view, entry } = subject;
    // Told by sap-internal-purpose.
    if (profiles.has("sap") && isNamed(entry.label, INTERNAL)) return undefined;
    if (!isPresented(subject) || view.ca || mayBe(view, "clientAuth")) return undefined;
    const purposes = view.extendedKeyUsage ?? [];
    // Certificates for other work, such as encrypting passwords, connect to nobody.
    if (purposes.length > 0 && !purposes.includes("serverAuth")) return undefined;
    return { facts: { subject: view.subject, use: subject.use, purposes } };
  },
  explain: ({ subject, purposes }) =>
    `${named(subject)} is for ${(purposes as readonly string[]).join(", ") || "nothing"} and not for clientAuth. Peers of this kind also connect, and the other side may refuse them.`,
  fix: () =>
    "Issue a certificate for both sides: pki issue peer STORE. Public CAs no longer give clientAuth: use a private CA, or for IBM MQ 9.4.5 and later RFC5280EKUChecks=FALSE.",
});
