import { rule } from "../rule.ts";
import { Trait } from "../traits.ts";
import { explainHash, fixHash, weakHash } from "../weak-hash.ts";

export const signatureSha1 = rule({
  id: "signature-sha1",
  on: "use",
  severity: "error",
  title: "the certificate is signed with SHA-1",
  cites: [
    "NIST SP 800-131A rev. 2 §9",
    "CA/Browser Forum baseline requirements §7.1.3.2",
    "measured: GSKit 8.0.60 refuses a peer's certificate signed with SHA-1",
  ],
  profiles: ["default"],
  traits: Trait.signature,
  check: (subject) => weakHash(subject, ["sha1", "sha0"], "notice"),
  explain: explainHash("SHA-1"),
  fix: fixHash,
});
