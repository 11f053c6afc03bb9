import { rule } from "../rule.ts";

export const fileTransferDamaged = rule({
  id: "file-transfer-damaged",
  on: "refused",
  severity: "error",
  title: "a binary file was transferred as text",
  cites: [
    "RFC 959 §3.1.1 (ASCII and image type)",
    "Maven resources plugin: Filtering binary files corrupts them",
  ],
  profiles: ["default"],
  check: ({ damage }) => (damage === undefined ? undefined : { facts: { damage } }),
  explain: ({ damage }) =>
    damage === "text"
      ? "Bytes that are no UTF-8 text were replaced: a build step or an editor took the keystore for text. What was replaced is lost."
      : "Every line feed has a carriage return before it: the file went through a transfer in text mode.",
  fix: ({ damage }) =>
    damage === "text"
      ? "Copy the original again and exclude it from the build's filtering (nonFilteredFileExtensions)."
      : "Transfer the original again in binary mode; in git mark it binary in .gitattributes.",
});
