import { rule } from "../rule.ts";

export const storeIntegrityFailed = rule({
  id: "store-integrity-failed",
  on: "refused",
  severity: "error",
  title: "the store's integrity value does not match",
  cites: ["RFC 7292 §4 (MacData)", "measured: GSKit 8.0.60 code 408"],
  profiles: ["default"],
  check({ code, format, where, damage }, { profiles }) {
    // Damage of a known kind is told by file-transfer-damaged.
    const changed = code === "integrity-mismatch" || where === "integrity value";
    if (!changed || damage !== undefined) return undefined;
    const facts = { format: format ?? "unknown" };
    if (format === "kdb") return { facts };
    // Others do not tell a wrong password from changed contents, and the password given may be for others.
    return profiles.has("strict") || profiles.has("pci")
      ? { facts, severity: "warning" }
      : undefined;
  },
  explain: ({ format }) =>
    format === "kdb"
      ? "The password is right and the integrity value is not: the file was changed or damaged after it was written."
      : "The integrity value does not match: either the password is wrong, or the file was changed or damaged.",
  fix: () =>
    "Try the right password with pki list; if that is refused, restore the file from a backup.",
});
