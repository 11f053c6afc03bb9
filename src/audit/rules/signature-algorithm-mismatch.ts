import { SIGNATURE_NAMES } from "../../x509/algorithms.ts";
import { algorithmParts } from "../raw-certificate.ts";
import { rule } from "../rule.ts";
import { Trait } from "../traits.ts";

export const signatureAlgorithmMismatch = rule({
  id: "signature-algorithm-mismatch",
  on: "certificate",
  severity: "error",
  title: "the certificate names two different signature algorithms",
  cites: ["RFC 5280 §4.1.1.2"],
  profiles: ["default"],
  traits: Trait.encoding,
  check(view) {
    const { innerAlgorithm, outerAlgorithm, sameAlgorithm } = view.raw;
    if (sameAlgorithm) return undefined;
    const name = (algorithm: Uint8Array): string => {
      const { oid } = algorithmParts(algorithm);
      return SIGNATURE_NAMES[oid] ?? oid;
    };
    return {
      facts: {
        subject: view.subject,
        signed: name(innerAlgorithm),
        beside: name(outerAlgorithm),
      },
    };
  },
  explain: ({ subject, signed, beside }) =>
    signed === beside
      ? `The certificate ${subject} names ${signed} twice, with different parameters; they must be the same.`
      : `The certificate ${subject} names ${signed} in its signed part and ${beside} beside its signature; they must be the same.`,
  fix: () =>
    "Have the certificate issued anew: nothing that checks signatures should take this one.",
});
