import { isPresented, mayBe } from "../role.ts";
import { rule } from "../rule.ts";
import { named } from "../words.ts";

export const purposeNotServer = rule({
  id: "purpose-not-server",
  on: "use",
  severity: "error",
  title: "a server's certificate may not be used by a server",
  cites: [
    "RFC 5280 §4.2.1.12",
    "CA/Browser Forum Baseline Requirements §7.1.2.7.10",
    "measured with GSKit 8.0.60: GSKit itself accepts it, Java and browsers do not",
  ],
  profiles: ["public-tls", "ihs"],
  check(subject, { profiles }) {
    const { view, store } = subject;
    const { format } = store.container;
    // IBM HTTP Server has key databases; what else lies in its tree is somebody else's.
    if (!profiles.has("public-tls") && format !== "kdb" && format !== "pkcs12") return undefined;
    if (!isPresented(subject) || view.ca || mayBe(view, "serverAuth")) return undefined;
    return {
      facts: { subject: view.subject, use: subject.use, purposes: view.extendedKeyUsage ?? [] },
    };
  },
  explain: ({ subject, purposes }) =>
    `${named(subject)} is for ${(purposes as readonly string[]).join(", ") || "nothing"} and not for serverAuth: clients refuse a server that shows it.`,
  fix: () => "Issue a certificate with serverAuth: pki issue server STORE (or peer).",
});
