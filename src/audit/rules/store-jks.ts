import { rule } from "../rule.ts";

export const storeJks = rule({
  id: "store-jks",
  on: "file",
  severity: "warning",
  title: "a keystore of Java's old format",
  cites: [
    "JDK keytool: The JKS keystore uses a proprietary format. It is recommended to migrate to PKCS12",
    "JEP 229",
    "docs/formats/java.md: keys under a SHA-1 key stream, no iterations",
  ],
  profiles: ["strict", "pci", "fips"],
  check({ format }) {
    return format === "jks" || format === "jceks" ? { facts: { format } } : undefined;
  },
  explain: ({ format }) =>
    format === "jks"
      ? "A JKS seals its keys with SHA-1 and no iterations: a password guess costs two hashes."
      : "A JCEKS seals its keys with triple DES under an MD5 derivation of few iterations.",
  fix: () =>
    "Convert it: keytool -importkeystore -srckeystore OLD -destkeystore NEW.p12 -deststoretype PKCS12.",
});
