import { DerReader } from "../../bytes/der-reader.ts";
import { Tag } from "../../bytes/der-tag.ts";
import type { Certificate } from "../../model/certificate.ts";
import { type Chain, chainFinder, type KnownSignatures } from "../../x509/chain.ts";
import { printName } from "../../x509/name.ts";
import { parseNameDer } from "../../x509/parse.ts";
import type { Entry, KeyMaterial, Passwords } from "../codec.ts";
import type {
  Block,
  CertificateBlock,
  EntryBlocks,
  KeyBlock,
  Part,
  RequestBlock,
} from "./blocks.ts";
import { storedLabel, uniqueLabel } from "./label.ts";
import { type Partner, pairKeys } from "./pairs.ts";
import { ABSENT_SCHEME } from "./private-key.ts";

/** What a key without certificate and request is called. */
const KEY_LABEL = "private key";

/**
 * Makes entries of the blocks of a file, in file order.
 *
 * A key and its certificate are a key entry, whose chain is found among the other certificates of the file;
 * a key and its request a request entry; a request alone is one without a key. A key that has neither is
 * shown as a secret. Every other certificate is a trusted entry. See docs/formats/pem.md.
 */
export async function groupBlocks(
  parts: readonly Part[],
  passwords: Passwords,
  known?: KnownSignatures,
): Promise<readonly Entry[]> {
  const blocks = parts.filter((part) => part.kind === "block");
  const pairs = await pairKeys(blocks, passwords);
  const groups = pairs.size === 0 ? blocks.map(alone) : grouped(blocks, pairs, known);
  const taken = new Map<string, number>();
  return groups.map((group) => toEntry(group, uniqueLabel(labelOf(group), taken)));
}

/** The blocks of one entry: key first, then leaf or request, then the rest of the chain. */
interface Group {
  readonly key?: KeyBlock;
  readonly request?: RequestBlock;
  readonly chain: readonly CertificateBlock[];
}

function alone(block: Block): Group {
  switch (block.role) {
    case "certificate":
      return { chain: [block] };
    case "key":
      return { key: block, chain: [] };
    case "request":
      return { request: block, chain: [] };
  }
}

function grouped(
  blocks: readonly Block[],
  pairs: ReadonlyMap<KeyBlock, Partner>,
  known: KnownSignatures | undefined,
): Group[] {
  const partners = new Set<Block>(pairs.values());
  const chains = new Chains(blocks, partners, known);
  const found = new Map<KeyBlock, Group>();
  for (const [key, partner] of pairs) {
    found.set(
      key,
      partner.role === "request"
        ? { key, request: partner, chain: [] }
        : { key, chain: chains.of(partner) },
    );
  }
  const owner = new Map<Block, KeyBlock>();
  for (const [key, partner] of pairs) owner.set(partner, key);
  const groups: Group[] = [];
  const done = new Set<KeyBlock>();
  for (const block of blocks) {
    const key = block.role === "key" ? block : owner.get(block);
    const group = key === undefined ? undefined : found.get(key);
    if (key !== undefined && group !== undefined) {
      if (!done.has(key)) groups.push(group);
      done.add(key);
    } else if (!chains.used.has(block)) {
      groups.push(alone(block));
    }
  }
  return groups;
}

/** Finds chains among the certificates of a file. Each takes copies of its own where the file has enough. */
class Chains {
  /** Blocks that stand in a chain behind its leaf. */
  readonly used = new Set<Block>();
  readonly #certificates: readonly CertificateBlock[];
  readonly #partners: ReadonlySet<Block>;
  readonly #find: (leaf: Certificate) => Chain;

  constructor(blocks: readonly Block[], partners: ReadonlySet<Block>, known?: KnownSignatures) {
    this.#certificates = blocks.filter((block) => block.role === "certificate");
    this.#partners = partners;
    this.#find = chainFinder(
      this.#certificates.map((block) => block.certificate),
      known,
    );
  }

  of(leaf: CertificateBlock): CertificateBlock[] {
    const { chainLength } = leaf.attributes;
    if (chainLength !== undefined) return this.#told(leaf, chainLength);
    const out = [leaf];
    for (const certificate of this.#find(leaf.certificate).chain.slice(1)) {
      const copies = this.#certificates.filter(
        (block) => block.certificate.sha256 === certificate.sha256,
      );
      const last = out[out.length - 1] as CertificateBlock;
      const free = copies.filter((block) => !this.used.has(block) && !this.#partners.has(block));
      const block = free.find((copy) => copy.index > last.index) ?? free[0] ?? copies[0];
      if (block === undefined) break;
      this.used.add(block);
      out.push(block);
    }
    return out;
  }

  #told(leaf: CertificateBlock, length: number): CertificateBlock[] {
    const at = this.#certificates.indexOf(leaf);
    const chain = this.#certificates.slice(at, at + length);
    for (const block of chain.slice(1)) this.used.add(block);
    return chain;
  }
}

function labelOf({ key, request, chain: [leaf] }: Group): string {
  const own = leaf ?? request;
  const given = own?.attributes.friendlyName ?? key?.attributes.friendlyName;
  if (given !== undefined) return storedLabel(given);
  if (leaf !== undefined) return storedLabel(printName(leaf.certificate.subject));
  return request === undefined ? KEY_LABEL : storedLabel(requestSubject(request.pkcs10));
}

function requestSubject(pkcs10: Uint8Array): string {
  const info = new DerReader(pkcs10, "request").sequence("request").sequence("info");
  info.next(Tag.integer, "version");
  return printName(parseNameDer(info.nextRaw(Tag.sequence, "subject"), "subject"));
}

function toEntry({ key, request, chain }: Group, label: string): Entry {
  const [leaf, ...issuers] = chain;
  const parts = [key, request, ...chain].filter((block) => block !== undefined);
  const rest: { readonly pem: EntryBlocks } = { pem: { blocks: parts } };
  if (request !== undefined) {
    const absent: KeyMaterial = {
      state: "sealed",
      scheme: ABSENT_SCHEME,
      blob: new Uint8Array(0),
    };
    return { kind: "request", label, key: key?.key ?? absent, pkcs10: request.pkcs10, rest };
  }
  if (leaf === undefined) {
    return { kind: "secret", label, algorithm: "private-key", key: (key as KeyBlock).key, rest };
  }
  if (key === undefined) {
    return { kind: "trusted", label, certificate: leaf.certificate, enabled: true, rest };
  }
  return {
    kind: "key",
    label,
    key: key.key,
    chain: [leaf.certificate, ...issuers.map((block) => block.certificate)],
    rest,
  };
}
