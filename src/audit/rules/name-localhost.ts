import { hostsOf } from "../host-names.ts";
import { isPresented, mayBe } from "../role.ts";
import { rule } from "../rule.ts";
import { named } from "../words.ts";

const LOCAL =
  /^(localhost(\.localdomain)?|([^.]+\.)*localhost|127(\.\d+){3}|::1|0:0:0:0:0:0:0:1)$/i;

export const nameLocalhost = rule({
  id: "name-localhost",
  on: "use",
  severity: "warning",
  title: "the certificate is for localhost only",
  cites: [
    "Universal Messaging, Generating certificates: the sample server certificate is for localhost",
    "CA/Browser Forum Baseline Requirements §7.1.4.2",
  ],
  profiles: ["um", "was", "ihs", "sap", "public-tls", "pci", "strict"],
  check(subject) {
    const { view } = subject;
    if (!isPresented(subject) || view.ca || !mayBe(view, "serverAuth")) return undefined;
    const hosts = hostsOf(view);
    if (hosts.length === 0 || !hosts.every((host) => LOCAL.test(host))) return undefined;
    return { facts: { subject: view.subject, names: hosts } };
  },
  explain: ({ subject, names }) =>
    `${named(subject)} is for ${(names as readonly string[]).join(", ")} only: no other machine's client accepts it.`,
  fix: () =>
    "Issue a certificate with the host's real name: pki issue server --san DNS:host.example.com.",
});
