import { rule } from "../rule.ts";

export const javaPasswordNonAscii = rule({
  id: "java-password-non-ascii",
  on: "store",
  severity: "error",
  title: "Java opens no PKCS#12 file by a password outside ASCII",
  cites: ["measured: JDK 17 fails on it (docs/formats/pkcs12.md)"],
  profiles: ["java", "um", "was"],
  check({ store: { container, password } }) {
    if (container.format !== "pkcs12" || password?.ascii !== false) return undefined;
    return { facts: { ascii: false } };
  },
  explain: () =>
    "The password has characters outside ASCII: the JDK's AES protection of PKCS#12 takes ASCII passwords only.",
  fix: () =>
    "Set a password of ASCII characters: openssl pkcs12 to PEM, and openssl pkcs12 -export back under the new one.",
});
