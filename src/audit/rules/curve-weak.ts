import { isBinaryCurve } from "../curves.ts";
import { rule } from "../rule.ts";
import { Trait } from "../traits.ts";

export const curveWeak = rule({
  id: "curve-weak",
  on: "certificate",
  severity: "warning",
  title: "the key is on a curve that was withdrawn",
  cites: ["NIST SP 800-186 §3.3: curves over binary fields are deprecated", "JDK 16: JDK-8235710"],
  profiles: ["default"],
  traits: Trait.ec,
  parameters: { leastBits: 224 },
  check(view, { parameters }) {
    const { curve, bits } = view.certificate.publicKey;
    // Smaller ones are told by key-too-small.
    if (!isBinaryCurve(curve) || bits < parameters.leastBits) return undefined;
    return { facts: { subject: view.subject, curve: curve ?? "" } };
  },
  explain: ({ subject, curve }) =>
    `The key of the certificate ${subject} is on ${curve}, a curve over a binary field: withdrawn, and unknown to Java since 16 and to TLS 1.3.`,
  fix: () => "Make a new key on P-256 or P-384 with pki issue.",
});
