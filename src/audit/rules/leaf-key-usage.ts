import type { KeyUsage } from "../../x509/extensions.ts";
import { isPresented, mayBe } from "../role.ts";
import { rule } from "../rule.ts";
import { Trait } from "../traits.ts";
import { named } from "../words.ts";

const HANDSHAKE: readonly KeyUsage[] = ["digitalSignature", "keyEncipherment", "keyAgreement"];

export const leafKeyUsage = rule({
  id: "leaf-key-usage",
  on: "use",
  severity: "warning",
  title: "the key usage does not fit TLS",
  cites: [
    "RFC 5280 §4.2.1.3",
    "RFC 8446 §4.4.2.2: digitalSignature must be set where the extension stands",
    "CA/Browser Forum Baseline Requirements §7.1.2.7.11",
  ],
  profiles: ["default"],
  traits: Trait.unsigning,
  check(subject, { profiles }) {
    const { view } = subject;
    const usage = view.keyUsage;
    if (!isPresented(subject) || usage === undefined || view.ca) return undefined;
    if (usage.includes("digitalSignature")) return undefined;
    // Not for TLS at all: certificates that encrypt passwords, sign mail or sign CRLs.
    if (!mayBe(view, "serverAuth") && !mayBe(view, "clientAuth")) return undefined;
    const elsewhere: readonly KeyUsage[] = ["dataEncipherment", "keyCertSign", "cRLSign"];
    if (usage.some((one) => elsewhere.includes(one))) return undefined;
    const useless = !usage.some((one) => HANDSHAKE.includes(one));
    // Without digitalSignature an RSA key still serves the old TLS_RSA_ cipher suites.
    const asked = ["strict", "public-tls", "mq", "ihs", "java", "fips"] as const;
    if (!useless && !asked.some((id) => profiles.has(id))) return undefined;
    return { facts: { subject: view.subject, use: subject.use, usage, useless } };
  },
  explain: ({ subject, usage, useless }) =>
    useless === true
      ? `The key usage of ${named(subject)} is ${list(usage)}: no TLS handshake can use it.`
      : `The key usage of ${named(subject)} is ${list(usage)}, without digitalSignature: TLS 1.3 and all cipher suites with forward secrecy need it.`,
  fix: () =>
    "Issue a certificate with digitalSignature, and keyEncipherment for RSA: pki issue sets them.",
});

const list = (usage: unknown): string =>
  (usage as readonly string[]).length === 0 ? "empty" : (usage as readonly string[]).join(", ");
