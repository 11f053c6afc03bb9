import type { Pbe } from "../../crypto/pbe-scheme.ts";
import { PkiError } from "../../model/error.ts";
import { NO_ATTRIBUTES } from "./attribute.ts";
import { allBags, type Bag, type CertificateBag } from "./bag.ts";
import type { EntryBags } from "./draft.ts";
import type { Safe } from "./safe.ts";

/** The certificates above the leaves that no entry of their own holds, found or new. */
interface Signers {
  /** Certificate bags of the file that are no entry's, and needed. */
  readonly kept: ReadonlySet<Bag>;
  /** New bags, by the entry whose chain needs them first. */
  readonly added: ReadonlyMap<EntryBags, readonly CertificateBag[]>;
}

/**
 * Every certificate of a chain once: in an entry's own bag, in a bag of the file, or in a new one. What
 * the file has twice stays there twice.
 */
function signersOf(entries: readonly EntryBags[], safes: readonly Safe[]): Signers {
  const needed = new Set<string>();
  const provided = new Set<string>();
  const fresh = new Set<string>();
  const taken = new Set<Bag>();
  for (const { entry, main, mainWas } of entries) {
    if (entry.kind === "key") for (const { sha256 } of entry.chain) needed.add(sha256);
    if (main.kind === "certificate") {
      provided.add(main.certificate.sha256);
      if (mainWas === undefined) fresh.add(main.certificate.sha256);
    }
    if (mainWas !== undefined) taken.add(mainWas);
  }
  const kept = new Set<Bag>();
  for (const bag of safes.flatMap((safe) => [...allBags(safe.bags)])) {
    if (bag.kind !== "certificate" || taken.has(bag)) continue;
    const { sha256 } = bag.certificate;
    if (!needed.has(sha256)) continue;
    // An entry was made of it: its bag says all that this one does, unless it has attributes.
    if (fresh.has(sha256) && bag.attributes.all.length === 0) continue;
    if (bag.attributes.trusted) continue; // was an entry of its own, and was removed
    kept.add(bag);
    provided.add(sha256);
  }
  const added = new Map<EntryBags, CertificateBag[]>();
  for (const bags of entries) {
    if (bags.entry.kind !== "key") continue;
    for (const signer of bags.entry.chain.slice(1)) {
      if (provided.has(signer.sha256)) continue;
      provided.add(signer.sha256);
      const bag = { kind: "certificate", certificate: signer, attributes: NO_ATTRIBUTES } as const;
      added.set(bags, [...(added.get(bags) ?? []), bag]);
    }
  }
  return { kept, added };
}

/**
 * The file as it was, with every bag in its old place, the removed ones gone and new ones at the end
 * of the part that holds their kind.
 *
 * @param certificatePbe - for a new part of certificates; undefined: in clear
 */
export function arrangeAsFound(
  entries: readonly EntryBags[],
  found: readonly Safe[],
  certificatePbe: Pbe | undefined,
): readonly Safe[] {
  const signers = signersOf(entries, found);
  const replaced = new Map<Bag, Bag>();
  const newCertificates: Bag[] = [];
  const newKeys: Bag[] = [];
  for (const bags of entries) {
    if (bags.mainWas === undefined) newCertificates.push(bags.main);
    else replaced.set(bags.mainWas, bags.main);
    newCertificates.push(...(signers.added.get(bags) ?? []));
    if (bags.key === undefined) continue;
    if (bags.keyWas === undefined) newKeys.push(bags.key);
    else replaced.set(bags.keyWas, bags.key);
  }
  const keep = (list: readonly Bag[]): Bag[] =>
    list.flatMap((bag): Bag[] => {
      if (bag.kind === "nested") return [{ ...bag, bags: keep(bag.bags) }];
      if (bag.kind === "other" || signers.kept.has(bag)) return [bag];
      const now = replaced.get(bag);
      return now === undefined ? [] : [now];
    });
  const safes = found.map((safe) => ({ ...safe, bags: keep(safe.bags) }));
  const place = (bags: readonly Bag[], kinds: readonly Bag["kind"][], pbe: Pbe | undefined) => {
    if (bags.length === 0) return;
    const at = found.findLastIndex((safe) => safe.bags.some((bag) => kinds.includes(bag.kind)));
    const target = safes[at];
    if (target !== undefined) target.bags.push(...bags);
    else safes.push({ ...(pbe === undefined ? {} : { pbe }), bags: [...bags] });
  };
  place(newKeys, ["sealed-key", "plain-key"], undefined);
  place(newCertificates, ["certificate"], certificatePbe);
  return safes.filter((safe, i) => safe.bags.length > 0 || found[i]?.bags.length === 0);
}

/**
 * The usual two parts: keys in clear contents (each is sealed by itself), then certificates, secrets
 * and everything carried, encrypted as a whole. The order of entries is that of the second part.
 */
export function arrangeAnew(
  entries: readonly EntryBags[],
  found: readonly Safe[],
  certificatePbe: Pbe | undefined,
): readonly Safe[] {
  const signers = signersOf(entries, found);
  const keys: Bag[] = [];
  const others: Bag[] = [];
  for (const bags of entries) {
    if (bags.key !== undefined) keys.push(bags.key);
    others.push(bags.main, ...(signers.added.get(bags) ?? []));
  }
  for (const bag of found.flatMap((safe) => carried(safe.bags))) {
    if (bag.kind === "other" || signers.kept.has(bag)) others.push(bag);
  }
  const plain = keys.some((bag) => bag.kind === "plain-key");
  const encrypted = certificatePbe === undefined ? {} : { pbe: certificatePbe };
  return [
    // A key in clear was inside an encrypted part: it goes into one again.
    ...(keys.length === 0 ? [] : [{ ...(plain ? encrypted : {}), bags: keys }]),
    ...(others.length === 0 ? [] : [{ ...encrypted, bags: others }]),
  ];
}

function carried(bags: readonly Bag[]): Bag[] {
  return bags.flatMap((bag): Bag[] => {
    if (bag.kind !== "nested") return [bag];
    if (bag.attributes.all.length > 0) {
      throw new PkiError(
        "format-cannot-hold",
        "bags inside a bag with attributes cannot be put in another order",
      );
    }
    return carried(bag.bags);
  });
}
