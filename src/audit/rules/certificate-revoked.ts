import type { DistinguishedName } from "../../model/certificate.ts";
import { revocations } from "../../x509/crl.ts";
import { printName } from "../../x509/name.ts";
import { coveredBy, newestLists, proofOf } from "../revocation.ts";
import { rule } from "../rule.ts";
import { sameText } from "../same-text.ts";
import { day, isoSecond } from "../time.ts";
import { placesOf } from "../words.ts";

export const certificateRevoked = rule({
  id: "certificate-revoked",
  on: "inventory",
  severity: "error",
  title: "a revocation list names the certificate",
  cites: ["RFC 5280 §6.3.3", "RFC 5280 §5.3.1 (reasons)"],
  profiles: ["default"],
  *check(inventory, { now }) {
    if (inventory.crls.length === 0) return;
    const newest = newestLists(inventory);
    for (const record of inventory.crls) {
      const { crl, paths } = record;
      if (crl.count === 0) continue;
      const coveredAs = coveredBy(crl, inventory);
      const issuer = sameText(printName(crl.issuer));
      const sameIssuer = (name: DistinguishedName) => sameText(printName(name)) === issuer;
      const known = { has: (serial: string) => coveredAs(serial).length > 0 };
      const revoked = revocations(crl, known, sameIssuer);
      if (revoked.length === 0) continue;
      const proof = proofOf(crl, inventory);
      if (proof === "wrong") continue; // told by crl-signature-wrong
      for (const { serial, date, reason } of revoked) {
        const held = reason === "certificateHold";
        // A hold may be lifted: only the newest list tells whether it lasts.
        if (reason === "removeFromCRL" || (held && !newest.has(record)) || date > now) continue;
        for (const certificate of coveredAs(serial)) {
          if (certificate.notAfter < now) continue; // told by certificate-expired
          yield {
            key: certificate.sha256,
            severity: held || proof !== "good" ? "warning" : "error",
            places: placesOf([certificate]),
            facts: {
              subject: certificate.subject,
              serial,
              reason,
              revoked: isoSecond(date),
              list: paths[0] ?? "",
              proved: proof === "good",
            },
          };
        }
      }
    }
  },
  explain: ({ subject, revoked, reason, list, proved }) =>
    `${subject} was ${reason === "certificateHold" ? "put on hold" : "revoked"} on ${day(revoked)} (${reason}), says ${list}${proved === true ? "" : ", whose signature could not be checked: its CA's certificate is not here"}.`,
  fix: ({ reason }) =>
    reason === "certificateHold"
      ? "Ask the CA why it is on hold; until that ends, peers that check refuse it."
      : "Replace it: make a new key and certificate with pki issue, or request one from the CA, and remove this one.",
});
