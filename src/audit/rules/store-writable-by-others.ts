import { rule } from "../rule.ts";
import { octal, whoElse } from "../stores.ts";

export const storeWritableByOthers = rule({
  id: "store-writable-by-others",
  on: "file",
  severity: "error",
  title: "others may change what is trusted here",
  cites: ["CWE-732", "PCI DSS 4.0.1 §7.2"],
  profiles: ["default"],
  check({ file: { mode } }, { profiles }) {
    const who = whoElse(mode, 2);
    if (who === undefined || mode === undefined) return undefined;
    const facts = { mode: octal(mode), who };
    if (who === "everybody") return { facts };
    // A group of one is what many systems give each user.
    return profiles.has("strict") || profiles.has("pci")
      ? { facts, severity: "warning" }
      : undefined;
  },
  explain: ({ mode, who }) =>
    `The file has mode ${mode}: ${who} can put another file in its place, or add a signer that is then trusted.`,
  fix: () => "Run chmod go-w on the file.",
});
