import { rule } from "../rule.ts";

export const caPurposeExcludesLeaf = rule({
  id: "ca-purpose-excludes-leaf",
  on: "entry",
  severity: "warning",
  title: "a CA's extended key usage excludes what it issued",
  cites: [
    "Mozilla Root Store Policy §5.3.1",
    "OpenSSL, openssl-verification-options: a CA's extended key usage must include the purpose",
  ],
  profiles: ["default"],
  check({ entry, viewOf, whole }) {
    if (entry.kind !== "key") return undefined;
    const { chain } = whole.pathOf(viewOf(entry.chain[0]));
    const [leaf, ...above] = chain;
    const wanted = (leaf.extendedKeyUsage ?? []).filter((one) => /^(server|client)Auth$/.test(one));
    for (const view of above) {
      const allowed = view.extendedKeyUsage;
      // A root's extension binds nobody: a trust anchor is a name and a key.
      if (allowed === undefined || view.selfIssued) continue;
      if (allowed.includes("anyExtendedKeyUsage")) continue;
      const excluded = wanted.filter((one) => !allowed.includes(one));
      if (excluded.length > 0) {
        return { facts: { subject: leaf.subject, ca: view.subject, allowed, excluded } };
      }
    }
    return undefined;
  },
  explain: ({ subject, ca, allowed, excluded }) =>
    `${subject} is for ${list(excluded)}, but its CA ${ca} may only issue for ${list(allowed)}: OpenSSL, Windows and browsers refuse the chain.`,
  fix: () =>
    "Issue the certificate from a CA without extended key usage, or one that has these purposes too.",
});

const list = (purposes: unknown): string => (purposes as readonly string[]).join(", ") || "nothing";
