import { publicCa } from "../public-cas.ts";
import { rule } from "../rule.ts";
import { BUNDLE, isTrustedCa, publicSigners } from "../trusted.ts";

export const trustTooManyRoots = rule({
  id: "trust-too-many-roots",
  on: "store",
  severity: "warning",
  title: "many independent CAs are trusted",
  cites: ["IBM MQ, Securing: trust as few CAs as possible", "practice"],
  profiles: ["mq", "um", "sap"],
  parameters: { roots: 3 },
  check({ whole }, { parameters }) {
    // A bundle of public CAs is told by trust-public-bundle.
    const bundle = publicSigners(whole).length >= BUNDLE;
    const roots = whole.signers.filter(
      (view) =>
        view.selfIssued &&
        isTrustedCa(view, whole) &&
        !(bundle && publicCa(view.certificate.subject) !== undefined),
    );
    // A renewed root and its predecessor are one CA.
    const names = [...new Set(roots.map(({ subject }) => subject))].sort();
    if (names.length <= parameters.roots) return undefined;
    return { facts: { count: names.length, roots: names.slice(0, 20) } };
  },
  explain: ({ count, roots }) =>
    `${count} independent CAs are trusted here (${(roots as readonly string[]).join("; ")}): each of them can let anybody in under any name.`,
  fix: () =>
    "Remove the CAs that no peer uses (runmqakm -cert -delete, keytool -delete); where several stay, filter by SSLPEER and SSLCERTI.",
});
