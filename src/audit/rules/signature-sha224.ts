import { signatureHash } from "../raw-certificate.ts";
import { rule } from "../rule.ts";
import { Trait } from "../traits.ts";

export const signatureSha224 = rule({
  id: "signature-sha224",
  on: "certificate",
  severity: "notice",
  title: "the certificate is signed with a hash of 112 bits of strength",
  cites: ["NIST SP 800-131A rev. 3 (draft): 112 bits end with 2030"],
  profiles: ["fips", "strict"],
  traits: Trait.signature,
  check(view) {
    const hash = signatureHash(view.certificate);
    if (hash === undefined || !/^(sha224|sha512-224|sha3-224)$/.test(hash)) return undefined;
    const { signatureAlgorithm } = view.certificate;
    return { facts: { subject: view.subject, algorithm: signatureAlgorithm } };
  },
  explain: ({ subject, algorithm }) =>
    `The certificate ${subject} is signed with ${algorithm}, which few programs offer and which is approved until 2030 only.`,
  fix: () => "Have it signed with SHA-256 when it is renewed: pki issue does.",
});
