import type { CertificateView } from "./certificate-view.ts";
import { publicCa } from "./public-cas.ts";
import type { StoreView } from "./store-view.ts";

/** Signers of public CAs in a store from this number on are a bundle, and told as one. */
export const BUNDLE = 3;

/** Whether a trusted certificate is a CA's: it says so and may sign, or it signed another one of the store. */
export function isTrustedCa(view: CertificateView, whole: StoreView): boolean {
  if (!view.ca) return false;
  const { keyUsage } = view;
  if (keyUsage !== undefined) return keyUsage.includes("keyCertSign");
  return whole.issuesHere(view);
}

/**
 * Whether a trusted certificate is a peer's own: self-signed and without the rights of a CA. Self-signed
 * certificates with CA:TRUE and no key usage, as openssl req makes them, may be either: they count as none.
 */
export function isSelfSignedPeer(view: CertificateView, whole: StoreView): boolean {
  if (!view.selfIssued || view.certificate.version !== 3 || whole.issuesHere(view)) return false;
  return !view.ca || view.extendedKeyUsage !== undefined;
}

/** The signers that are a public CA's, roots and intermediates. */
export function publicSigners(
  whole: StoreView,
): readonly { readonly view: CertificateView; readonly ca: string }[] {
  return whole.once("publicSigners", () =>
    whole.signers.flatMap((view) => {
      const ca = view.ca ? publicCa(view.certificate.subject) : undefined;
      return ca === undefined ? [] : [{ view, ca }];
    }),
  );
}
