import type { Certificate } from "../../model/certificate.ts";
import type { ErrorCode } from "../../model/error.ts";
import type { KeyFacts, RefusedFile, StashFacts } from "../../model/inventory.ts";
import { Secret } from "../../model/secret.ts";
import type { Container, Entry, KeyMaterial, Store } from "../../model/store.ts";
import type { Opening, PasswordOrigin } from "./opening.ts";

interface Shared {
  readonly stash?: Omit<StashFacts, "path" | "file">;
}

export interface KeptRefusal extends Shared {
  readonly format?: string;
  readonly code: ErrorCode;
  readonly message: string;
  readonly where?: string;
  readonly damage?: NonNullable<RefusedFile["damage"]>;
}

/** A store without what only its codec needs. Bytes are base64, dates ISO. */
export interface KeptStore extends Shared {
  readonly container: Readonly<Record<string, unknown>>;
  readonly defaultLabel?: string;
  readonly entries: readonly KeptEntry[];
  readonly keys: readonly KeyFacts[];
  readonly origin?: PasswordOrigin;
}

export type Kept = KeptRefusal | KeptStore;

interface KeptEntry {
  readonly kind: Entry["kind"];
  readonly label: string;
  readonly created?: string;
  /** Numbers of the record's certificates. */
  readonly certificates?: readonly number[];
  readonly enabled?: boolean;
  readonly javaTrusted?: boolean;
  readonly pkcs10?: string;
  readonly algorithm?: string;
  readonly key?: { readonly scheme: string; readonly blob: string } | "open";
}

/** A result as the cache keeps it, and the certificates that it names by number. */
export interface Packed {
  readonly kept: Kept;
  readonly certificates: readonly Certificate[];
}

/** An open key is left out: only that it was open is kept. */
export function packed(opening: Opening): Packed {
  const certificates = new Map<
    string,
    { readonly at: number; readonly certificate: Certificate }
  >();
  const place = (certificate: Certificate): number => {
    const { sha256 } = certificate;
    const known = certificates.get(sha256);
    if (known !== undefined) return known.at;
    const at = certificates.size;
    certificates.set(sha256, { at, certificate });
    return at;
  };
  const kept = packedOpening(opening, place);
  return { kept, certificates: [...certificates.values()].map(({ certificate }) => certificate) };
}

type Place = (certificate: Certificate) => number;

function packedOpening(opening: Opening, place: Place): Kept {
  if ("refused" in opening) {
    const { format, code, message, where, damage, stash } = opening.refused;
    return {
      ...(format === undefined ? {} : { format }),
      code,
      message,
      ...(where === undefined ? {} : { where }),
      ...(damage === undefined ? {} : { damage }),
      ...packedStash(stash),
    };
  }
  const { store: opened, origin } = opening;
  const { rest: _, ...container } = opened.container;
  const { defaultLabel, entries } = opened.store;
  return {
    container,
    ...(defaultLabel === undefined ? {} : { defaultLabel }),
    entries: entries.map((entry) => packedEntry(entry, place)),
    keys: opened.keys,
    ...(origin === undefined ? {} : { origin }),
    ...packedStash(opened.stash),
  };
}

function packedStash(stash: StashFacts | undefined): Shared {
  if (stash === undefined) return {};
  const { path: _, file: __, ...facts } = stash;
  return { stash: facts };
}

function packedEntry(entry: Entry, place: Place): KeptEntry {
  const { kind, label, created } = entry;
  const base = {
    kind,
    label,
    ...(created === undefined ? {} : { created: created.toISOString() }),
  };
  switch (entry.kind) {
    case "key":
      return {
        ...base,
        key: packedKey(entry.key),
        certificates: entry.chain.map(place),
      };
    case "trusted":
      return {
        ...base,
        enabled: entry.enabled,
        ...(entry.javaTrusted === undefined ? {} : { javaTrusted: entry.javaTrusted }),
        certificates: [place(entry.certificate)],
      };
    case "request":
      return { ...base, key: packedKey(entry.key), pkcs10: toBase64(entry.pkcs10) };
    case "secret":
      return { ...base, key: packedKey(entry.key), algorithm: entry.algorithm };
  }
}

function packedKey(key: KeyMaterial): NonNullable<KeptEntry["key"]> {
  return key.state === "open" ? "open" : { scheme: key.scheme, blob: toBase64(key.blob) };
}

/** @throws whatever a damaged record runs into: the store is then opened anew */
export function revived(
  kept: KeptStore,
  certificateAt: (number: number) => Certificate,
): {
  container: Container;
  store: Store;
  keys: readonly KeyFacts[];
} {
  const { passwordExpires, ...container } = kept.container as unknown as Container;
  const { defaultLabel } = kept;
  return {
    container: {
      ...container,
      ...(passwordExpires === undefined ? {} : { passwordExpires: new Date(passwordExpires) }),
    },
    store: {
      entries: kept.entries.map((entry) => revivedEntry(entry, certificateAt)),
      ...(defaultLabel === undefined ? {} : { defaultLabel }),
    },
    keys: kept.keys,
  };
}

function revivedEntry(kept: KeptEntry, certificateAt: (number: number) => Certificate): Entry {
  const base = {
    label: kept.label,
    ...(kept.created === undefined ? {} : { created: new Date(kept.created) }),
  };
  const certificates = (kept.certificates ?? []).map(certificateAt);
  const [first, ...others] = certificates;
  switch (kept.kind) {
    case "key":
      if (first === undefined) throw new Error("a key without its certificate");
      return { kind: "key", ...base, key: revivedKey(kept.key), chain: [first, ...others] };
    case "trusted":
      if (first === undefined) throw new Error("a signer without its certificate");
      return {
        kind: "trusted",
        ...base,
        certificate: first,
        enabled: kept.enabled === true,
        ...(kept.javaTrusted === undefined ? {} : { javaTrusted: kept.javaTrusted }),
      };
    case "request":
      return {
        kind: "request",
        ...base,
        key: revivedKey(kept.key),
        pkcs10: fromBase64(kept.pkcs10 ?? ""),
      };
    case "secret":
      return {
        kind: "secret",
        ...base,
        key: revivedKey(kept.key),
        algorithm: kept.algorithm ?? "",
      };
  }
}

function revivedKey(key: KeptEntry["key"]): KeyMaterial {
  if (key === "open") return { state: "open", pkcs8: new Secret(new Uint8Array(0)) };
  return { state: "sealed", scheme: key?.scheme ?? "", blob: fromBase64(key?.blob ?? "") };
}

function toBase64(bytes: Uint8Array): string {
  let text = "";
  for (let at = 0; at < bytes.length; at += 8192) {
    text += String.fromCharCode(...bytes.subarray(at, at + 8192));
  }
  return btoa(text);
}

function fromBase64(text: string): Uint8Array {
  const binary = atob(text);
  const bytes = new Uint8Array(binary.length);
  for (let i = 0; i < bytes.length; i++) bytes[i] = binary.charCodeAt(i);
  return bytes;
}
