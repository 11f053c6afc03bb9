import { Tag } from "../../bytes/der-tag.ts";
import { readPssParameters } from "../../x509/signature.ts";
import { algorithmParts } from "../raw-certificate.ts";
import { rule } from "../rule.ts";
import { Trait } from "../traits.ts";

export const signatureParameters = rule({
  id: "signature-parameters",
  on: "certificate",
  severity: "warning",
  title: "the signature algorithm has parameters that it must not have, or lacks its own",
  cites: ["RFC 4055 §5", "RFC 4055 §3.1", "RFC 5758 §3.2", "RFC 8410 §3"],
  profiles: ["default"],
  traits: Trait.signature,
  check(view) {
    const { signatureAlgorithm } = view.certificate;
    const fault = view.ofAlgorithm("signature-parameters", (algorithm) =>
      faultOf(signatureAlgorithm, algorithm),
    );
    if (fault === undefined) return undefined;
    return { facts: { subject: view.subject, algorithm: signatureAlgorithm, fault } };
  },
  explain: ({ subject, algorithm, fault }) =>
    `The signature algorithm ${algorithm} of the certificate ${subject} ${fault}: some programs refuse it.`,
  fix: () =>
    "Have the certificate issued anew, with pki issue or by a CA that follows the standard.",
});

function faultOf(name: string, algorithm: Uint8Array): string | undefined {
  const { parameters } = algorithmParts(algorithm);
  if (name === "rsassaPss") {
    if (parameters === undefined) return "has no parameters";
    const pss = readPssParameters(algorithm);
    if (pss === undefined) return "has parameters that cannot be understood";
    return pss.hash === pss.maskHash ? undefined : "has two different hashes";
  }
  if (/WithRSA|^RSA-SHA3/.test(name)) {
    const isNull = parameters?.length === 2 && parameters[0] === Tag.null && parameters[1] === 0;
    return isNull ? undefined : "lacks the NULL that must follow it";
  }
  if (/^ecdsa|^ED\d|^ML-DSA|^SLH-DSA/.test(name)) {
    return parameters === undefined ? undefined : "has parameters where none may be";
  }
  return undefined;
}
