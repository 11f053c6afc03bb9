import { rule } from "../rule.ts";
import { octal, whoElse } from "../stores.ts";

export const privateKeyUnencrypted = rule({
  id: "private-key-unencrypted",
  on: "file",
  severity: "error",
  title: "a private key without encryption that others may read",
  cites: ["RFC 5958 §2 with §3 (EncryptedPrivateKeyInfo)", "PCI DSS 4.0.1 §3.6.1.2", "CWE-311"],
  profiles: ["default"],
  check({ opened, file: { mode } }, { profiles }) {
    const labels = (opened?.keys ?? [])
      .filter(({ unencrypted }) => unencrypted === true)
      .map(({ label }) => label)
      .sort();
    if (labels.length === 0) return undefined;
    const who = whoElse(mode, 4);
    const facts = {
      labels,
      who: who ?? "nobody else",
      mode: mode === undefined ? "" : octal(mode),
    };
    if (who !== undefined) return { facts };
    // Many servers take nothing else; then the mode is the protection.
    return profiles.has("strict") || profiles.has("pci") || profiles.has("fips")
      ? { facts, severity: "notice" }
      : undefined;
  },
  explain: ({ labels, who, mode }) =>
    `${Array.isArray(labels) ? labels.length : 0} private key(s) stand here without encryption${who === "nobody else" ? "" : `, and by mode ${mode} ${who} can read them`}.`,
  fix: () =>
    "Run chmod 600 on the file; encrypt the key with openssl pkcs8 -topk8 -v2 aes256, and have the certificate issued anew where others had access.",
});
