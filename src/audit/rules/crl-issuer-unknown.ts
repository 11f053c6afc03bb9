import { printName } from "../../x509/name.ts";
import { crlPlaces, proofOf } from "../revocation.ts";
import { rule } from "../rule.ts";
import { named } from "../words.ts";

export const crlIssuerUnknown = rule({
  id: "crl-issuer-unknown",
  on: "inventory",
  severity: "notice",
  title: "no certificate of a revocation list's CA was found",
  cites: ["RFC 5280 §6.3.3 (f): the list is checked with its issuer's certificate", "practice"],
  profiles: ["strict"],
  *check(inventory) {
    for (const record of inventory.crls) {
      if (proofOf(record.crl, inventory) !== "unknown") continue;
      const facts = { issuer: printName(record.crl.issuer) };
      yield { key: record.crl.sha256, places: crlPlaces(record), facts };
    }
  },
  explain: ({ issuer }) =>
    `No certificate of ${named(issuer)} is among what was audited, so its revocation list could not be checked and is for nothing here.`,
  fix: () => "Audit the store with the CA's certificate as well, or remove the list.",
});
