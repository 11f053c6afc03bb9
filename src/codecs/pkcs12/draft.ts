import { equalBytes } from "../../bytes/octets.ts";
import { PkiError } from "../../model/error.ts";
import type { Entry, KeyEntry, SecretEntry, TrustedEntry } from "../../model/store.ts";
import { sameName } from "../../x509/name.ts";
import {
  type AttributeChange,
  type Attributes,
  changeAttributes,
  NO_ATTRIBUTES,
} from "./attribute.ts";
import { type Bag, type CertificateBag, javaSecretBag } from "./bag.ts";
import { CARRIED_SCHEME, type KeyBag, type Origin, originOf } from "./entries.ts";
import { KeyIds } from "./key-id.ts";
import type { WrittenKeys } from "./seal.ts";

/** The bags that one entry becomes, each with the bag of the file whose place it takes. */
export interface EntryBags {
  readonly entry: Entry;
  /** What stands for the entry in the order of the file: leaf, trusted certificate, secret or bare key. */
  readonly main: Bag;
  readonly mainWas?: Bag;
  /** A key entry's key. */
  readonly key?: Bag;
  readonly keyWas?: Bag;
}

export interface Drafting {
  readonly keys: WrittenKeys;
  /** The bags of the file that is written again: an origin elsewhere is another file's. */
  readonly own: ReadonlySet<Bag>;
  /** Entries whose derived label must be written, since reading would derive another. */
  readonly explicit: ReadonlySet<Entry>;
  /** Trusted entries that stand in a key's chain: reading sees them only with Oracle's attribute. */
  readonly marked: ReadonlySet<Entry>;
}

/** Turns entries into bags: untouched ones as they were, others with their attributes changed. */
export function draftEntries(entries: readonly Entry[], drafting: Drafting): readonly EntryBags[] {
  const ids = new KeyIds(entries, drafting.own);
  return entries.map((entry) => draftEntry(entry, drafting, ids));
}

function draftEntry(entry: Entry, drafting: Drafting, ids: KeyIds): EntryBags {
  switch (entry.kind) {
    case "key":
      return draftKey(entry, drafting, ids);
    case "trusted":
      return draftTrusted(entry, drafting);
    case "secret":
      return draftSecret(entry, drafting, ids);
    case "request":
      throw new PkiError("format-cannot-hold", "PKCS#12 holds no certificate request", {
        where: entry.label,
        hint: "keep the request where it was made, and add the certificate with its key",
      });
  }
}

/** The entry's bags where they are this file's. */
function ownOrigin(entry: Entry, { own }: Drafting): Origin {
  const origin = originOf(entry);
  const main = origin?.certificate ?? origin?.secret ?? origin?.key;
  return origin !== undefined && main !== undefined && own.has(main) ? origin : {};
}

/** Is the label to be left out, because the bag has none and reading derives the same again? */
function isDerived(entry: Entry, drafting: Drafting): boolean {
  return ownOrigin(entry, drafting).derived === entry.label && !drafting.explicit.has(entry);
}

/** The attributes with what differs from them; untouched where nothing does. */
function changed(was: Attributes, wanted: AttributeChange): Attributes {
  const { label, keyId, trusted } = wanted;
  const change: AttributeChange = {
    ...(label === undefined || label === was.label ? {} : { label }),
    ...(keyId === undefined || (was.keyId !== undefined && equalBytes(keyId, was.keyId))
      ? {}
      : { keyId }),
    ...(trusted === undefined || was.trusted ? {} : { trusted }),
  };
  return Object.keys(change).length === 0 ? was : changeAttributes(was, change);
}

function draftKey(entry: KeyEntry, drafting: Drafting, ids: KeyIds): EntryBags {
  refuseBrokenChain(entry);
  const [leaf] = entry.chain;
  const { key: oldKey, certificate: oldLeaf } = ownOrigin(entry, drafting);
  const keyWas = oldKey?.attributes ?? NO_ATTRIBUTES;
  const sameLeaf = oldLeaf?.certificate.sha256 === leaf.sha256;
  const leafWas = oldLeaf !== undefined && sameLeaf ? oldLeaf.attributes : NO_ATTRIBUTES;
  const keyId = ids.ofKey(entry);
  const id = keyId === undefined ? {} : { keyId };
  // Untouched, each bag keeps its own label or lack of one; a new label goes on both, as in Java's files.
  const stored = keyWas.label ?? leafWas.label;
  const rename = isDerived(entry, drafting) || stored === entry.label ? {} : { label: entry.label };
  const renameLeaf = sameLeaf ? rename : stored === undefined ? rename : { label: entry.label };
  const main: CertificateBag = {
    kind: "certificate",
    certificate: leaf,
    attributes: changed(leafWas, { ...renameLeaf, ...id }),
  };
  return {
    entry,
    main,
    key: keyBag(entry, oldKey, changed(keyWas, { ...rename, ...id }), drafting),
    ...(oldLeaf === undefined ? {} : { mainWas: oldLeaf }),
    ...(oldKey === undefined ? {} : { keyWas: oldKey }),
  };
}

function keyBag(
  entry: KeyEntry | SecretEntry,
  old: KeyBag | undefined,
  attributes: Attributes,
  { keys }: Drafting,
): KeyBag {
  const written = keys.get(entry);
  if (written === "plain" && old?.kind === "plain-key") return { ...old, attributes };
  return { kind: "sealed-key", attributes, blob: written as Uint8Array };
}

function refuseBrokenChain(entry: KeyEntry): void {
  for (const [i, certificate] of entry.chain.entries()) {
    const issuer = entry.chain[i + 1];
    if (issuer === undefined || sameName(certificate.issuer, issuer.subject)) continue;
    throw new PkiError("format-cannot-hold", "the chain is not in the order of its issuers", {
      where: entry.label,
      hint: "PKCS#12 keeps certificates side by side: each must name the next as its issuer",
    });
  }
}

function draftTrusted(entry: TrustedEntry, drafting: Drafting): EntryBags {
  if (!entry.enabled) {
    throw new PkiError("format-cannot-hold", "PKCS#12 has no way to switch trust off", {
      where: entry.label,
      hint: "remove the entry, or keep it in a KDB",
    });
  }
  const { certificate: old } = ownOrigin(entry, drafting);
  const same = old?.certificate.sha256 === entry.certificate.sha256;
  const was = old !== undefined && same ? old.attributes : NO_ATTRIBUTES;
  const mark = old === undefined || !same || drafting.marked.has(entry);
  const attributes = changed(was, {
    ...(isDerived(entry, drafting) ? {} : { label: entry.label }),
    ...(mark ? { trusted: true as const } : {}),
  });
  return {
    entry,
    main: { kind: "certificate", certificate: entry.certificate, attributes },
    ...(old === undefined ? {} : { mainWas: old }),
  };
}

function draftSecret(entry: SecretEntry, drafting: Drafting, ids: KeyIds): EntryBags {
  const { key: oldKey, secret: oldSecret } = ownOrigin(entry, drafting);
  const old = oldKey ?? oldSecret;
  const keyId = ids.ofSecret(entry);
  const attributes = changed(old?.attributes ?? NO_ATTRIBUTES, {
    ...(isDerived(entry, drafting) ? {} : { label: entry.label }),
    ...(keyId === undefined ? {} : { keyId }),
  });
  return {
    entry,
    main: secretMain(entry, oldKey, oldSecret?.type, attributes, drafting),
    ...(old === undefined ? {} : { mainWas: old }),
  };
}

function secretMain(
  entry: SecretEntry,
  oldKey: KeyBag | undefined,
  oldType: string | undefined,
  attributes: Attributes,
  drafting: Drafting,
): Bag {
  if (entry.key.state === "sealed" && entry.key.scheme === CARRIED_SCHEME) {
    const type = oldType ?? entry.algorithm;
    return { kind: "secret", type, attributes, value: entry.key.blob };
  }
  if (oldKey !== undefined || entry.algorithm === "private-key") {
    return keyBag(entry, oldKey, attributes, drafting);
  }
  return javaSecretBag(drafting.keys.get(entry) as Uint8Array, attributes);
}
