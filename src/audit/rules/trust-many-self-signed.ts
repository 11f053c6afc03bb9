import { rule } from "../rule.ts";
import { isSelfSignedPeer } from "../trusted.ts";

export const trustManySelfSigned = rule({
  id: "trust-many-self-signed",
  on: "store",
  severity: "notice",
  title: "many self-signed peers are trusted one by one",
  cites: ["practice: n peers need n × (n − 1) exchanges, and again at each renewal"],
  profiles: ["mq", "um", "strict"],
  parameters: { peers: 10 },
  check({ whole }, { parameters }) {
    const count = whole.signers.filter((view) => isSelfSignedPeer(view, whole)).length;
    return count > parameters.peers ? { facts: { count } } : undefined;
  },
  explain: ({ count }) =>
    `${count} self-signed peers are trusted here; each renewal must be brought to every store.`,
  fix: () =>
    "Make a CA with pki init-ca and issue the peers' certificates from it: one signer then does.",
});
