import { rule } from "../rule.ts";

export const fileByteOrderMark = rule({
  id: "file-byte-order-mark",
  on: "file",
  severity: "error",
  title: "PEM text behind a byte order mark",
  cites: [
    "measured: keytool of JDK 17 fails to parse it, that of JDK 25 does not",
    "RFC 7468 §2 and §3: the grammar is in ASCII",
  ],
  profiles: ["java", "um", "was", "strict"],
  check({ file, format }, { profiles }) {
    if (format !== "pem" || file.byteOrderMark !== true) return undefined;
    const java = profiles.has("java") || profiles.has("um") || profiles.has("was");
    return java ? { facts: { format } } : { facts: { format }, severity: "warning" };
  },
  explain: () =>
    "The file begins with UTF-8's byte order mark, as Windows editors put it there: OpenSSL and the newest Java overlook it, Java 17 refuses the file.",
  fix: () =>
    "Save the file as ASCII or as UTF-8 without a mark, such as with sed -i '1s/^\\xEF\\xBB\\xBF//'.",
});
