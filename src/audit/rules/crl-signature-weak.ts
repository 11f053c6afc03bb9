import { printName } from "../../x509/name.ts";
import { rule } from "../rule.ts";
import { named } from "../words.ts";

export const crlSignatureWeak = rule({
  id: "crl-signature-weak",
  on: "crl",
  severity: "error",
  title: "a revocation list is signed with a broken hash",
  cites: ["RFC 6151 §2", "NIST SP 800-131A rev. 2 §9"],
  profiles: ["default"],
  check({ crl: { issuer, signatureAlgorithm } }) {
    const hash = /md[245]|sha-?1(?!\d)|^dsaWithSHA/i.exec(signatureAlgorithm)?.[0];
    if (hash === undefined) return undefined;
    return {
      // A list holds little that its readers choose: a collision is hard to use.
      severity: /^md/i.test(hash) ? "error" : "warning",
      facts: { issuer: printName(issuer), algorithm: signatureAlgorithm },
    };
  },
  explain: ({ issuer, algorithm }) =>
    `The revocation list of ${named(issuer)} is signed with ${algorithm}: programs that refuse the hash take no list at all.`,
  fix: () => "Have the CA sign its lists with SHA-256 (openssl ca -gencrl -md sha256).",
});
