import { derFaults } from "../encoding.ts";
import { rule } from "../rule.ts";
import { named } from "../words.ts";

const WORDS: Readonly<Record<string, string>> = {
  length: "lengths in more octets than needed",
  integer: "integers with octets that mean nothing",
  boolean: "booleans other than 00 and FF",
  "bit-string": "bits set behind the end of a bit string",
};

export const encodingNotDer = rule({
  id: "encoding-not-der",
  on: "certificate",
  severity: "warning",
  title: "the certificate is not encoded in DER",
  cites: ["RFC 5280 §4.1", "ITU-T X.690 §10 and §11"],
  profiles: ["default"],
  check(view) {
    const faults = derFaults(view.certificate.der);
    return faults.length === 0 ? undefined : { facts: { subject: view.subject, faults } };
  },
  explain: ({ subject, faults }) =>
    `${named(subject)} is not encoded as DER demands (${list(faults)}): strict programs refuse it, and a program that encodes it again breaks its signature.`,
  fix: () =>
    "Have the issuer make the certificate anew; the bytes cannot be mended without its key.",
});

function list(faults: unknown): string {
  return (faults as readonly string[]).map((fault) => WORDS[fault] ?? fault).join("; ");
}
