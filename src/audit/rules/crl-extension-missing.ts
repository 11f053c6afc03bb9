import { CRL_EXTENSION } from "../../x509/crl.ts";
import { printName } from "../../x509/name.ts";
import { rule } from "../rule.ts";
import { named } from "../words.ts";

const NEEDED = [
  ["authority key identifier", CRL_EXTENSION.authorityKeyId],
  ["CRL number", CRL_EXTENSION.number],
] as const;

export const crlExtensionMissing = rule({
  id: "crl-extension-missing",
  on: "crl",
  severity: "warning",
  title: "a revocation list lacks an extension that it must have",
  cites: [
    "RFC 5280 §5.2.1 and §5.2.3",
    "CA/Browser Forum Baseline Requirements §7.2.2",
    "RFC 5280 §5.1.2.1: with extensions, version 2",
  ],
  profiles: ["strict", "public-tls"],
  check({ crl: { issuer, extensions, version } }) {
    const missing = NEEDED.filter(([, oid]) => !extensions.some((one) => one.oid === oid)).map(
      ([name]) => name,
    );
    if (missing.length === 0) return undefined;
    return { facts: { issuer: printName(issuer), version, missing } };
  },
  explain: ({ issuer, missing }) =>
    `The revocation list of ${named(issuer)} has no ${(missing as readonly string[]).join(" and no ")}: a newer list, and the key that signed it, are harder to tell.`,
  fix: () =>
    "Have the CA write both: crl_extensions with authorityKeyIdentifier=keyid, and a crlnumber file (openssl ca).",
});
