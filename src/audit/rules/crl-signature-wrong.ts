import { printName } from "../../x509/name.ts";
import { crlPlaces, proofOf } from "../revocation.ts";
import { rule } from "../rule.ts";
import { named } from "../words.ts";

export const crlSignatureWrong = rule({
  id: "crl-signature-wrong",
  on: "inventory",
  severity: "error",
  title: "a revocation list was not signed by its CA",
  cites: ["RFC 5280 §6.3.3 (g)"],
  profiles: ["default"],
  *check(inventory) {
    for (const record of inventory.crls) {
      if (proofOf(record.crl, inventory) !== "wrong") continue;
      const facts = { issuer: printName(record.crl.issuer) };
      yield { key: record.crl.sha256, places: crlPlaces(record), facts };
    }
  },
  explain: ({ issuer }) =>
    `The revocation list in the name of ${named(issuer)} does not verify with that CA's key: it is damaged, forged, or of another CA of the same name.`,
  fix: () => "Fetch the list again and check it: openssl crl -in crl.pem -CAfile ca.pem -noout.",
});
