import { rule } from "../rule.ts";
import { Trait } from "../traits.ts";
import { named } from "../words.ts";

export const caPurposeExcludesLeaf = rule({
  id: "ca-purpose-excludes-leaf",
  on: "use",
  severity: "warning",
  title: "a CA's extended key usage excludes what it issued",
  cites: [
    "Mozilla Root Store Policy §5.3.1",
    "OpenSSL, openssl-verification-options: a CA's extended key usage must include the purpose",
  ],
  profiles: ["default"],
  traits: Trait.chain,
  check({ view, use, entry, whole }) {
    const allowed = view.extendedKeyUsage;
    // A root's extension binds nobody: a trust anchor is a name and a key.
    if (use !== "chain" || entry.kind !== "key" || allowed === undefined || view.selfIssued) {
      return undefined;
    }
    if (allowed.includes("anyExtendedKeyUsage")) return undefined;
    const leaf = whole.viewOf(entry.chain[0]);
    const excluded = (leaf.extendedKeyUsage ?? []).filter(
      (one) => /^(server|client)Auth$/.test(one) && !allowed.includes(one),
    );
    if (excluded.length === 0) return undefined;
    return { facts: { subject: leaf.subject, ca: view.subject, allowed, excluded } };
  },
  explain: ({ subject, ca, allowed, excluded }) =>
    `${named(subject)} is for ${list(excluded)}, but its CA ${named(ca)} may only issue for ${list(allowed)}: OpenSSL, Windows and browsers refuse the chain.`,
  fix: () =>
    "Issue the certificate from a CA without extended key usage, or one that has these purposes too.",
});

const list = (purposes: unknown): string => (purposes as readonly string[]).join(", ") || "nothing";
