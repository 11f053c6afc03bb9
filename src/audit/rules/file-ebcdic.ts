import { rule } from "../rule.ts";

export const fileEbcdic = rule({
  id: "file-ebcdic",
  on: "refused",
  severity: "error",
  title: "PEM text in EBCDIC",
  cites: [
    "RFC 7468 §2 and §3: the grammar is in ASCII",
    "IBM z/OS: FTP of certificates, text against binary",
  ],
  profiles: ["default"],
  check: ({ format }) => (format === "pem-ebcdic" ? { facts: { format } } : undefined),
  explain: () =>
    "The file is PEM in EBCDIC: it came from z/OS or IBM i in binary mode, and no other software finds a certificate in it.",
  fix: () => "Transfer it again in text mode, or translate it with iconv -f IBM-1047 -t ISO8859-1.",
});
