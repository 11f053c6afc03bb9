import type { CertificateRecord, InventoryView } from "./inventory-view.ts";

/** Every path that places of an inventory may name, each once. */
export function pathsOf({ stores, refused, crls, settings }: InventoryView): ReadonlySet<string> {
  return new Set([
    ...stores.map(({ path }) => path),
    ...refused.map(({ path }) => path),
    ...crls.flatMap(({ paths }) => paths),
    ...settings.map(({ path }) => path),
  ]);
}

/** An inventory without what stands at other paths: a rule that is off there does not look there. */
export function partOf(whole: InventoryView, covers: (path: string) => boolean): InventoryView {
  const certificates = new Map<string, CertificateRecord>();
  for (const [sha256, record] of whole.certificates) {
    const standings = record.standings.filter(({ store }) => covers(store.path));
    if (standings.length === record.standings.length) certificates.set(sha256, record);
    else if (standings.length > 0) certificates.set(sha256, { ...record, standings });
  }
  return {
    certificates,
    stores: whole.stores.filter(({ path }) => covers(path)),
    refused: whole.refused.filter(({ path }) => covers(path)),
    settings: whole.settings.filter(({ path }) => covers(path)),
    crls: whole.crls.flatMap(({ crl, paths }) => {
      const left = paths.filter(covers);
      return left.length === 0 ? [] : [{ crl, paths: left }];
    }),
  };
}
