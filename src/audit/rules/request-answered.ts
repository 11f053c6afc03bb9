import { toHex } from "../../bytes/octets.ts";
import { digest } from "../../crypto/digest.ts";
import { rule } from "../rule.ts";

export const requestAnswered = rule({
  id: "request-answered",
  on: "entry",
  severity: "error",
  title: "the CA's answer to a request was added as a signer instead of received",
  cites: ["IBM MQ: Receiving personal certificates into a key repository"],
  profiles: ["default"],
  check({ entry, store }) {
    if (entry.kind !== "trusted" || store.pending === undefined) return undefined;
    const spki = toHex(digest("sha256", entry.certificate.publicKey.spki));
    const request = store.pending.find((one) => one.spki === spki);
    if (request === undefined) return undefined;
    return { facts: { label: entry.label, request: request.label } };
  },
  explain: ({ label, request }) =>
    `The signer ${label} is the certificate that the pending request ${request} asked for: as a signer it has no private key, and the queue manager sends no certificate.`,
  fix: ({ label, request }) =>
    `Delete the signer ${label} and receive the certificate for ${request}: runmqakm -cert -receive -file.`,
});
