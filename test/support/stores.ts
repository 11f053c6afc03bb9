import { randomBytes } from "node:crypto";
import { writeFileSync } from "node:fs";
import type { Codec, NewContainer } from "../../src/codecs/codec.ts";
import { Secret } from "../../src/model/secret.ts";
import type { Entry, KeyEntry, Store, TrustedEntry } from "../../src/model/store.ts";
import { parseCertificate } from "../../src/x509/parse.ts";
import type { Identity } from "./openssl-certificates.ts";

/** Random bytes for tests against real tools, where nothing has to be repeatable. */
export function anyRandom(count: number): Uint8Array {
  return new Uint8Array(randomBytes(count));
}

/** A key entry with an open key; the chain is the identity's own certificate, then its issuers. */
export function keyEntry(label: string, own: Identity, ...issuers: readonly Identity[]): KeyEntry {
  return {
    kind: "key",
    label,
    key: { state: "open", pkcs8: new Secret(own.pkcs8.slice()) },
    chain: [parseCertificate(own.der), ...issuers.map((issuer) => parseCertificate(issuer.der))],
  };
}

export function signerEntry(label: string, signer: Identity, enabled = true): TrustedEntry {
  return { kind: "trusted", label, certificate: parseCertificate(signer.der), enabled };
}

/** Writes a new store with a codec: what `pki` would write, without the command line. */
export async function writeStore(
  path: string,
  codec: Codec,
  entries: readonly Entry[],
  password: string,
  options: NewContainer & { readonly defaultLabel?: string } = {},
): Promise<void> {
  const { defaultLabel, ...container } = options;
  const store: Store = { entries, ...(defaultLabel === undefined ? {} : { defaultLabel }) };
  const bytes = await codec.write(
    store,
    codec.create(container, anyRandom),
    { store: Secret.fromText(password) },
    anyRandom,
  );
  writeFileSync(path, bytes, { mode: 0o600 });
}
