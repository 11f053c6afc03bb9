import { isIssuerIn } from "../role.ts";
import { rule } from "../rule.ts";
import { Trait } from "../traits.ts";
import { named } from "../words.ts";

export const caKeyUsageMissing = rule({
  id: "ca-key-usage-missing",
  on: "use",
  severity: "error",
  title: "a CA's key usage does not let it sign certificates",
  cites: [
    "RFC 5280 §4.2.1.3 and §6.1.4(n)",
    "IBM MQ, Certificate validation and trust policy design: RFC5280 refuses it, ANY does not",
  ],
  profiles: ["default"],
  traits: Trait.ca,
  check(subject, { profiles }) {
    const { view, use } = subject;
    if (use === "personal" || view.basicConstraints?.ca !== true) return undefined;
    const facts = { subject: view.subject, use, usage: view.keyUsage ?? [] };
    if (view.keyUsage === undefined) {
      // RFC 5280 asks CAs for the extension; validators that do not find it let the key do anything.
      const asked = profiles.has("strict") || profiles.has("public-tls");
      if (!asked || view.extension("2.5.29.15") !== undefined) return undefined;
      return isIssuerIn(subject) ? { facts, severity: "warning" } : undefined;
    }
    if (view.keyUsage.includes("keyCertSign")) return undefined;
    // A self-signed peer that says CA:TRUE as old tools do, and signs nothing.
    if (view.selfIssued && !isIssuerIn(subject)) return undefined;
    return { facts };
  },
  explain: ({ subject, usage }) =>
    (usage as readonly string[]).length === 0
      ? `The CA certificate ${named(subject)} has no key usage; a CA's says keyCertSign.`
      : `The key usage of the CA certificate ${named(subject)} is ${(usage as readonly string[]).join(", ")}, without keyCertSign: what it signed is refused.`,
  fix: () =>
    "Make the CA's certificate anew with keyCertSign and cRLSign (pki init-ca); with the same key and name, what it signed stays good.",
});
