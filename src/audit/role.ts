import type { CertificateView } from "./certificate-view.ts";
import type { UseSubject } from "./rule.ts";

/**
 * An end certificate that somebody presents: a key's own, or one that stands alone in a PEM or DER file,
 * where the key is elsewhere. Trusted peers in stores are not judged as such.
 */
export function isPresented({ use, view, store }: UseSubject): boolean {
  if (use === "personal") return true;
  const { format } = store.container;
  return use === "signer" && (format === "pem" || format === "der") && !view.ca && !view.selfIssued;
}

/**
 * As `isPresented`, and of version 3: what an older one lacks of extensions is one fault, told by version-not-3.
 */
export function presentsExtensions(subject: UseSubject): boolean {
  return isPresented(subject) && subject.view.certificate.version >= 3;
}

/** Whether extended key usage lets it be used so; without the extension anything goes (RFC 5280 §4.2.1.12). */
export function mayBe(view: CertificateView, purpose: "serverAuth" | "clientAuth"): boolean {
  const purposes = view.extendedKeyUsage;
  return (
    purposes === undefined || purposes.includes(purpose) || purposes.includes("anyExtendedKeyUsage")
  );
}

/** CA:TRUE and the right to sign certificates said outright, and no purpose of an end certificate. */
export function isCaByTrade(view: CertificateView): boolean {
  return (
    view.basicConstraints?.ca === true &&
    view.keyUsage?.includes("keyCertSign") === true &&
    view.extendedKeyUsage === undefined
  );
}

/**
 * Whether it stands above another certificate of its store: in a key's chain, or as a signer that made
 * the signature of another one.
 */
export function isIssuerIn({ use, view, whole }: UseSubject): boolean {
  return use === "chain" || (use === "signer" && whole.issuesHere(view));
}
