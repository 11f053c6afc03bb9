import { localNamesOnly } from "../localhost.ts";
import { rule } from "../rule.ts";
import { named } from "../words.ts";

export const nameLocalhost = rule({
  id: "name-localhost",
  on: "use",
  severity: "warning",
  title: "the certificate is for localhost only",
  cites: [
    "Universal Messaging: How to Generate Certificates for Use (server.jks is for CN=localhost)",
    "CA/Browser Forum Baseline Requirements §7.1.2.7.12",
  ],
  profiles: ["um", "was", "ihs", "sap", "public-tls", "pci", "strict"],
  check(subject) {
    const names = localNamesOnly(subject);
    return names === undefined ? undefined : { facts: { subject: subject.view.subject, names } };
  },
  explain: ({ subject, names }) =>
    `${named(subject)} is for ${(names as readonly string[]).join(", ")} only: no other machine's client accepts it.`,
  fix: () =>
    "Issue a certificate with the host's real name: pki issue server STORE --san DNS:host.example.com.",
});
