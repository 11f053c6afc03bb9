import { DerReader, Tag } from "../../bytes/der.ts";
import type { Protection } from "../codec.ts";
import type { KdbVersion } from "./layout.ts";

/** How a new key is sealed in a database of each version: what GSKit itself does there. */
export const DEFAULT_PROTECTION: Readonly<Record<KdbVersion, string>> = {
  "3": "pbe-sha1-3des-draft",
  "4": "pbe-sha1-3des",
  "6": "pbes2-aes256-sha384",
};

/**
 * How keys can be sealed. Every one is read in a file of every version.
 *
 * What none of them changes: the header's verifier answers a password guess with one hash, so only
 * the length of the password protects the file.
 */
export const PROTECTIONS: readonly [Protection, ...Protection[]] = [
  {
    id: "pbe-sha1-3des",
    weak: false,
    readBy: "GSKit 7 and later (version 4), any version of the file",
  },
  { id: "pbes2-aes256-sha384", weak: false, readBy: "GSKit 8.0.50 and later (version 6)" },
  { id: "pbe-sha1-3des-draft", weak: true, readBy: "every GSKit (version 3)" },
  { id: "pbe-md5-des", weak: true, readBy: "every GSKit, z/OS included (version 3)" },
];

/** OIDs of the algorithms around a private key. */
export const Oid = {
  draftSha1TripleDes: "1.2.840.113549.1.12.5.1.3",
  md5Des: "1.2.840.113549.1.5.3",
  sha1TripleDes: "1.2.840.113549.1.12.1.3",
  pbes2: "1.2.840.113549.1.5.13",
  pbkdf2: "1.2.840.113549.1.5.12",
} as const;

const HASHES: Readonly<Record<string, string>> = {
  "1.2.840.113549.2.7": "sha1",
  "1.2.840.113549.2.8": "sha224",
  "1.2.840.113549.2.9": "sha256",
  "1.2.840.113549.2.10": "sha384",
  "1.2.840.113549.2.11": "sha512",
};

const CIPHERS: Readonly<Record<string, string>> = {
  "1.2.840.113549.3.7": "3des",
  "2.16.840.1.101.3.4.1.2": "aes128",
  "2.16.840.1.101.3.4.1.22": "aes192",
  "2.16.840.1.101.3.4.1.42": "aes256",
};

/** What an EncryptedPrivateKeyInfo says of itself. */
export interface Sealing {
  /** Id of a protection, or a name of the same form for one that is only read. */
  readonly id: string;
  /** OID of the algorithm. */
  readonly algorithm: string;
  /** Derivation iterations; 0 where the algorithm is not known. */
  readonly iterations: number;
}

/** Higher counts cannot be shown; opening refuses far earlier. */
const MAX_SHOWN_ITERATIONS = 0x7fff_ffff;

/**
 * Reads how a key is sealed, without opening it.
 *
 * @param sealed - whole EncryptedPrivateKeyInfo (RFC 5208 §6)
 * @throws PkiError `format-malformed`, `limit-exceeded`
 */
export function sealingOf(sealed: Uint8Array): Sealing {
  const outer = new DerReader(sealed, "key").sequence("");
  const identifier = outer.sequence("algorithm");
  outer.next(Tag.octetString, "encrypted key");
  outer.finish("the encrypted key");
  const algorithm = identifier.oid("algorithm");
  if (algorithm === Oid.pbes2) return pbes2Of(identifier);
  const id = PBE_IDS[algorithm];
  if (id === undefined) return { id: algorithm, algorithm, iterations: 0 };
  const parameters = identifier.sequence("parameters");
  parameters.octetString("salt");
  return { id, algorithm, iterations: parameters.unsigned("iterations", MAX_SHOWN_ITERATIONS) };
}

const PBE_IDS: Readonly<Record<string, string>> = {
  [Oid.draftSha1TripleDes]: "pbe-sha1-3des-draft",
  [Oid.md5Des]: "pbe-md5-des",
  [Oid.sha1TripleDes]: "pbe-sha1-3des",
};

function pbes2Of(identifier: DerReader): Sealing {
  const parameters = identifier.sequence("parameters");
  const derivation = parameters.sequence("derivation");
  const scheme = parameters.sequence("cipher").oid("cipher");
  const cipher = CIPHERS[scheme] ?? scheme;
  const function_ = derivation.oid("derivation");
  const algorithm = Oid.pbes2;
  if (function_ !== Oid.pbkdf2) {
    return { id: `pbes2-${cipher}-${function_}`, algorithm, iterations: 0 };
  }
  const details = derivation.sequence("pbkdf2");
  details.next(Tag.octetString, "salt");
  const iterations = details.unsigned("iterations", MAX_SHOWN_ITERATIONS);
  details.optional(Tag.integer, "key length");
  const prf = details.optional(Tag.sequence, "prf");
  const oid = prf === undefined ? undefined : details.inside(prf).oid("prf");
  const hash = oid === undefined ? "sha1" : (HASHES[oid] ?? oid); // RFC 8018 A.2: absent is SHA-1
  return { id: `pbes2-${cipher}-${hash}`, algorithm, iterations };
}

/** What a file's keys use: the one protection, or the weakest where they differ; none without a key. */
export function protectionOf(used: readonly Sealing[]): string | undefined {
  const ids = new Set(used.map((sealing) => sealing.id));
  if (ids.size <= 1) return used[0]?.id;
  const known = PROTECTIONS.map((protection) => protection.id);
  const rank = ["pbe-md5-des", "pbe-sha1-3des-draft", "pbe-sha1-3des"];
  return rank.find((id) => ids.has(id)) ?? [...ids].find((id) => !known.includes(id));
}
