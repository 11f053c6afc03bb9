import { rule } from "../rule.ts";
import { day, daysBetween, isoSecond } from "../time.ts";

export const chainExpiresBeforeLeaf = rule({
  id: "chain-expires-before-leaf",
  on: "entry",
  severity: "warning",
  title: "a CA in the chain ends before the certificate below it",
  cites: ["RFC 5280 §6.1.3 (a)(2)", "measured: GSKit 8.0.60 refuses a peer under an expired root"],
  profiles: ["default"],
  // Nearer than this, certificate-expires-soon tells of the CA itself.
  parameters: { days: 30 },
  check({ entry, viewOf }, { now, parameters }) {
    if (entry.kind !== "key") return undefined;
    const [leaf, ...above] = entry.chain;
    const [first] = above
      // A CA and what it issued are often made a second apart, for as long: nobody plans by less than a day.
      .filter(
        ({ notBefore, notAfter }) =>
          daysBetween(notAfter, leaf.notAfter) >= 1 && notBefore <= notAfter,
      )
      .sort((a, b) => a.notAfter.getTime() - b.notAfter.getTime());
    if (first === undefined || daysBetween(now, first.notAfter) <= parameters.days)
      return undefined;
    return {
      facts: {
        subject: viewOf(leaf).subject,
        notAfter: isoSecond(leaf.notAfter),
        issuer: viewOf(first).subject,
        issuerNotAfter: isoSecond(first.notAfter),
      },
    };
  },
  explain: ({ subject, notAfter, issuer, issuerNotAfter }) =>
    `The certificate ${subject} says it is valid until ${day(notAfter)}, but ${issuer} in its chain ends on ${day(issuerNotAfter)}, and the certificate with it.`,
  fix: ({ issuerNotAfter }) =>
    `Before ${day(issuerNotAfter)}, have the CA renewed and the certificate issued anew by it (pki issue), and give the new CA to every peer with pki exchange.`,
});
