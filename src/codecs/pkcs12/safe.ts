import { berToDer } from "../../bytes/ber.ts";
import { DerReader } from "../../bytes/der-reader.ts";
import { contextConstructed, contextTag, Tag } from "../../bytes/der-tag.ts";
import { der } from "../../bytes/der-writer.ts";
import { concat, equalBytes } from "../../bytes/octets.ts";
import type { KdfBudget } from "../../crypto/kdf.ts";
import type { PasswordBytes } from "../../crypto/password.ts";
import { type CipherKey, decryptPbe, derivePbe, renewPbe, sealPbe } from "../../crypto/pbe.ts";
import { encodePbe, type Pbe, readPbe } from "../../crypto/pbe-scheme.ts";
import { PkiError } from "../../model/error.ts";
import type { Random } from "../codec.ts";
import { type Bag, type BagCount, encodeBags, readBags } from "./bag.ts";
import { Oid } from "./oid.ts";

/** One part of a file: bags, in clear or encrypted as a whole. */
export interface Safe {
  /** Undefined for contents in clear. */
  readonly pbe?: Pbe;
  readonly bags: readonly Bag[];
}

/** An encrypted part whose derivation was started before the MAC was checked. */
export interface Started {
  readonly algorithm: Uint8Array;
  readonly key: Promise<CipherKey>;
}

/** Derivations that may be started early, and their iterations together: a wrong password wastes them. */
const MAX_STARTED = 4;
const MAX_STARTED_ITERATIONS = 1_000_000;
/** More parts than this are nobody's. */
const MAX_SAFES = 1000;

interface EncryptedPart {
  readonly algorithm: Uint8Array;
  readonly ciphertext: Uint8Array;
}

/** PKCS#7 EncryptedData (RFC 2315 §13), the reader standing in its ContentInfo after the type. */
function readEncrypted(info: DerReader): EncryptedPart {
  const explicit = info.enter(contextConstructed(0), "encrypted");
  info.finish("the content info");
  const data = explicit.sequence("");
  explicit.finish("the encrypted data");
  data.unsigned("version", 2);
  const content = data.sequence("content");
  if (data.peek() === contextConstructed(1)) data.next(); // unprotected attributes say nothing here
  data.finish("the encrypted data");
  if (content.oid("content type") !== Oid.data) content.fail("the encrypted content is not data");
  const algorithm = content.nextRaw(Tag.sequence, "encryption algorithm");
  const ciphertext = readImplicitOctets(content);
  content.finish("the encrypted content");
  return { algorithm, ciphertext };
}

/** `[0] IMPLICIT OCTET STRING`, which BER may have cut into pieces. */
function readImplicitOctets(reader: DerReader): Uint8Array {
  if (reader.peek() !== contextConstructed(0)) {
    return reader.content(reader.next(contextTag(0), "encrypted content"));
  }
  const pieces = reader.enter(contextConstructed(0), "encrypted content");
  const parts: Uint8Array[] = [];
  while (!pieces.done) parts.push(pieces.octetString("piece"));
  return concat(parts);
}

/** A reader over each ContentInfo of an AuthenticatedSafe. */
function contentInfos(content: Uint8Array): DerReader[] {
  const outer = new DerReader(berToDer(content, "authSafe"), "authSafe");
  const list = outer.sequence("");
  outer.finish("the authenticated safe");
  const infos: DerReader[] = [];
  while (!list.done) {
    if (infos.length === MAX_SAFES) {
      throw new PkiError("limit-exceeded", `more than ${MAX_SAFES} parts`, { where: "authSafe" });
    }
    infos.push(list.enter(Tag.sequence, `${infos.length}`));
  }
  return infos;
}

/**
 * Starts the PBKDF2 and scrypt derivations of a file in the thread pool, to run while the MAC is
 * computed here. Nothing is decrypted with them before the MAC was found right, and nothing that is
 * wrong with the file is told from here: the content is not to be believed yet.
 */
export function startDerivations(
  content: Uint8Array,
  password: PasswordBytes,
  budget: KdfBudget,
): readonly Started[] {
  const started: Started[] = [];
  let iterations = 0;
  try {
    for (const info of contentInfos(content)) {
      if (info.oid() !== Oid.encryptedData) continue;
      const { algorithm } = readEncrypted(info);
      const pbe = readPbe(algorithm);
      if (pbe.kdf.kind !== "pbkdf2" && pbe.kdf.kind !== "scrypt") continue;
      iterations += pbe.kdf.iterations;
      if (started.length === MAX_STARTED || iterations > MAX_STARTED_ITERATIONS) break;
      const key = derivePbe(pbe, password, budget);
      key.catch(() => undefined); // judged again, and reported, when it is used
      started.push({ algorithm, key });
    }
  } catch {
    // Malformed: the real reading says so, after the MAC.
  }
  return started;
}

export interface SafeReading {
  /** Undefined: nothing encrypted can be read. */
  readonly password: PasswordBytes | undefined;
  readonly budget: KdfBudget;
  readonly started: readonly Started[];
}

/** One part, its frame read. */
interface Part {
  readonly info: DerReader;
  readonly content: Uint8Array;
  /** Set for encrypted contents. */
  readonly encryption?: { readonly pbe: Pbe; readonly early: Promise<CipherKey> | undefined };
}

/**
 * Reads the AuthenticatedSafe, decrypting what is encrypted. What all derivations cost together is
 * judged before the first starts.
 *
 * @throws PkiError `password-missing`; `key-password-wrong` where decryption fails; `format-malformed`,
 *   `format-unsupported`, `limit-exceeded`
 */
export async function readSafes(
  content: Uint8Array,
  { password, budget, started }: SafeReading,
): Promise<readonly Safe[]> {
  const parts = contentInfos(content).map((info) => readPart(info, started));
  for (const { info, encryption } of parts) {
    if (encryption === undefined) continue;
    if (password === undefined) {
      throw new PkiError("password-missing", "the contents are encrypted", {
        where: info.where,
        hint: "give the password of the store",
      });
    }
    if (encryption.early === undefined) budget.spend(encryption.pbe.kdf.iterations, info.where);
  }
  const safes: Safe[] = [];
  const counter: BagCount = { count: 0 };
  for (const part of parts) {
    const { info, encryption } = part;
    if (encryption === undefined || password === undefined) {
      safes.push({ bags: readBags(info, part.content, counter) });
      continue;
    }
    const { pbe, early } = encryption;
    const key = await (early ?? derivePbe(pbe, password, undefined, info.where, budget.chains));
    // The key is wiped after use, and a second part of the same algorithm would find zeros.
    const own = { key: key.key.slice(), iv: key.iv };
    const plaintext = decryptPbe(pbe, own, part.content, info.where);
    safes.push({ pbe, bags: readBags(info, plaintext, counter) });
  }
  return safes;
}

function readPart(info: DerReader, started: readonly Started[]): Part {
  const type = info.oid("content type");
  if (type === Oid.data) {
    const explicit = info.enter(contextConstructed(0), "");
    info.finish("the content info");
    const content = explicit.octetString("contents");
    explicit.finish("the content info");
    return { info, content };
  }
  if (type !== Oid.encryptedData) {
    const detail = type === Oid.envelopedData ? "encrypted for a key" : `of type ${type}`;
    throw new PkiError("format-unsupported", `contents ${detail} are not supported`, {
      where: info.where,
    });
  }
  const { algorithm, ciphertext } = readEncrypted(info);
  const pbe = readPbe(algorithm, info.where);
  const early = started.find((one) => equalBytes(one.algorithm, algorithm))?.key;
  return { info, content: ciphertext, encryption: { pbe, early } };
}

/** AuthenticatedSafe as DER, every encrypted part under a fresh salt and IV. */
export async function encodeSafes(
  safes: readonly Safe[],
  password: PasswordBytes,
  random: Random,
): Promise<Uint8Array> {
  // Salts are drawn in order, before anything runs in parallel: a seeded write is repeatable.
  const renewed = safes.map(({ pbe, bags }) => ({
    bags,
    pbe: pbe === undefined ? undefined : renewPbe(pbe, random),
  }));
  const parts = await Promise.all(
    renewed.map(async ({ pbe, bags }) => {
      const plaintext = encodeBags(bags);
      if (pbe === undefined) {
        return der.sequence(der.oid(Oid.data), der.explicit(0, der.octetString(plaintext)));
      }
      const ciphertext = await sealPbe(pbe, plaintext, password);
      plaintext.fill(0);
      return der.sequence(
        der.oid(Oid.encryptedData),
        der.explicit(
          0,
          der.sequence(
            der.integer(0),
            der.sequence(der.oid(Oid.data), encodePbe(pbe), der.tlv(contextTag(0), ciphertext)),
          ),
        ),
      );
    }),
  );
  return der.sequence(...parts);
}
