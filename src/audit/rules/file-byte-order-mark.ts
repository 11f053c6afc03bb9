import { rule } from "../rule.ts";

export const fileByteOrderMark = rule({
  id: "file-byte-order-mark",
  on: "file",
  severity: "warning",
  title: "PEM text behind a byte order mark",
  cites: [
    "measured: keytool of JDK 17 fails to parse it, that of JDK 25 does not",
    "RFC 7468 §2: the text is ASCII",
  ],
  profiles: ["java", "um", "was", "strict"],
  check({ file, format }) {
    return format === "pem" && file.byteOrderMark === true ? { facts: { format } } : undefined;
  },
  explain: () =>
    "The file begins with UTF-8's byte order mark, as Windows editors put it there: OpenSSL and the newest Java overlook it, Java 17 refuses the file.",
  fix: () =>
    "Save the file as ASCII or as UTF-8 without a mark, such as with sed -i '1s/^\\xEF\\xBB\\xBF//'.",
});
