import { rule } from "../rule.ts";
import { Trait } from "../traits.ts";
import { explainHash, fixHash, weakHash } from "../weak-hash.ts";

export const signatureMd4 = rule({
  id: "signature-md4",
  on: "use",
  severity: "error",
  title: "the certificate is signed with MD4",
  cites: ["RFC 6150"],
  profiles: ["default"],
  traits: Trait.signature,
  check: (subject) => weakHash(subject, ["md4"], "warning"),
  explain: explainHash("MD4"),
  fix: fixHash,
});
