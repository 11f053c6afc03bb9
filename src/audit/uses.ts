import type { Certificate } from "../model/certificate.ts";
import type { OpenedStore } from "../model/inventory.ts";
import type { CertificateView } from "./certificate-view.ts";
import type { UseSubject } from "./rule.ts";
import type { StoreView } from "./store-view.ts";

/** Every certificate of a store where it stands, in file order: signers, and keys with their chains. */
export function usesOf(
  store: OpenedStore,
  whole: StoreView,
  viewOf: (certificate: Certificate) => CertificateView,
): UseSubject[] {
  const uses: UseSubject[] = [];
  for (const entry of store.store.entries) {
    if (entry.kind === "trusted") {
      const { certificate } = entry;
      const view = viewOf(certificate);
      uses.push({ certificate, view, use: "signer", entry, store, whole });
    } else if (entry.kind === "key") {
      for (const [i, certificate] of entry.chain.entries()) {
        const use = i === 0 ? "personal" : "chain";
        uses.push({ certificate, view: viewOf(certificate), use, entry, store, whole });
      }
    }
  }
  return uses;
}
