import { rule } from "../rule.ts";
import { subjectOf } from "../words.ts";

export const keyTooSmall = rule({
  id: "key-too-small",
  on: "use",
  severity: "error",
  title: "the key is too small to be safe",
  cites: [
    "NIST SP 800-131A rev. 2 §3",
    "CA/Browser Forum baseline requirements §6.1.5",
    "measured: GSKit 8.0.60 refuses a peer's certificate with RSA below 2048 bits, and its own with 1024",
  ],
  profiles: ["default"],
  parameters: { rsaBits: 2048, ecBits: 224 },
  check({ certificate, view, use }, { parameters }) {
    const { algorithm, bits } = certificate.publicKey;
    const rsa = algorithm === "RSA" || algorithm === "RSASSA-PSS";
    if (bits === 0 || (!rsa && algorithm !== "EC")) return undefined;
    const least = rsa ? parameters.rsaBits : parameters.ecBits;
    if (bits >= least) return undefined;
    return {
      facts: { subject: view.subject, use, algorithm: rsa ? "RSA" : "EC", bits, least },
      // A root that is only trusted breaks no handshake: GSKit took one of 512 bits.
      severity: use === "signer" && view.selfIssued ? "warning" : "error",
    };
  },
  explain: ({ subject, use, algorithm, bits, least }) =>
    `${subjectOf(use)} ${subject} has ${String(algorithm) === "RSA" ? "an RSA" : "an EC"} key of ${bits} bits; ${least} are the least.`,
  fix: ({ use }) =>
    use === "personal"
      ? "Make a new key and certificate with pki issue, and bring it to the peers with pki exchange."
      : "Ask the owner for a certificate with a larger key, and replace this one with pki add.",
});
