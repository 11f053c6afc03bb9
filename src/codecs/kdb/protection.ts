import { DerReader } from "../../bytes/der-reader.ts";
import { Tag } from "../../bytes/der-tag.ts";
import { der } from "../../bytes/der-writer.ts";
import { oneStepPbe, type Pbe, pbes2Pbe, readPbe } from "../../crypto/pbe-scheme.ts";
import { PkiError } from "../../model/error.ts";
import type { ProtectionFact } from "../../model/store.ts";
import type { Protection, Random } from "../codec.ts";
import type { KdbVersion } from "./layout.ts";

/** How a new key is sealed in a database of each version: what GSKit itself does there. */
export const DEFAULT_PROTECTION: Readonly<Record<KdbVersion, string>> = {
  "3": "pbe-sha1-3des-draft",
  "4": "pbe-sha1-3des",
  "6": "pbes2-aes256-sha384",
};

/**
 * How new keys can be sealed. Every one is read in a file of every version.
 *
 * What none of them changes: the header's verifier answers a password guess with one hash, so only
 * the length of the password protects the file.
 */
export const PROTECTIONS: readonly [Protection, ...Protection[]] = [
  { id: "pbe-sha1-3des", weak: false, readBy: "GSKit: its own choice in version 4" },
  { id: "pbes2-aes256-sha384", weak: false, readBy: "GSKit 8: its own choice in version 6" },
  { id: "pbe-sha1-3des-draft", weak: true, readBy: "GSKit: its own choice in version 3" },
  { id: "pbe-md5-des", weak: true, readBy: "GSKit: its own choice on z/OS" },
];

/** How an EncryptedPrivateKeyInfo is sealed. */
export interface Sealing {
  /** Id of a protection, or a name of the same form for one that is only read. */
  readonly id: string;
  /** Undefined where the algorithm is not known, or asks for more than any key may. */
  readonly pbe: Pbe | undefined;
  /** Why `pbe` is undefined. */
  readonly refusal: PkiError | undefined;
  readonly ciphertext: Uint8Array;
}

/** SHA-1 and triple DES by an early draft of PKCS#12: the derivation of 1.12.1.3 over the password's bare bytes. */
const DRAFT_OID = "1.2.840.113549.1.12.5.1.3";
const DRAFT_ID = "pbe-sha1-3des-draft";
const STANDARD_ID = "pbe-sha1-3des";

/** Salt bytes and iterations of new keys: as GSKit itself writes them (docs/formats/kdb.md, "Private keys"). */
const NEW_KEYS: Readonly<Record<string, { readonly salt: number; readonly iterations: number }>> = {
  [DRAFT_ID]: { salt: 8, iterations: 5 },
  "pbe-md5-des": { salt: 8, iterations: 5 },
  [STANDARD_ID]: { salt: 20, iterations: 10 },
  "pbes2-aes256-sha384": { salt: 20, iterations: 4096 },
};

/**
 * Reads how a key is sealed, without opening it. An algorithm that is not known does not keep the
 * certificates from being listed: the refusal comes when the key is opened.
 *
 * @param sealed - whole EncryptedPrivateKeyInfo (RFC 5208 §6)
 * @throws PkiError `format-malformed`
 */
export function sealingOf(sealed: Uint8Array, where = "key"): Sealing {
  const outer = new DerReader(sealed, where);
  const reader = outer.sequence("");
  outer.finish("the sealed key");
  const algorithm = reader.nextRaw(Tag.sequence, "algorithm");
  const ciphertext = reader.octetString("encrypted key");
  reader.finish("the sealed key");
  const oid = new DerReader(algorithm, where).sequence("algorithm").oid("algorithm");
  try {
    const pbe = readPbe(oid === DRAFT_OID ? asStandard(algorithm) : algorithm, where);
    return { id: idOf(pbe, oid), pbe, refusal: undefined, ciphertext };
  } catch (error) {
    if (!(error instanceof PkiError) || error.code === "format-malformed") throw error;
    return { id: oid, pbe: undefined, refusal: error, ciphertext };
  }
}

/** True where the password enters as its bare bytes instead of 16 bits for each. */
export function takesBareBytes(sealing: Sealing): boolean {
  return sealing.id === DRAFT_ID;
}

/** A scheme for a new key, and its AlgorithmIdentifier's OID where that is not the scheme's own. */
export function newScheme(protection: string, random: Random): Pbe {
  const settings = NEW_KEYS[protection];
  if (settings === undefined) throw new PkiError("usage", `no key is sealed with ${protection}`);
  const salt = random(settings.salt);
  if (protection === "pbes2-aes256-sha384") {
    const pbe = pbes2Pbe("aes256", "sha384", salt, random(16), settings.iterations);
    return pbe.kdf.kind === "pbkdf2" ? { ...pbe, kdf: { ...pbe.kdf, keyLength: 32 } } : pbe;
  }
  return oneStepPbe(protection === DRAFT_ID ? STANDARD_ID : protection, salt, settings.iterations);
}

/** The AlgorithmIdentifier of the draft around the parameters of its standard successor. */
export function asDraft(algorithm: Uint8Array): Uint8Array {
  return withOid(algorithm, DRAFT_OID);
}

function asStandard(algorithm: Uint8Array): Uint8Array {
  return withOid(algorithm, "1.2.840.113549.1.12.1.3");
}

function withOid(algorithm: Uint8Array, oid: string): Uint8Array {
  const reader = new DerReader(algorithm).sequence("algorithm");
  reader.next(Tag.oid);
  return der.sequence(der.oid(oid), reader.rest());
}

function idOf(pbe: Pbe, oid: string): string {
  if (oid === DRAFT_OID) return DRAFT_ID;
  if (pbe.kdf.kind === "pbkdf2") return `${pbe.id}-${pbe.kdf.prf}`;
  return pbe.kdf.kind === "scrypt" ? `${pbe.id}-scrypt` : pbe.id;
}

/** The hash behind verifier and integrity value (docs/formats/kdb.md), then each distinct way a key is sealed. */
export function factsOf(version: KdbVersion, used: readonly Sealing[]): readonly ProtectionFact[] {
  const hash = { "3": "md5", "4": "hmac-sha1", "6": "hmac-sha384" } as const;
  const facts = new Map<string, ProtectionFact>();
  for (const { id, pbe } of used) {
    const kdf =
      pbe === undefined ? {} : { iterations: pbe.kdf.iterations, saltBytes: pbe.kdf.salt.length };
    const fact: ProtectionFact = { of: "keys", scheme: id, ...kdf };
    facts.set(JSON.stringify(fact), fact);
  }
  return [{ of: "mac", scheme: hash[version] }, ...facts.values()];
}

/** What a file's keys use: the one protection, or the weakest where they differ; none without a key. */
export function protectionOf(used: readonly Sealing[]): string | undefined {
  const ids = new Set(used.map((sealing) => sealing.id));
  const known = PROTECTIONS.map((protection) => protection.id);
  const strange = [...ids].find((id) => !known.includes(id));
  const weakestFirst = ["pbe-md5-des", DRAFT_ID, STANDARD_ID, "pbes2-aes256-sha384"];
  return weakestFirst.find((id) => ids.has(id)) ?? strange;
}
