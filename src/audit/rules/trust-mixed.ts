import { rule } from "../rule.ts";
import { isSelfSignedPeer, isTrustedCa } from "../trusted.ts";

export const trustMixed = rule({
  id: "trust-mixed",
  on: "store",
  severity: "warning",
  title: "self-signed peers and a CA are trusted in the same store",
  cites: ["practice: one way of trust for each store, so that it is known who can get in"],
  profiles: ["mq", "um", "strict"],
  check({ whole }) {
    const peers = whole.signers.filter((view) => isSelfSignedPeer(view, whole));
    if (peers.length === 0) return undefined;
    const cas = whole.signers.filter((view) => isTrustedCa(view, whole));
    if (cas.length === 0) return undefined;
    return {
      facts: {
        peers: peers
          .map(({ subject }) => subject)
          .sort()
          .slice(0, 20),
        cas: cas
          .map(({ subject }) => subject)
          .sort()
          .slice(0, 20),
      },
    };
  },
  explain: ({ peers, cas }) =>
    `Both self-signed peers (${list(peers)}) and CAs (${list(cas)}) are trusted here: nobody sees at a glance who can get in.`,
  fix: () =>
    "Have the CA issue the self-signed peers' certificates too (pki issue), then remove them from the signers.",
});

const list = (names: unknown): string => (names as readonly string[]).join("; ");
