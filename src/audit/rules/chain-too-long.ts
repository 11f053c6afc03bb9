import { rule } from "../rule.ts";
import { named } from "../words.ts";

export const chainTooLong = rule({
  id: "chain-too-long",
  on: "entry",
  severity: "notice",
  title: "the chain is longer than many programs are set to accept",
  cites: [
    "nginx, ssl_verify_depth (1 unless set)",
    "JDK, jdk.tls.server.maxInboundCertificateChainLength (8, of clients 10)",
    "practice",
  ],
  profiles: ["strict", "public-tls"],
  parameters: { certificates: 4 },
  check({ entry, viewOf, whole }, { parameters }) {
    if (entry.kind !== "key") return undefined;
    const { chain } = whole.pathOf(viewOf(entry.chain[0]));
    if (chain.length <= parameters.certificates) return undefined;
    return { facts: { subject: chain[0].subject, length: chain.length } };
  },
  explain: ({ subject, length }) =>
    `The chain of ${named(subject)} has ${length} certificates; every handshake sends and checks them, and limits on depth may refuse them.`,
  fix: () =>
    "Issue from a CA nearer to the root, or leave out a cross certificate that nobody needs.",
});
