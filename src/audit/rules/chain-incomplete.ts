import { rule } from "../rule.ts";
import { named } from "../words.ts";

export const chainIncomplete = rule({
  id: "chain-incomplete",
  on: "entry",
  severity: "error",
  title: "the chain of a personal certificate is not complete",
  cites: [
    "measured with GSKit 8.0.60: without its whole chain up to the root no certificate is sent (AMQ9637)",
    "IBM MQ, AMQ9797 and GSKit 575010",
    "RFC 8446 §4.4.2",
  ],
  profiles: ["default"],
  check({ entry, store, viewOf, whole }, { profiles }) {
    if (entry.kind !== "key") return undefined;
    const { chain, end } = whole.pathOf(viewOf(entry.chain[0]));
    if (end !== "missing") return undefined;
    const [leaf] = chain;
    const last = chain[chain.length - 1] ?? leaf;
    const facts = {
      subject: leaf.subject,
      missing: last.issuer,
      length: chain.length,
      authorityKeyId: last.authorityKeyId ?? "",
      gskit: false,
    };
    const { format } = store.container;
    if (format === "kdb" || profiles.has("mq") || profiles.has("ihs")) {
      return { facts: { ...facts, gskit: true } };
    }
    // A server need not send its root, so where an intermediate stands above the leaf nothing is proved missing.
    if (chain.length > 1) return undefined;
    // With a PEM key the chain is often in another file.
    const elsewhere = format === "pem" || format === "der";
    if (elsewhere && !profiles.has("strict") && !profiles.has("public-tls")) return undefined;
    return elsewhere ? { facts, severity: "warning" } : { facts };
  },
  explain: ({ subject, missing, gskit }) =>
    gskit === true
      ? `The chain of ${named(subject)} ends below a root: ${named(missing)} is not in the store. GSKit then sends no certificate at all, and the other side says that none came (AMQ9637).`
      : `The issuer of ${named(subject)}, ${named(missing)}, is not in the store: whoever does not have it by chance refuses the certificate.`,
  fix: ({ missing }) =>
    `Get the certificate of ${named(missing)} and add it with pki add; add any CA above it too, up to the root.`,
});
