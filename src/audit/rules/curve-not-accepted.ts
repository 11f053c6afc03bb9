import { EXPLICIT_CURVE } from "../../x509/public-key.ts";
import { isBinaryCurve, isRefusedByGskit } from "../curves.ts";
import { rule } from "../rule.ts";
import { Trait } from "../traits.ts";

export const curveNotAccepted = rule({
  id: "curve-not-accepted",
  on: "certificate",
  severity: "warning",
  title: "the key is on a curve that not everybody accepts",
  cites: [
    "CA/Browser Forum baseline requirements §6.1.5",
    "NIST SP 800-186 §3.2.1",
    "JDK 16: secp256k1 and brainpool were removed",
  ],
  profiles: ["java", "public-tls", "fips", "strict"],
  traits: Trait.ec,
  parameters: { curves: ["P-256", "P-384", "P-521"] as readonly string[], leastBits: 224 },
  check(view, { parameters, profiles }) {
    const { algorithm, curve, bits } = view.certificate.publicKey;
    if (algorithm !== "EC" || curve === undefined || parameters.curves.includes(curve)) {
      return undefined;
    }
    // Each of these has a rule of its own: key-too-small, curve-weak, curve-explicit, key-not-gskit.
    if (bits > 0 && bits < parameters.leastBits) return undefined;
    if (isBinaryCurve(curve) || curve === EXPLICIT_CURVE) return undefined;
    const gskit = profiles.has("mq") || profiles.has("ihs");
    if (gskit && isRefusedByGskit(view.certificate.publicKey)) return undefined;
    return { facts: { subject: view.subject, curve, accepted: parameters.curves } };
  },
  explain: ({ subject, curve, accepted }) =>
    `The key of the certificate ${subject} is on the curve ${curve}; only ${(accepted as readonly string[]).join(", ")} are taken everywhere.`,
  fix: () => "Make a new key on P-256 or P-384 with pki issue.",
});
