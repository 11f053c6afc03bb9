import { isCaByTrade } from "../role.ts";
import { rule } from "../rule.ts";
import { named } from "../words.ts";

const PRODUCTS = ["mq", "um", "sap", "ihs", "was", "pci"] as const;

export const caKeyInStore = rule({
  id: "ca-key-in-store",
  on: "entry",
  severity: "error",
  title: "a CA's private key lies in a store that is in use",
  cites: ["CA/Browser Forum Baseline Requirements §6.2", "practice"],
  profiles: ["default"],
  check({ entry, store, viewOf, whole }, { profiles }) {
    if (entry.kind !== "key" || store.container.format === "pem") return undefined;
    const view = viewOf(entry.chain[0]);
    const issued = view.ca && whole.issuesHere(view);
    if (!isCaByTrade(view) && !issued) return undefined;
    // A store with nothing else in it may be the CA's own, kept apart; in a product's tree it is not.
    const others = whole.keys.filter(
      ({ chain: [own] }) => !isCaByTrade(viewOf(own)) && own.sha256 !== view.certificate.sha256,
    );
    if (others.length === 0 && !PRODUCTS.some((id) => profiles.has(id))) return undefined;
    return { facts: { subject: view.subject, beside: others.map(({ label }) => label).sort() } };
  },
  explain: ({ subject, beside }) =>
    `The private key of the CA ${named(subject)} lies here${(beside as readonly string[]).length === 0 ? "" : `, beside that of ${(beside as readonly string[]).join(", ")}`}: who breaks into this machine can make certificates for all who trust the CA.`,
  fix: () =>
    "Keep the CA's key apart and offline (pki init-ca makes a folder for it), delete it here (keytool -delete, runmqakm -cert -delete), and add the CA as a signer.",
});
