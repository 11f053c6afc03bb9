import { rule } from "../rule.ts";

export const fileUtf16 = rule({
  id: "file-utf16",
  on: "refused",
  severity: "error",
  title: "PEM text in UTF-16",
  cites: ["RFC 7468 §2 and §3: the grammar is in ASCII"],
  profiles: ["default"],
  check: ({ format }) => (format === "pem-utf16" ? { facts: { format } } : undefined),
  explain: () =>
    "The file is PEM saved as UTF-16 (PowerShell and Windows editors do that): no other software finds a certificate in it.",
  fix: () =>
    "Save it as ASCII or UTF-8 without a byte order mark, such as with iconv -f UTF-16 -t ASCII.",
});
