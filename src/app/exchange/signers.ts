import type { Codec } from "../../codecs/codec.ts";
import type { Certificate } from "../../model/certificate.ts";
import { addEntry, replaceEntry } from "../../model/edit.ts";
import { PkiError } from "../../model/error.ts";
import type { KeyEntry, Store, TrustedEntry } from "../../model/store.ts";
import { MQ_LABEL_PREFIX } from "../../products/ibm-mq.ts";
import { completeChain } from "../../x509/chain.ts";
import { commonName, printName } from "../../x509/name.ts";

/** The label under which MQ looks for the certificate of a queue manager or a user. */
export function mqLabel(name: string): string {
  return `${MQ_LABEL_PREFIX}${name.toLowerCase()}`;
}

/** A store that takes part, as far as it matters who signs for whom. */
export interface Holder {
  readonly name: string;
  readonly path: string;
  readonly codec: Codec;
  readonly store: Store;
  /** Labels that the store must not use for anything else, such as those of pending requests. */
  readonly reserved: readonly string[];
}

/** The certificate that stands for a party, and what others must trust so that they accept it. */
export interface Personal {
  readonly entry: KeyEntry;
  /** Leaf first, up to the self-signed root. */
  readonly chain: readonly [Certificate, ...Certificate[]];
  /** The CAs of the chain, nearest first, or the certificate itself where it is self-signed. */
  readonly signers: readonly Signer[];
}

export interface Signer {
  readonly certificate: Certificate;
  /** The label it should get where it is added. */
  readonly label: string;
  /** Where its owner keeps it: an entry of its own, or a place in the chain of a key entry. */
  readonly source: { readonly label: string; readonly chainIndex: number };
}

/** What became of one signer in one store. */
export interface Placed {
  readonly certificate: Certificate;
  readonly label: string;
  readonly state: "added" | "present" | "switched-off";
  /** The label that was wanted and belongs to another certificate there. */
  readonly insteadOf?: string;
}

/**
 * The personal certificate of a store: the label that was asked for, else MQ's label, else the default,
 * else the only key.
 *
 * @throws PkiError `label-unknown` with the candidates as hint
 */
export function personalEntry(
  holder: Holder,
  asked: { readonly label?: string; readonly mq?: string },
): KeyEntry {
  const keys = holder.store.entries.filter((entry): entry is KeyEntry => entry.kind === "key");
  const named = (label: string) =>
    keys.find((entry) => entry.label === label) ??
    keys.find((entry) => holder.codec.sameLabel(entry.label, label));
  const { path } = holder;
  const candidates = keys.map((entry) => JSON.stringify(entry.label)).join(", ");
  if (asked.label !== undefined) {
    const found = named(asked.label);
    if (found !== undefined) return found;
    throw new PkiError("label-unknown", "has no personal certificate with that label", {
      path,
      where: asked.label,
      hint: keys.length === 0 ? "it has no personal certificate at all" : `it has ${candidates}`,
    });
  }
  if (asked.mq !== undefined) {
    const found = named(mqLabel(asked.mq));
    if (found !== undefined) return found;
    throw new PkiError("label-unknown", "has no personal certificate with MQ's label", {
      path,
      where: mqLabel(asked.mq),
      hint:
        keys.length === 0
          ? `make one: pki issue peer ${path} --label ${mqLabel(asked.mq)}`
          : `it has ${candidates}`,
    });
  }
  if (keys.length === 0) {
    throw new PkiError(
      "label-unknown",
      "has no personal certificate, so there is nothing to trust",
      {
        path,
        hint: "make one with `pki issue peer`, or add a certificate to the other store with `pki add`",
      },
    );
  }
  const forMq = keys.filter((entry) => entry.label.startsWith(MQ_LABEL_PREFIX));
  const [only] = forMq.length === 1 ? forMq : keys;
  const { defaultLabel } = holder.store;
  const preferred = defaultLabel === undefined ? undefined : named(defaultLabel);
  if (forMq.length !== 1 && preferred !== undefined) return preferred;
  if (only !== undefined && (forMq.length === 1 || keys.length === 1)) return only;
  throw new PkiError(
    "label-unknown",
    "has several personal certificates, and none is the default",
    {
      path,
      hint: `choose with --label ${holder.name}=LABEL: it has ${candidates}`,
    },
  );
}

/**
 * Completes the chain of a personal certificate up to its root, from its own store and, failing that,
 * from the stores of the others.
 *
 * @throws PkiError `chain-incomplete` naming the issuer that is missing
 */
export function personalOf(holder: Holder, entry: KeyEntry, others: readonly Holder[]): Personal {
  const own = [...entry.chain.slice(1), ...certificatesOf(holder.store)];
  const pool = [...own, ...others.flatMap((other) => certificatesOf(other.store))];
  const { chain, complete } = completeChain(entry.chain[0], pool);
  if (!complete) {
    const last = chain.at(-1) as Certificate;
    throw new PkiError(
      "chain-incomplete",
      `the chain of its personal certificate ends below a root: the certificate of ${printName(last.issuer)} is missing`,
      {
        path: holder.path,
        where: entry.label,
        hint: `add that CA's certificate first: pki add ${holder.path} FILE`,
      },
    );
  }
  const cas = chain.length === 1 ? chain : chain.slice(1);
  const signers = cas.map((certificate, i): Signer => {
    const chainIndex = chain.length === 1 ? 0 : i + 1;
    const label = holder.store.entries.find(
      (one) => one.kind === "trusted" && one.certificate.sha256 === certificate.sha256,
    )?.label;
    const source =
      label === undefined ? { label: entry.label, chainIndex } : { label, chainIndex: 0 };
    const wanted = label ?? (chainIndex === 0 ? entry.label : "");
    return { certificate, label: wanted === "" ? labelFromName(certificate) : wanted, source };
  });
  return { entry, chain, signers };
}

/** `CN=Server Root,O=Example` → `server-root`; without a common name the whole subject. */
export function labelFromName(certificate: Certificate): string {
  const name = commonName(certificate.subject);
  const slug = (name ?? "")
    .toLowerCase()
    .replace(/[^\p{L}\p{N}.@_]+/gu, "-")
    .replace(/^-+|-+$/g, "");
  if (slug !== "") return slug;
  const subject = printName(certificate.subject);
  return subject === "" ? certificate.sha256.slice(0, 16) : subject;
}

/**
 * Adds signers to a store. One that is there already, by SHA-256, is left alone, also where its trust
 * is switched off: somebody did that on purpose. A label that another certificate has gets a number.
 */
export function placeSigners(
  holder: Holder,
  signers: readonly Pick<Signer, "certificate" | "label">[],
  now: Date,
): { readonly store: Store; readonly placed: readonly Placed[] } {
  let store = holder.store;
  const placed: Placed[] = [];
  for (const { certificate, label: wanted } of signers) {
    const there = presentAs({ ...holder, store }, certificate);
    if (there !== undefined) {
      placed.push({ certificate, ...there });
      continue;
    }
    const stored = holder.codec.storedLabel(wanted);
    const label = freeLabel({ ...holder, store }, stored);
    const entry: TrustedEntry = {
      kind: "trusted",
      label,
      certificate,
      enabled: true,
      created: now,
    };
    store = addEntry(store, entry);
    const taken = label === stored ? {} : { insteadOf: stored };
    placed.push({ certificate, label, state: "added", ...taken });
  }
  return { store, placed };
}

function presentAs(
  holder: Holder,
  certificate: Certificate,
): Pick<Placed, "label" | "state"> | undefined {
  const same = holder.store.entries.filter(
    (entry): entry is TrustedEntry =>
      entry.kind === "trusted" && entry.certificate.sha256 === certificate.sha256,
  );
  const [entry] = [...same.filter((one) => one.enabled), ...same];
  if (entry !== undefined) {
    return { label: entry.label, state: entry.enabled ? "present" : "switched-off" };
  }
  if (!isText(holder.codec)) return undefined;
  const inChain = holder.store.entries.find(
    (one) => one.kind === "key" && one.chain.some(({ sha256 }) => sha256 === certificate.sha256),
  );
  return inChain === undefined ? undefined : { label: inChain.label, state: "present" };
}

function freeLabel(holder: Holder, wanted: string): string {
  const taken = [...holder.store.entries.map((entry) => entry.label), ...holder.reserved];
  const free = (label: string) => !taken.some((other) => holder.codec.sameLabel(other, label));
  if (free(wanted)) return wanted;
  for (let n = 2; ; n++) if (free(`${wanted}-${n}`)) return `${wanted}-${n}`;
}

/**
 * Makes sure that a store holds the whole chain of its own personal certificate, which it must present.
 * A key database keeps the CAs as signers (without them GSKit sends no certificate, and says nothing);
 * the other formats keep them in the key's own entry.
 */
export function completeOwn(
  holder: Holder,
  personal: Personal,
  now: Date,
): { readonly store: Store; readonly placed: readonly Placed[] } {
  if (holder.codec.format === "kdb") {
    return placeSigners(holder, personal.chain.length === 1 ? [] : personal.signers, now);
  }
  const { entry, chain } = personal;
  if (entry.chain.length >= chain.length) return { store: holder.store, placed: [] };
  const placed = chain
    .slice(entry.chain.length)
    .map((certificate): Placed => ({ certificate, label: entry.label, state: "added" }));
  return { store: replaceEntry(holder.store, entry.label, { ...entry, chain }), placed };
}

/** Exactly the certificates that a product which opens this store trusts. */
export function trustedBy({
  codec,
  store,
}: Pick<Holder, "codec" | "store">): readonly Certificate[] {
  if (isText(codec)) return certificatesOf(store);
  return store.entries.flatMap((entry) =>
    entry.kind === "trusted" && entry.enabled ? [entry.certificate] : [],
  );
}

/** A PEM file has no trust marks: whatever certificate stands in it is trusted by who is given it. */
function isText(codec: Codec): boolean {
  return codec.format === "pem" || codec.format === "der";
}

function certificatesOf(store: Store): readonly Certificate[] {
  return store.entries.flatMap((entry) =>
    entry.kind === "trusted" ? [entry.certificate] : entry.kind === "key" ? entry.chain : [],
  );
}
