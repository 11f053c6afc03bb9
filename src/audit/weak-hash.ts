import type { Facts } from "../model/finding.ts";
import { signatureHash } from "./raw-certificate.ts";
import type { UseSubject, Verdict } from "./rule.ts";
import { subjectOf } from "./words.ts";

/**
 * A certificate whose signature rests on a broken hash.
 *
 * Nobody checks a root's own signature: there it is `onRoot`. A self-signed certificate that stands with its
 * key is presented to others, who refuse it: that is an error as any other.
 */
export function weakHash(
  { certificate, view, use }: UseSubject,
  hashes: readonly string[],
  onRoot: "warning" | "notice",
): Verdict | undefined {
  const hash = signatureHash(certificate);
  if (hash === undefined || !hashes.includes(hash)) return undefined;
  const selfIssued = view.selfIssued;
  return {
    facts: { subject: view.subject, use, algorithm: certificate.signatureAlgorithm, selfIssued },
    severity: selfIssued && use !== "personal" ? onRoot : "error",
  };
}

export function explainHash(name: string) {
  return ({ subject, use, algorithm, selfIssued }: Facts): string =>
    selfIssued === true && use !== "personal"
      ? `${subjectOf(use)} ${subject} is self-signed with ${algorithm}; ${name} is broken, though nobody needs to check a root's own signature.`
      : `${subjectOf(use)} ${subject} is signed with ${algorithm}; ${name} is broken, so others can forge such a signature.`;
}

export const fixHash = ({ use, selfIssued }: Facts): string =>
  use === "personal"
    ? "Issue the certificate anew with SHA-256: pki issue, or a request to the CA."
    : selfIssued === true
      ? "Replace the root by one that is signed with SHA-256 when its owner has one, and add that with pki add."
      : "Ask its CA for a certificate signed with SHA-256, and replace this one with pki add.";
