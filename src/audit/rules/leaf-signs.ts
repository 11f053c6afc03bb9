import { rule } from "../rule.ts";
import { Trait } from "../traits.ts";
import { named } from "../words.ts";

export const leafSigns = rule({
  id: "leaf-signs",
  on: "use",
  severity: "warning",
  title: "an end certificate's key usage lets it sign certificates",
  cites: ["RFC 5280 §4.2.1.3 and §4.2.1.9"],
  profiles: ["default"],
  traits: Trait.signs,
  check({ view, use, whole }, { profiles }) {
    const usage = view.keyUsage;
    if (usage === undefined || view.ca || view.certificate.version !== 3) return undefined;
    if (view.malformed.includes("2.5.29.19")) return undefined; // told by extension-malformed
    const found = usage.filter((one) => one === "keyCertSign" || one === "cRLSign");
    // cRLSign alone is how the signer of indirect CRLs looks.
    if (!found.includes("keyCertSign") && !(profiles.has("strict") && found.length > 0)) {
      return undefined;
    }
    // A certificate for nothing but lists is no end certificate.
    if (usage.length === 1 && usage[0] === "cRLSign") return undefined;
    // OpenSSL 1.1.1 takes a self-signed certificate for its own issuer only when it says keyCertSign.
    if (view.selfIssued && !profiles.has("strict")) return undefined;
    // It does sign: ca-flag-missing tells what is wrong.
    if (use === "chain" || whole.issuesHere(view)) return undefined;
    return { facts: { subject: view.subject, use, usage: found } };
  },
  explain: ({ subject, usage }) =>
    `${named(subject)} is no CA's certificate, and its key usage has ${(usage as readonly string[]).join(" and ")}.`,
  fix: () => "Issue a certificate without it: pki issue sets what servers and clients need.",
});
