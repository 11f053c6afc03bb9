import type { Certificate } from "../model/certificate.ts";
import type { Place } from "../model/finding.ts";
import type { OpenedStore } from "../model/inventory.ts";
import type { Entry } from "../model/store.ts";
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

/** Where an entry is: a key by its own certificate. */
export function placeOf(path: string, entry: Entry): Place {
  const certificate =
    entry.kind === "key"
      ? entry.chain[0]
      : entry.kind === "trusted"
        ? entry.certificate
        : undefined;
  return certificate === undefined
    ? { path, label: entry.label }
    : { path, label: entry.label, sha256: certificate.sha256 };
}
