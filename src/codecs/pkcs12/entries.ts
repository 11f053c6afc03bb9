import { equalBytes } from "../../bytes/octets.ts";
import type { Certificate } from "../../model/certificate.ts";
import type { Secret } from "../../model/secret.ts";
import type { Entry, KeyMaterial } from "../../model/store.ts";
import { commonName, nameKey, printName } from "../../x509/name.ts";
import {
  allBags,
  type Bag,
  type CertificateBag,
  type PlainKeyBag,
  type SealedKeyBag,
  type SecretBag,
} from "./bag.ts";
import { chainsOf } from "./chain.ts";
import type { Safe } from "./safe.ts";

export const PKCS12_SCHEME = "pkcs12";
/** A secret bag that is not Java's: carried, never opened. */
export const CARRIED_SCHEME = "pkcs12-secret";

export type KeyBag = PlainKeyBag | SealedKeyBag;

/** The bags an entry was read from. What `Entry.rest.pkcs12` holds. */
export interface Origin {
  readonly key?: KeyBag;
  readonly certificate?: CertificateBag;
  readonly secret?: SecretBag;
  /** The label was made up here: the bag has no friendlyName. */
  readonly derived?: string;
  /** A trusted entry that Java sees as one. */
  readonly javaTrusted?: boolean;
}

export function originOf(entry: Entry): Origin | undefined {
  return entry.rest?.pkcs12 as Origin | undefined;
}

/** Opens a sealed key to compare it with certificates; undefined where it does not open. */
export type Opener = (blob: Uint8Array) => Promise<Secret | undefined>;

/**
 * Makes entries of bags. A key finds its certificate by localKeyId, else by its public key; the chain
 * follows by issuer names. A certificate that belongs to no key's chain, its leaf included, or that
 * Oracle's attribute marks, is a trusted entry. Certificates' places give the order (docs/formats/pkcs12.md#entries).
 */
export async function entriesOf(safes: readonly Safe[], open: Opener): Promise<readonly Entry[]> {
  const bags = safes.flatMap((safe) => [...allBags(safe.bags)]);
  const place = new Map<Bag, number>(bags.map((bag, i) => [bag, i]));
  const keys = bags.filter((bag) => bag.kind === "plain-key" || bag.kind === "sealed-key");
  const certificates = bags.filter((bag) => bag.kind === "certificate");
  const leaves = await leavesOf(keys, certificates, open);
  const chainOf = chainsOf(certificates.map((bag) => bag.certificate));

  const labels = new Labels();
  for (const bag of bags) if (bag.attributes.label !== undefined) labels.take(bag.attributes.label);

  const drafts: { anchor: number; entry: () => Entry }[] = [];
  const chained = new Set<string>();
  for (const key of keys) {
    const leaf = leaves.get(key);
    const chain = leaf === undefined ? undefined : chainOf(leaf.certificate);
    for (const { sha256 } of chain ?? []) chained.add(sha256);
    drafts.push({
      anchor: place.get(leaf ?? key) as number,
      entry: () =>
        leaf === undefined || chain === undefined
          ? bareKeyEntry(key, labels)
          : keyEntry(key, leaf, chain, labels),
    });
  }
  const claimed = new Set(leaves.values());
  for (const bag of certificates) {
    if (claimed.has(bag)) continue;
    if (!bag.attributes.trusted && chained.has(bag.certificate.sha256)) continue;
    drafts.push({
      anchor: place.get(bag) as number,
      entry: () => trustedEntry(bag, labels),
    });
  }
  for (const bag of bags) {
    if (bag.kind !== "secret") continue;
    drafts.push({ anchor: place.get(bag) as number, entry: () => secretEntry(bag, labels) });
  }
  return drafts.sort((a, b) => a.anchor - b.anchor).map((draft) => draft.entry());
}

function keyMaterial(bag: KeyBag): KeyMaterial {
  return bag.kind === "plain-key"
    ? { state: "open", pkcs8: bag.pkcs8 }
    : { state: "sealed", scheme: PKCS12_SCHEME, blob: bag.blob };
}

interface Named {
  readonly label: string;
  readonly created?: Date;
  readonly rest: { readonly pkcs12: Origin };
}

function named(
  stored: string | undefined,
  derive: () => string,
  keyId: Uint8Array | undefined,
  origin: Origin,
): Named {
  const label = stored ?? derive();
  const created = createdOf(keyId);
  return {
    label,
    ...(created === undefined ? {} : { created }),
    rest: { pkcs12: stored === undefined ? { ...origin, derived: label } : origin },
  };
}

function keyEntry(
  key: KeyBag,
  leaf: CertificateBag,
  chain: readonly [Certificate, ...Certificate[]],
  labels: Labels,
): Entry {
  const stored = key.attributes.label ?? leaf.attributes.label;
  const subject = leaf.certificate;
  return {
    kind: "key",
    ...named(stored, () => labels.derive(subjectLabel(subject)), key.attributes.keyId, {
      key,
      certificate: leaf,
    }),
    key: keyMaterial(key),
    chain,
  };
}

/** A key without a certificate is kept, though no product can use it: as in a JKS, a secret. */
function bareKeyEntry(key: KeyBag, labels: Labels): Entry {
  return {
    kind: "secret",
    ...named(key.attributes.label, () => labels.derive("private-key"), key.attributes.keyId, {
      key,
    }),
    algorithm: "private-key",
    key: keyMaterial(key),
  };
}

function trustedEntry(bag: CertificateBag, labels: Labels): Entry {
  const { label, trusted } = bag.attributes;
  return {
    kind: "trusted",
    // A trusted entry has no date of its own: its localKeyId, if any, is about a key.
    ...named(label, () => labels.derive(subjectLabel(bag.certificate)), undefined, {
      certificate: bag,
      javaTrusted: trusted,
    }),
    certificate: bag.certificate,
    enabled: true,
    javaTrusted: trusted,
  };
}

function secretEntry(bag: SecretBag, labels: Labels): Entry {
  const { label, keyId } = bag.attributes;
  return {
    kind: "secret",
    ...named(label, () => labels.derive("secret-key"), keyId, { secret: bag }),
    // What it is stands inside the sealed key.
    algorithm: bag.blob === undefined ? bag.type : "secret-key",
    key:
      bag.blob === undefined
        ? { state: "sealed", scheme: CARRIED_SCHEME, blob: bag.value }
        : { state: "sealed", scheme: PKCS12_SCHEME, blob: bag.blob },
  };
}

function subjectLabel(certificate: Certificate): string {
  const text = printName(certificate.subject);
  return text === "" ? (commonName(certificate.subject) ?? "certificate") : text;
}

/** Labels in use, compared as Java compares them. */
class Labels {
  readonly #taken = new Set<string>();

  take(label: string): void {
    this.#taken.add(label.toLowerCase());
  }

  /** `base`, or `base (2)` and so on where it is taken: the same file always gives the same labels. */
  derive(base: string): string {
    let label = base;
    for (let i = 2; this.#taken.has(label.toLowerCase()); i++) label = `${base} (${i})`;
    this.take(label);
    return label;
  }
}

const TIME = "Time ";

/** Java's localKeyId is the text `Time <milliseconds>`: when the entry was made. */
export function createdOf(keyId: Uint8Array | undefined): Date | undefined {
  if (keyId === undefined || keyId.length > 32) return undefined;
  const text = String.fromCharCode(...keyId);
  if (!text.startsWith(TIME) || !/^-?\d{1,20}$/.test(text.slice(TIME.length))) return undefined;
  const created = new Date(Number(text.slice(TIME.length)));
  return Number.isNaN(created.getTime()) ? undefined : created;
}

/** The certificate of each key. One certificate may belong to two keys only by its localKeyId. */
async function leavesOf(
  keys: readonly KeyBag[],
  certificates: readonly CertificateBag[],
  open: Opener,
): Promise<ReadonlyMap<KeyBag, CertificateBag>> {
  const leaves = new Map<KeyBag, CertificateBag>();
  const byId = new Map<string, CertificateBag[]>();
  for (const bag of certificates) {
    const id = idText(bag.attributes.keyId);
    if (id === undefined) continue;
    const others = byId.get(id);
    if (others === undefined) byId.set(id, [bag]);
    else others.push(bag);
  }
  const claimed = new Set<CertificateBag>();
  const without: KeyBag[] = [];
  for (const key of keys) {
    const candidates = byId.get(idText(key.attributes.keyId) ?? "") ?? [];
    const leaf = bestOf(key, candidates, claimed);
    if (leaf === undefined) {
      without.push(key);
    } else {
      leaves.set(key, leaf);
      claimed.add(leaf);
    }
  }
  for (const key of without) {
    const left = certificates.filter((bag) => !claimed.has(bag));
    const leaf = await matchingOf(key, left, open);
    if (leaf === undefined) continue;
    leaves.set(key, leaf);
    claimed.add(leaf);
  }
  return leaves;
}

function idText(keyId: Uint8Array | undefined): string | undefined {
  return keyId === undefined ? undefined : String.fromCharCode(...keyId.subarray(0, 256));
}

/**
 * Among certificates of one localKeyId: not marked as trusted, not another key's, of the key's label,
 * and no issuer of another candidate (some writers give a whole chain the leaf's id). A certificate
 * that another key has is used again only where there is no other.
 */
function bestOf(
  key: KeyBag,
  candidates: readonly CertificateBag[],
  claimed: ReadonlySet<CertificateBag>,
): CertificateBag | undefined {
  const narrow = (
    from: readonly CertificateBag[],
    keep: (bag: CertificateBag) => boolean,
  ): readonly CertificateBag[] => {
    const kept = from.filter(keep);
    return kept.length === 0 ? from : kept;
  };
  let left = narrow(candidates, (bag) => !claimed.has(bag));
  left = narrow(left, (bag) => !bag.attributes.trusted);
  const label = key.attributes.label?.toLowerCase();
  left = narrow(left, (bag) => bag.attributes.label?.toLowerCase() === label);
  if (left.length > 1) {
    const issuers = new Set(
      left
        .filter(({ certificate }) => nameKey(certificate.issuer) !== nameKey(certificate.subject))
        .map(({ certificate }) => nameKey(certificate.issuer)),
    );
    left = narrow(left, ({ certificate }) => !issuers.has(nameKey(certificate.subject)));
  }
  return left[0];
}

/** By public key, which needs the private one: only where the file does not say it by ids. */
async function matchingOf(
  key: KeyBag,
  certificates: readonly CertificateBag[],
  open: Opener,
): Promise<CertificateBag | undefined> {
  if (certificates.length === 0) return undefined;
  const pkcs8 = key.kind === "plain-key" ? key.pkcs8 : await open(key.blob);
  if (pkcs8 === undefined) return byLabel(key, certificates);
  const { publicKeyInfo } = await import("../../x509/private-key.ts");
  try {
    const spki = pkcs8.use(publicKeyInfo);
    const matching = certificates.filter(({ certificate }) =>
      equalBytes(certificate.publicKey.spki, spki),
    );
    return matching.find((bag) => !bag.attributes.trusted) ?? matching[0];
  } catch {
    return byLabel(key, certificates); // a key of a kind that has no public form here
  } finally {
    if (key.kind !== "plain-key") pkcs8.dispose();
  }
}

/** What Java does without ids: the same label. */
function byLabel(key: KeyBag, certificates: readonly CertificateBag[]): CertificateBag | undefined {
  const label = key.attributes.label?.toLowerCase();
  if (label === undefined) return undefined;
  return certificates.find(
    (bag) => !bag.attributes.trusted && bag.attributes.label?.toLowerCase() === label,
  );
}
