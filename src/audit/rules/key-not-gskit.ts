import { isRefusedByGskit } from "../curves.ts";
import { rule } from "../rule.ts";
import { subjectOf } from "../words.ts";

const OTHERS = ["Ed25519", "Ed448", "X25519", "X448"];

export const keyNotGskit = rule({
  id: "key-not-gskit",
  on: "use",
  severity: "error",
  title: "GSKit cannot use a key of this kind",
  cites: [
    "measured: GSKit 8.0.60 refuses Ed25519, secp256k1 and brainpool, and has no usable client certificate (403) with Ed25519 or Ed448",
  ],
  profiles: ["mq", "ihs"],
  parameters: { leastBits: 224 },
  check({ certificate, view, use }, { parameters }) {
    const { algorithm, curve, bits } = certificate.publicKey;
    const modern = OTHERS.includes(algorithm) || /^(ML|SLH)-/.test(algorithm);
    // Those that are too small are told by key-too-small.
    const strange = isRefusedByGskit(certificate.publicKey) && bits >= parameters.leastBits;
    if (!modern && !strange) return undefined;
    return {
      facts: { subject: view.subject, use, key: strange ? `EC on ${curve}` : algorithm },
      severity: use === "signer" ? "warning" : "error",
    };
  },
  explain: ({ subject, use, key }) =>
    `${subjectOf(use)} ${subject} has a key of the kind ${key}, which GSKit does not take: its handshakes fail with it.`,
  fix: () => "Make a new key with pki issue: RSA from 2048 bits, P-256, P-384 or P-521.",
});
