import { rule } from "../rule.ts";

export const pkcs12MacWeak = rule({
  id: "pkcs12-mac-weak",
  on: "store",
  severity: "notice",
  title: "a PKCS#12 MAC with an old hash",
  cites: ["RFC 9579 §1", "NIST SP 800-132 §5.3 (the derivation that is approved)"],
  profiles: ["strict", "pci", "fips"],
  check({ store: { container } }) {
    const mac = container.protections?.find(({ of }) => of === "mac");
    if (container.format !== "pkcs12" || mac === undefined) return undefined;
    const broken = /md[245]/.test(mac.scheme);
    if (!broken && !/sha1$/.test(mac.scheme)) return undefined;
    const facts = { scheme: mac.scheme };
    return broken ? { facts, severity: "warning" } : { facts };
  },
  explain: ({ scheme }) =>
    `The file proves its contents with ${scheme} by the derivation of PKCS#12, which no standard approves today.`,
  fix: () => "Write it anew with a current JDK or with openssl pkcs12 -export -macalg sha256.",
});
