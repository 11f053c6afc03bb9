import { rule } from "../rule.ts";

export const certificateRequiredMissing = rule({
  id: "certificate-required-missing",
  on: "store",
  severity: "error",
  title: "a certificate that the policy wants in this store is not there",
  cites: [
    "SAP Contact Center: Certificates for password encryption (kept while stored passwords need it)",
    "practice",
  ],
  profiles: ["default"],
  // SHA-256 in hex; nothing is required until a policy says so for some of its paths.
  parameters: { certificates: [] as readonly string[] },
  check({ whole }, { parameters }) {
    if (parameters.certificates.length === 0) return undefined;
    const held = new Set(whole.certificates.map(({ certificate }) => certificate.sha256));
    const missing = parameters.certificates
      .map((text) => text.replaceAll(":", "").toLowerCase())
      .filter((sha256) => !held.has(sha256));
    return missing.length === 0 ? undefined : { facts: { missing } };
  },
  explain: ({ missing }) =>
    `The policy wants ${(missing as readonly string[]).join(", ")} (SHA-256) in this store: what was encrypted for it, or trusts it, needs it.`,
  fix: () => "Restore it from a backup, or add it again with pki add.",
});
