import { equalBytes } from "../../bytes/octets.ts";
import { rule } from "../rule.ts";
import { named } from "../words.ts";

export const nameSameSubject = rule({
  id: "name-same-subject",
  on: "entry",
  severity: "notice",
  title: "two end certificates of one store have the same subject and different keys",
  cites: ["IBM MQ, SSLPEER: peers are told apart by their distinguished name", "practice"],
  profiles: ["mq", "strict"],
  check({ entry, whole, viewOf }) {
    // CAs of one name are told by issuer-ambiguous.
    const own =
      entry.kind === "key"
        ? entry.chain[0]
        : entry.kind === "trusted" && entry.enabled
          ? entry.certificate
          : undefined;
    if (own === undefined || own.subject.rdns.length === 0) return undefined;
    const view = viewOf(own);
    if (view.ca) return undefined;
    const namesakes = whole.named(own.subject).filter((one) => !one.ca);
    // Told once, of the later one.
    const others = namesakes
      .slice(0, namesakes.indexOf(view))
      .filter((one) => !equalBytes(one.certificate.publicKey.spki, own.publicKey.spki));
    if (others.length === 0) return undefined;
    return { facts: { subject: view.subject, count: others.length + 1 } };
  },
  explain: ({ subject, count }) =>
    `${count} certificates with different keys have the subject ${named(subject)}: rules by name cannot tell their holders apart.`,
  fix: () =>
    "Give each holder a subject of its own (an OU or a serialNumber will do), or remove the certificate that was replaced.",
});
