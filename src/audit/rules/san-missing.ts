import { mayBe, presentsExtensions } from "../role.ts";
import { rule } from "../rule.ts";
import { named } from "../words.ts";

export const sanMissing = rule({
  id: "san-missing",
  on: "use",
  severity: "warning",
  title: "a server's certificate has no subject alternative name",
  cites: [
    "RFC 9525 §2: the common name must not be looked at",
    "CA/Browser Forum Baseline Requirements §7.1.2.7.12",
  ],
  profiles: ["public-tls", "java", "ihs", "was", "strict"],
  check(subject, { profiles }) {
    const { view, store } = subject;
    const asked = ["public-tls", "ihs", "was", "strict"] as const;
    // Java programs do not read key databases.
    if (store.container.format === "kdb" && !asked.some((id) => profiles.has(id))) return undefined;
    if (!presentsExtensions(subject) || view.ca || !mayBe(view, "serverAuth")) return undefined;
    // One that cannot be read is told by extension-malformed.
    if (view.extension("2.5.29.17") !== undefined && view.malformed.includes("2.5.29.17")) {
      return undefined;
    }
    const named = view.subjectAltNames.some(({ kind }) => kind === "DNS" || kind === "IP");
    if (named) return undefined;
    return { facts: { subject: view.subject, commonName: view.commonName ?? "" } };
  },
  explain: ({ subject }) =>
    `${named(subject)} names no host in its alternative names: a client that checks host names refuses it.`,
  fix: () =>
    "Issue a certificate with the names that clients connect to: pki issue server STORE --san DNS:host.example.com.",
});
