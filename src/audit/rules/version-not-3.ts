import { isPresented } from "../role.ts";
import { rule } from "../rule.ts";
import { Trait } from "../traits.ts";
import { named } from "../words.ts";

export const versionNot3 = rule({
  id: "version-not-3",
  on: "use",
  severity: "warning",
  title: "the certificate is not of version 3",
  cites: [
    "RFC 5280 §4.1.2.1",
    "RFC 5280 §6.1.4(k): a CA below the root must be of version 3 to say that it is one",
  ],
  profiles: ["default"],
  traits: Trait.version,
  check(seen) {
    const { view, use, whole } = seen;
    const { certificate, subject, selfIssued } = view;
    const { version, extensions } = certificate;
    if (version === 3) return undefined;
    const facts = { subject, use, version };
    // Extensions are of version 3 only, and no version 4 was ever defined.
    if (extensions.length > 0 || version > 3 || version < 1) {
      return { facts: { ...facts, why: "wrong" }, severity: "error" };
    }
    // Roots of the 1990s are of version 1, and so are trusted peers of old tools: nobody looks for rights there.
    if (selfIssued) return use === "personal" ? { facts: { ...facts, why: "old" } } : undefined;
    if (use === "chain" || (use === "signer" && whole.issuesHere(view))) {
      return { facts: { ...facts, why: "issuer" }, severity: "error" };
    }
    return isPresented(seen) ? { facts: { ...facts, why: "old" } } : undefined;
  },
  explain({ subject, version, why }) {
    if (why === "issuer") {
      return `The CA certificate ${named(subject)} is of version ${version}: it cannot say that it is a CA, so what it signed is refused.`;
    }
    if (why === "wrong") {
      return `${named(subject)} says that it is of version ${version}, which does not fit what it holds.`;
    }
    return `${named(subject)} is of version ${version}: it has no extensions, so neither names of hosts nor what its key is for.`;
  },
  fix: ({ why }) =>
    why === "issuer"
      ? "Make the CA's certificate anew with basic constraints, then issue again what it signed."
      : "Issue a certificate of version 3 with pki issue (openssl x509 -req needs -extfile for one).",
});
