import { sameName } from "../../x509/name.ts";
import { rule } from "../rule.ts";
import { named } from "../words.ts";

export const chainOrder = rule({
  id: "chain-order",
  on: "entry",
  severity: "warning",
  title: "the certificates of a chain are not in their order",
  cites: [
    "RFC 8446 §4.4.2: each certificate SHOULD certify the one before it",
    "RFC 5246 §7.4.2: MUST",
  ],
  profiles: ["default"],
  check({ entry, viewOf }) {
    if (entry.kind !== "key") return undefined;
    const [leaf, ...above] = entry.chain;
    let below = leaf;
    for (const [i, one] of above.entries()) {
      if (!sameName(below.issuer, one.subject)) {
        const stranger = !entry.chain.some(
          (other) => other !== one && sameName(other.issuer, one.subject),
        );
        const facts = {
          subject: viewOf(leaf).subject,
          position: i + 2,
          found: viewOf(one).subject,
          wanted: viewOf(below).issuer,
          stranger,
        };
        return { facts };
      }
      below = one;
    }
    return undefined;
  },
  explain: ({ subject, position, found, wanted, stranger }) =>
    `In the chain of ${named(subject)}, number ${position} is ${named(found)}, where ${named(wanted)} should be${stranger === true ? "; it is no CA of this chain" : ""}. Java sends the chain as it stands, and some clients refuse it.`,
  fix: () =>
    "Put the chain together again, leaf first and each issuer next: openssl pkcs12 -export -certfile, or keytool -importcert of the reply in the right order.",
});
