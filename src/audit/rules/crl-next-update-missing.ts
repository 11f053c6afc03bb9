import { printName } from "../../x509/name.ts";
import { rule } from "../rule.ts";
import { named } from "../words.ts";

export const crlNextUpdateMissing = rule({
  id: "crl-next-update-missing",
  on: "crl",
  severity: "error",
  title: "a revocation list does not say until when it counts",
  cites: [
    "RFC 5280 §5.1.2.5: conforming CRL issuers MUST include nextUpdate",
    "CA/Browser Forum Baseline Requirements §7.2",
  ],
  profiles: ["default"],
  check: ({ crl: { issuer, nextUpdate } }) =>
    nextUpdate === undefined ? { facts: { issuer: printName(issuer) } } : undefined,
  explain: ({ issuer }) =>
    `The revocation list of ${named(issuer)} has no nextUpdate: nobody can tell an old list, held back by an attacker, from the current one.`,
  fix: () => "Have the CA make its lists with an end (openssl ca -gencrl -crldays 30).",
});
