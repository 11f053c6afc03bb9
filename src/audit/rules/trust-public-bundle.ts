import { isBundled } from "../public-cas.ts";
import { rule } from "../rule.ts";
import { BUNDLE, publicSigners } from "../trusted.ts";

const PRODUCTS = ["mq", "um", "sap", "ihs", "was", "pci"] as const;

export const trustPublicBundle = rule({
  id: "trust-public-bundle",
  on: "store",
  severity: "warning",
  title: "a default bundle of public CAs is trusted",
  cites: [
    "IBM MQ, Managing certificates: remove the CA certificates that you do not need",
    "the CA certificates of iKeyman, runmqckm -cert -populate and the JDK's cacerts",
  ],
  profiles: ["default"],
  parameters: { signers: BUNDLE },
  check({ store, whole }, { parameters, profiles }) {
    const { format } = store.container;
    const product = PRODUCTS.some((id) => profiles.has(id));
    // A Java trust store or a PEM file with the world's CAs is what browsers and clients of the Internet need.
    if (format === "pem" || format === "der" || (!product && format !== "kdb")) return undefined;
    const found = publicSigners(whole).filter(({ ca }) => product || isBundled(ca));
    if (found.length < parameters.signers) return undefined;
    return {
      facts: { count: found.length, cas: [...new Set(found.map(({ ca }) => ca))].sort() },
    };
  },
  explain: ({ count, cas }) =>
    `${count} public CAs are trusted here (${(cas as readonly string[]).join(", ")}): whoever has a certificate of one of them is let in.`,
  fix: () =>
    "Remove the CAs that none of your peers uses: runmqakm -cert -delete, or keytool -delete.",
});
