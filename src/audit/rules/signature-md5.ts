import { rule } from "../rule.ts";
import { Trait } from "../traits.ts";
import { explainHash, fixHash, weakHash } from "../weak-hash.ts";

export const signatureMd5 = rule({
  id: "signature-md5",
  on: "use",
  severity: "error",
  title: "the certificate is signed with MD5",
  cites: [
    "RFC 6151 §2",
    "measured: GSKit 8.0.60 refuses a peer's certificate signed with MD5",
    "JDK: jdk.certpath.disabledAlgorithms",
  ],
  profiles: ["default"],
  traits: Trait.signature,
  check: (subject) => weakHash(subject, ["md5"], "warning"),
  explain: explainHash("MD5"),
  fix: fixHash,
});
