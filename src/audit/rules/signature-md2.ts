import { rule } from "../rule.ts";
import { Trait } from "../traits.ts";
import { explainHash, fixHash, weakHash } from "../weak-hash.ts";

export const signatureMd2 = rule({
  id: "signature-md2",
  on: "use",
  severity: "error",
  title: "the certificate is signed with MD2",
  cites: ["RFC 6149", "JDK: jdk.certpath.disabledAlgorithms"],
  profiles: ["default"],
  traits: Trait.signature,
  check: (subject) => weakHash(subject, ["md2"], "warning"),
  explain: explainHash("MD2"),
  fix: fixHash,
});
