import type { Codec, Passwords } from "../../codecs/codec.ts";
import { type Host, MAX_STORE_BYTES } from "../../io/host.ts";
import { PkiError } from "../../model/error.ts";
import type { Secret } from "../../model/secret.ts";
import type { KeyEntry } from "../../model/store.ts";
import type { Opened } from "../open.ts";
import { resolvePassword } from "../password.ts";
import { type Proof, type ProofParty, proveExchange, type StrangerMaker } from "./handshake.ts";
import type { Party } from "./party.ts";
import { type Personal, trustedBy } from "./signers.ts";

/** One party of an exchange, as far as its proof needs it. */
export interface Provable {
  readonly party: Party;
  readonly opened: Opened;
  /** Absent: a trust store, in a one-way exchange. */
  readonly personal?: Personal;
  /** Where the key's password comes from, should the store's not open it. */
  readonly keyPassword?: string;
}

export interface ExchangeProofOptions {
  readonly oneWay: boolean;
  readonly ignoreDates: boolean;
}

/**
 * Proves an exchange over the stores' bytes: read by their codecs, keys unsealed, then used in handshakes.
 *
 * @param plannedBytes - what is about to be written; where it gives undefined, the file on disk is read
 * @throws PkiError `handshake-failed`; `key-password-wrong`
 */
export async function proveStores(
  host: Host,
  members: readonly Provable[],
  options: ExchangeProofOptions,
  plannedBytes: (party: Party) => Uint8Array | undefined,
): Promise<Proof> {
  const parties: ProofParty[] = [];
  try {
    for (const member of members) {
      const { party } = member;
      const bytes =
        plannedBytes(party) ?? (await host.files.read(party.path, MAX_STORE_BYTES)).bytes;
      parties.push(await proofParty(host, member, bytes));
    }
    return await proveExchange(host.tls, parties, await strangerMaker(host), {
      ...options,
      now: host.now(),
    });
  } finally {
    for (const party of parties) party.identity?.pkcs8.dispose();
  }
}

async function strangerMaker(host: Host): Promise<StrangerMaker> {
  const { makeStranger } = await import("../../x509/build/stranger.ts");
  return (kind, [leaf, ...issuers]) => {
    const { subject } = leaf;
    const issuer = (issuers.at(-1) ?? leaf).subject;
    const names = kind === "self-signed" ? { subject } : { subject, issuer };
    return makeStranger(names, host.now(), host.random);
  };
}

async function proofParty(host: Host, member: Provable, bytes: Uint8Array): Promise<ProofParty> {
  const { party, opened, personal } = member;
  const { codec, passwords } = opened;
  const { store } = await codec.read(bytes, passwords);
  const base = { name: party.name, path: party.path, trusted: trustedBy({ codec, store }) };
  if (personal === undefined) return base;
  const entry = store.entries.find(
    (one): one is KeyEntry =>
      one.kind === "key" &&
      one.chain[0].sha256 === personal.chain[0].sha256 &&
      codec.sameLabel(one.label, personal.entry.label),
  );
  if (entry === undefined) {
    throw new PkiError("handshake-failed", "the personal certificate is not there any more", {
      path: party.path,
      where: personal.entry.label,
    });
  }
  return {
    ...base,
    identity: { pkcs8: await unsealed(host, member, entry), chain: entry.chain },
  };
}

/** The key password is resolved only where the store's own does not open the key. */
async function unsealed(host: Host, member: Provable, entry: KeyEntry): Promise<Secret> {
  const { party, opened, keyPassword } = member;
  const { path } = party;
  const place = { path, where: entry.label };
  const first = await unseal(opened.codec, entry, opened.passwords);
  if (!(first instanceof PkiError)) return first;
  const closed = first.code === "key-password-wrong" || first.code === "password-missing";
  if (!closed) throw first.at(place);
  if (keyPassword === undefined) {
    const hint = `give the key's password: --key-password-for ${party.name}=SOURCE, or leave out the proof: --no-prove`;
    throw first.at({ ...place, hint });
  }
  const request = { option: "--key-password", store: path, source: keyPassword };
  const found = await resolvePassword(host, request, { stash: false, environment: false });
  if (found === undefined) throw first.at(place);
  const second = await unseal(opened.codec, entry, { ...opened.passwords, key: found.secret });
  if (second instanceof PkiError) throw second.at(place);
  return second;
}

async function unseal(
  codec: Codec,
  entry: KeyEntry,
  passwords: Passwords,
): Promise<Secret | PkiError> {
  try {
    return await codec.unseal(entry.key, passwords);
  } catch (error) {
    if (error instanceof PkiError) return error;
    throw error;
  }
}
