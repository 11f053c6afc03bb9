import { rule } from "../rule.ts";

/** What each name promises; keytool has written PKCS#12 under any name since Java 9, and Java opens both. */
const PROMISED: Readonly<Record<string, readonly string[]>> = {
  ".kdb": ["kdb"],
  ".jks": ["jks", "pkcs12"],
  ".jceks": ["jceks"],
  ".p12": ["pkcs12"],
  ".pfx": ["pkcs12"],
  ".pkcs12": ["pkcs12"],
  ".pem": ["pem"],
  ".der": ["der"],
  ".bks": ["bks"],
  ".bcfks": ["bcfks"],
};

/** What is opened all the same: GSKit and Java go by the contents, and most programs take a certificate in either form. */
const OPENED: Readonly<Record<string, readonly string[]>> = {
  ".kdb": ["pkcs12"],
  ".p12": ["kdb", "jks"],
  ".pfx": ["kdb", "jks"],
  ".pkcs12": ["kdb", "jks"],
  ".pem": ["der"],
  ".der": ["pem"],
};

export const storeExtensionMismatch = rule({
  id: "store-extension-mismatch",
  on: "file",
  severity: "warning",
  title: "the file is not what its name says",
  cites: [
    "measured: GSKit 8.0.60 opens a key database named .p12 and PKCS#12 named .kdb; keytool of JDK 17 opens no key database",
    "JDK: keystore.type.compat opens JKS and PKCS#12 under either name, nothing else",
  ],
  profiles: ["default"],
  check({ file: { extension }, format }) {
    const promised = PROMISED[extension];
    if (promised === undefined || format === undefined || promised.includes(format)) {
      return undefined;
    }
    // Told by rules of their own.
    if (/^(?:pem-|base64|zip|gzip)/.test(format)) return undefined;
    const facts = { extension, format };
    // Where one kind of software looks at the contents all the same, the name only misleads.
    return OPENED[extension]?.includes(format) ? { facts } : { facts, severity: "error" };
  },
  explain: ({ extension, format }) =>
    `The name ends in ${extension} and the contents are ${String(format).toUpperCase()}: software that goes by the name cannot open it.`,
  fix: () =>
    "Rename the file, or convert it with keytool -importkeystore, runmqakm -keydb -convert or openssl x509.",
});
