import { createHash } from "node:crypto";
import type { Codec, Passwords, ReadResult } from "../../src/codecs/codec.ts";
import { PkiError } from "../../src/model/error.ts";
import type { Entry, KeyMaterial } from "../../src/model/store.ts";

/** One entry as tests compare it: everything that a visit must not change. */
export interface EntryView {
  readonly label: string;
  readonly kind: Entry["kind"];
  readonly created: string | null;
  readonly enabled?: boolean;
  /** SHA-256 of each certificate, leaf first; for a request of its PKCS#10. */
  readonly chain: readonly string[];
  readonly subject?: string;
  /** SHA-256 of the PKCS#8, or why it did not open. */
  readonly key?: string;
}

export interface StoreView {
  readonly format: string;
  readonly version: string;
  readonly protection: string;
  readonly integrity: string;
  readonly iterations?: number;
  readonly passwordExpires?: string;
  readonly defaultLabel?: string;
  readonly entries: readonly EntryView[];
}

export function sha256(bytes: Uint8Array): string {
  return createHash("sha256").update(bytes).digest("hex");
}

/** The view of a whole store, its keys opened. `keyPassword` may know better than `passwords`. */
export async function storeView(
  codec: Codec,
  { store, container }: ReadResult,
  passwords: Passwords,
  keyPassword: (label: string) => Passwords | undefined = () => undefined,
): Promise<StoreView> {
  const entries: EntryView[] = [];
  for (const entry of store.entries) {
    entries.push(await entryView(codec, entry, keyPassword(entry.label) ?? passwords));
  }
  return {
    format: container.format,
    version: container.version,
    protection: container.protection,
    integrity: container.integrity,
    ...(container.iterations === undefined ? {} : { iterations: container.iterations }),
    ...(container.passwordExpires === undefined
      ? {}
      : { passwordExpires: container.passwordExpires.toISOString() }),
    ...(store.defaultLabel === undefined ? {} : { defaultLabel: store.defaultLabel }),
    entries,
  };
}

async function entryView(codec: Codec, entry: Entry, passwords: Passwords): Promise<EntryView> {
  const common = {
    label: entry.label,
    kind: entry.kind,
    created: entry.created?.toISOString() ?? null,
  };
  switch (entry.kind) {
    case "key":
      return {
        ...common,
        chain: entry.chain.map((certificate) => sha256(certificate.der)),
        subject: commonName(entry.chain[0].subject.rdns.flat()),
        key: await keyView(codec, entry.key, passwords),
      };
    case "trusted":
      return {
        ...common,
        enabled: entry.enabled,
        chain: [sha256(entry.certificate.der)],
        subject: commonName(entry.certificate.subject.rdns.flat()),
      };
    case "request":
      return {
        ...common,
        chain: [sha256(entry.pkcs10)],
        key: await keyView(codec, entry.key, passwords),
      };
    case "secret":
      return { ...common, chain: [], key: await keyView(codec, entry.key, passwords) };
  }
}

async function keyView(codec: Codec, key: KeyMaterial, passwords: Passwords): Promise<string> {
  try {
    const open = await codec.unseal(key, passwords);
    return open.use(sha256);
  } catch (error) {
    if (error instanceof PkiError) return error.code;
    throw error;
  }
}

function commonName(attributes: readonly { type: string; value: string }[]): string {
  return attributes.find((attribute) => attribute.type === "2.5.4.3")?.value ?? "";
}
