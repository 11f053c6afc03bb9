import { EXPLICIT_CURVE } from "../../x509/public-key.ts";
import { rule } from "../rule.ts";
import { Trait } from "../traits.ts";

export const curveExplicit = rule({
  id: "curve-explicit",
  on: "certificate",
  severity: "error",
  title: "the key spells its curve out instead of naming it",
  cites: ["RFC 5480 §2.1.1", "CVE-2020-0601"],
  profiles: ["default"],
  traits: Trait.ec,
  check(view) {
    if (view.certificate.publicKey.curve !== EXPLICIT_CURVE) return undefined;
    return { facts: { subject: view.subject, bits: view.certificate.publicKey.bits } };
  },
  explain: ({ subject }) =>
    `The key of the certificate ${subject} spells the parameters of its curve out: that is forbidden, can hide a curve of an attacker's choice, and Java refuses it.`,
  fix: () =>
    "Make a new key on a named curve with pki issue, or with openssl genpkey -pkeyopt ec_param_enc:named_curve.",
});
