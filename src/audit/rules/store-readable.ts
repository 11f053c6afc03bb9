import { rule } from "../rule.ts";
import { isKeystore, mayHoldKeys, octal, whoElse } from "../stores.ts";

export const storeReadable = rule({
  id: "store-readable",
  on: "file",
  severity: "notice",
  title: "others may read a keystore",
  cites: ["PCI DSS 4.0.1 §7.2", "docs/formats/kdb.md: a password guess costs one hash"],
  profiles: ["strict", "pci"],
  check(subject) {
    const { mode } = subject.file;
    const who = whoElse(mode, 4);
    if (who === undefined || !isKeystore(subject.format) || !mayHoldKeys(subject)) return undefined;
    const facts = { mode: octal(mode as number), who };
    return who === "everybody" ? { facts, severity: "warning" } : { facts };
  },
  explain: ({ mode, who }) =>
    `The keystore has mode ${mode}: ${who} can copy it and guess its password at leisure.`,
  fix: () => "Run chmod 600 (640 where the service reads it by its group) on the file.",
});
