import { rule } from "../rule.ts";

/** Worst first: 40 bits are searched in hours, 56 in days. */
const BROKEN = /rc[24]-40|-des(?:$|-)|rc2-(?:40|64)|md5-|pbe-sha1-rc2$/;
const OLD = /rc[24]|3des/;

export const pkcs12WeakEncryption = rule({
  id: "pkcs12-weak-encryption",
  on: "store",
  severity: "error",
  title: "PKCS#12 contents under a weak cipher",
  cites: [
    "RFC 8018 §6.1 and RFC 7292 appendix C (the old schemes)",
    "OpenSSL 3 migration guide: RC2-40 needs the legacy provider",
    "NIST SP 800-131A Rev. 2 §2: triple DES is disallowed after 2023",
  ],
  profiles: ["default"],
  check({ store: { container } }, { profiles }) {
    if (container.format !== "pkcs12") return undefined;
    const found = (container.protections ?? []).filter(({ of }) => of !== "mac");
    const keys = found.filter(({ of, scheme }) => of === "keys" && BROKEN.test(scheme));
    const certificates = found.filter(({ of, scheme }) => of !== "keys" && BROKEN.test(scheme));
    const judged = profiles.has("strict") || profiles.has("pci") || profiles.has("fips");
    const old = judged ? found.filter(({ scheme }) => OLD.test(scheme)) : [];
    const [first] = [...keys, ...certificates, ...old];
    if (first === undefined) return undefined;
    const facts = { of: first.of, scheme: first.scheme };
    if (keys.length > 0) return { facts };
    return { facts, severity: certificates.length > 0 ? "warning" : "notice" };
  },
  explain: ({ of, scheme }) =>
    `The ${of} stand under ${scheme}, ${BROKEN.test(String(scheme)) ? "which can be searched through; OpenSSL 3 does not open it without its legacy provider" : "which is no longer approved"}.`,
  fix: () =>
    "Write the file anew with AES-256: keytool -importkeystore with a current JDK, or openssl pkcs12 -legacy to PEM and openssl pkcs12 -export back.",
});
