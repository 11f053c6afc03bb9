import { DerReader } from "../../bytes/der-reader.ts";
import { Tag } from "../../bytes/der-tag.ts";
import { toHex } from "../../bytes/octets.ts";
import { KdfBudget } from "../../crypto/kdf.ts";
import { PkiError } from "../../model/error.ts";
import { basicConstraints } from "../../x509/extensions.ts";
import { nameKey } from "../../x509/name.ts";
import { publicKeyInfo, samePublicKey } from "../../x509/private-key.ts";
import type { Passwords } from "../codec.ts";
import type { Block, CertificateBlock, KeyBlock, RequestBlock } from "./blocks.ts";
import { unsealKey } from "./private-key.ts";

/** What a key goes with. */
export type Partner = CertificateBlock | RequestBlock;

/** More certificates than these are not compared with a key one by one; equal encodings are found in any number. */
const MAX_COMPARED = 1000;

/**
 * Finds the certificate or request of each key of a file.
 *
 * By public key where the key is open or one of `passwords` opens it; a key that stays closed goes by `localKeyID`, then
 * by place: the leaf right behind it, right before it, the only leaf, the only certificate, the only request.
 */
export async function pairKeys(
  blocks: readonly Block[],
  passwords: Passwords,
): Promise<ReadonlyMap<KeyBlock, Partner>> {
  const keys = blocks.filter((block) => block.role === "key");
  const pairs = new Map<KeyBlock, Partner>();
  if (keys.length === 0) return pairs;
  const free = new Set(blocks.filter((block) => block.role !== "key"));
  const pair = (key: KeyBlock, partner: Partner | undefined): void => {
    if (partner === undefined) return;
    pairs.set(key, partner);
    free.delete(partner);
  };

  const budget = new KdfBudget();
  const byPublicKey = new PublicKeys([...free]);
  const closed: KeyBlock[] = [];
  for (const key of keys) {
    const publicKey = await publicKeyOf(key, passwords, budget);
    if (publicKey === undefined) closed.push(key);
    else pair(key, byPublicKey.find(publicKey, key, free));
  }
  for (const key of closed) {
    const { localKeyId } = key.attributes;
    if (localKeyId === undefined) continue;
    pair(
      key,
      [...free].find((block) => block.attributes.localKeyId === localKeyId),
    );
  }
  const left = closed.filter((key) => !pairs.has(key));
  if (left.length > 0) pairByPlace(blocks, left, free, pair);
  return pairs;
}

function pairByPlace(
  blocks: readonly Block[],
  keys: readonly KeyBlock[],
  free: ReadonlySet<Partner>,
  pair: (key: KeyBlock, partner: Partner | undefined) => void,
): void {
  const issuers = new Set(
    blocks.flatMap((block) =>
      block.role === "certificate" && !isSelfIssued(block)
        ? [nameKey(block.certificate.issuer)]
        : [],
    ),
  );
  const isLeaf = (block: Block | undefined): block is Partner =>
    block !== undefined &&
    block.role !== "key" &&
    free.has(block) &&
    (block.role === "request" ||
      block.attributes.chainLength !== undefined ||
      (basicConstraints(block.certificate)?.ca !== true &&
        !issuers.has(nameKey(block.certificate.subject))));
  const place = new Map(blocks.map((block, i) => [block, i]));
  const waiting: KeyBlock[] = [];
  for (const key of keys) {
    const at = place.get(key) as number;
    const beside = [blocks[at + 1], blocks[at - 1]].find(isLeaf);
    if (beside === undefined) waiting.push(key);
    else pair(key, beside);
  }
  const [only, ...more] = waiting;
  if (only === undefined || more.length > 0) return;
  const certificates = [...free].filter((block) => block.role === "certificate");
  const requests = [...free].filter((block) => block.role === "request");
  pair(only, one(certificates.filter(isLeaf)) ?? one(certificates) ?? one(requests));
}

function one<T>(list: readonly T[]): T | undefined {
  return list.length === 1 ? list[0] : undefined;
}

function isSelfIssued({ certificate }: CertificateBlock): boolean {
  return nameKey(certificate.subject) === nameKey(certificate.issuer);
}

async function publicKeyOf(
  { key }: KeyBlock,
  passwords: Passwords,
  budget: KdfBudget,
): Promise<Uint8Array | undefined> {
  if (key.state === "sealed" && passwords.key === undefined && passwords.store === undefined) {
    return undefined;
  }
  try {
    const secret = await unsealKey(key, passwords, budget);
    try {
      return secret.use(publicKeyInfo);
    } finally {
      secret.dispose();
    }
  } catch (error) {
    // Reading shows what is there: a key that does not open says so when it is opened.
    if (error instanceof PkiError) return undefined;
    throw error;
  }
}

/** The public keys of certificates and requests, to be found by encoding first and by value after that. */
class PublicKeys {
  readonly #bySpki = new Map<string, Partner[]>();
  readonly #all: readonly Partner[];

  constructor(partners: readonly Partner[]) {
    this.#all = partners;
    for (const partner of partners) {
      const key = toHex(publicKeyOfPartner(partner));
      const others = this.#bySpki.get(key);
      if (others === undefined) this.#bySpki.set(key, [partner]);
      else others.push(partner);
    }
  }

  /** Certificates before requests, those behind the key before those in front of it. */
  find(spki: Uint8Array, key: KeyBlock, free: ReadonlySet<Partner>): Partner | undefined {
    const equal = this.#bySpki.get(toHex(spki));
    const found =
      equal ??
      this.#all
        .slice(0, MAX_COMPARED)
        .filter((partner) => samePublicKey(spki, publicKeyOfPartner(partner)));
    const candidates = found.filter((partner) => free.has(partner));
    const certificates = candidates.filter((partner) => partner.role === "certificate");
    const pool = certificates.length > 0 ? certificates : candidates;
    return pool.find((partner) => partner.index > key.index) ?? pool[pool.length - 1];
  }
}

function publicKeyOfPartner(partner: Partner): Uint8Array {
  if (partner.role === "certificate") return partner.certificate.publicKey.spki;
  const info = new DerReader(partner.pkcs10).sequence("request").sequence("info");
  info.next(Tag.integer, "version");
  info.next(Tag.sequence, "subject");
  return info.nextRaw(Tag.sequence, "subjectPKInfo");
}
