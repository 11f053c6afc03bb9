import { equalBytes } from "../../bytes/octets.ts";
import { rule } from "../rule.ts";

export const personalSelfSignedWithCaTwin = rule({
  id: "personal-self-signed-with-ca-twin",
  on: "entry",
  severity: "warning",
  title: "the CA's answer was added beside the key instead of received for it",
  cites: [
    "IBM MQ: Receiving personal certificates into a key repository",
    "JDK keytool: importcert replaces the self-signed certificate of the alias",
  ],
  profiles: ["default"],
  check({ entry, whole, viewOf }) {
    if (entry.kind !== "key") return undefined;
    const [own] = entry.chain;
    if (!viewOf(own).selfIssued) return undefined;
    const twin = whole.certificates.find(
      (view) =>
        !view.selfIssued &&
        !view.ca &&
        equalBytes(view.certificate.publicKey.spki, own.publicKey.spki),
    );
    if (twin === undefined) return undefined;
    return { facts: { label: entry.label, subject: twin.subject, issuer: twin.issuer } };
  },
  explain: ({ label, issuer }) =>
    `The key ${label} still has its self-signed certificate, and the one that ${issuer} issued for the same key stands in the store as another entry.`,
  fix: () =>
    "Delete that entry and receive the certificate for the key: keytool -importcert -alias of the key, or runmqakm -cert -receive.",
});
