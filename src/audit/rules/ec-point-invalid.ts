import { pointFault } from "../curves.ts";
import { rule } from "../rule.ts";
import { Trait } from "../traits.ts";

const FAULTS: Readonly<Record<string, string>> = {
  infinity: "is the point at infinity",
  form: "is written in no known form",
  length: "has the wrong length",
  range: "has a coordinate outside its field",
  "not-on-curve": "does not lie on its curve",
};

export const ecPointInvalid = rule({
  id: "ec-point-invalid",
  on: "certificate",
  severity: "error",
  title: "the public key is no point of its curve",
  cites: ["NIST SP 800-56A rev. 3 §5.6.2.3", "RFC 5480 §2.2"],
  profiles: ["default"],
  traits: Trait.ec,
  check(view) {
    const fault = pointFault(view.certificate.publicKey);
    if (fault === undefined) return undefined;
    const { curve = "" } = view.certificate.publicKey;
    return { facts: { subject: view.subject, curve, fault } };
  },
  explain: ({ subject, curve, fault }) =>
    `The public key of the certificate ${subject} ${FAULTS[String(fault)]} (${curve}): nothing signed with it can be checked.`,
  fix: () =>
    "Make a new key and certificate with pki issue; find out what damaged or made this one.",
});
