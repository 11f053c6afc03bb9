import { concat, equalBytes } from "../../bytes/octets.ts";
import { writePem } from "../../bytes/pem.ts";
import type { Certificate } from "../../model/certificate.ts";
import { PkiError } from "../../model/error.ts";
import type { Container, Entry, KeyMaterial, Passwords, Random, Store } from "../codec.ts";
import { withBagAttributes } from "./bag-attributes.ts";
import {
  type Block,
  blocksOf,
  type Layout,
  layoutOf,
  rawOf,
  readParts,
  sameMaterial,
} from "./blocks.ts";
import { groupBlocks } from "./group.ts";
import { storedLabel } from "./label.ts";
import { ABSENT_SCHEME, PKCS8_SCHEME, sealPkcs8, TRADITIONAL_SCHEME } from "./private-key.ts";

/**
 * Writes a PEM text. What was read and not touched is put back byte for byte with the text around it.
 *
 * New blocks go behind those of the entry before. What was written is read again; where it would not
 * give the same entries, labels are put above their blocks as `Bag Attributes`, and after that the file
 * is put into the order of the entries, each leaf telling the length of its chain.
 *
 * @throws PkiError `format-cannot-hold`; `password-missing` where a key would have to be written plain
 */
export async function writePemStore(
  store: Store,
  container: Container,
  passwords: Passwords,
  random: Random,
): Promise<Uint8Array> {
  if (store.defaultLabel !== undefined) {
    refuse("a PEM file has no default label", store.defaultLabel);
  }
  const layout = layoutOf(container);
  if (store.entries.length === 0 && layout.parts.every((part) => part.kind !== "text")) {
    throw new PkiError("format-cannot-hold", "a PEM file without entries would be empty", {
      hint: "add the first certificate at once, with pki add",
    });
  }
  const drafts: Draft[] = [];
  for (const entry of store.entries) {
    drafts.push(await draftOf(entry, layout, container, passwords, random));
  }
  const lineBreak = usesCrlf(layout) ? "\r\n" : "\n";
  for (const arrange of [inPlace, inOrder]) {
    for (const named of ["needed", "all"] as const) {
      const plain = arrange(drafts, layout);
      let bytes = render(plain, new Set(), lineBreak);
      let found = await compare(bytes, drafts);
      if (found.same && found.renamed.size > 0) {
        const marked = named === "all" ? new Set(drafts) : found.renamed;
        bytes = render(plain, marked, lineBreak);
        found = await compare(bytes, drafts);
      }
      if (found.same && found.renamed.size === 0) return bytes;
    }
  }
  throw new PkiError("format-cannot-hold", "these entries would not read back from a PEM file", {
    hint: "use a PKCS#12 file",
  });
}

/** One block to be written: as it was, or new. */
interface Piece {
  readonly block?: Block;
  readonly bytes: Uint8Array;
}

/** An entry with its blocks ready: key, then leaf or request, then chain. */
interface Draft {
  readonly entry: Entry;
  readonly pieces: readonly Piece[];
  /** The piece whose text above carries the label. */
  readonly named: number;
  /** The key as it will stand in the file. */
  readonly key?: KeyMaterial;
}

/** A piece in its place in the file, or text. */
type Placed =
  | { readonly text: Uint8Array }
  | { readonly draft: Draft; readonly piece: Piece; readonly chainLength?: number };

type Arrange = (drafts: readonly Draft[], layout: Layout) => readonly Placed[];

async function draftOf(
  entry: Entry,
  layout: Layout,
  container: Container,
  passwords: Passwords,
  random: Random,
): Promise<Draft> {
  // Blocks of another file look the same and have no place here.
  const own = blocksOf(entry).filter((block) => layout.parts[block.index] === block);
  const certificate = (cert: Certificate): Piece => {
    const block = own.find(
      (b) => b.role === "certificate" && equalBytes(b.certificate.der, cert.der),
    );
    return block === undefined
      ? { bytes: armour("CERTIFICATE", cert.der) }
      : { block, bytes: rawOf(block) };
  };
  switch (entry.kind) {
    case "trusted":
      if (!entry.enabled)
        refuse("a PEM file cannot hold a signer that is not trusted", entry.label);
      return { entry, pieces: [certificate(entry.certificate)], named: 0 };
    case "secret":
      if (entry.algorithm !== "private-key") {
        refuse("a PEM file cannot hold a secret key", entry.label);
      }
      break;
    case "request":
      if (entry.key.state === "sealed" && entry.key.scheme === ABSENT_SCHEME) {
        return { entry, pieces: [requestPiece(entry.pkcs10, own)], named: 0 };
      }
      break;
    default:
  }
  const key = await keyPiece(entry, own, container, layout, passwords, random);
  switch (entry.kind) {
    case "secret":
      return { entry, pieces: [key.piece], named: 0, key: key.material };
    case "request":
      return {
        entry,
        pieces: [key.piece, requestPiece(entry.pkcs10, own)],
        named: 1,
        key: key.material,
      };
    case "key":
      return {
        entry,
        pieces: [key.piece, ...entry.chain.map(certificate)],
        named: 1,
        key: key.material,
      };
  }
}

function requestPiece(pkcs10: Uint8Array, own: readonly Block[]): Piece {
  const block = own.find((b) => b.role === "request" && equalBytes(b.pkcs10, pkcs10));
  return block === undefined
    ? { bytes: armour("CERTIFICATE REQUEST", pkcs10) }
    : { block, bytes: rawOf(block) };
}

async function keyPiece(
  { key, label }: Exclude<Entry, { kind: "trusted" }>,
  own: readonly Block[],
  container: Container,
  layout: Layout,
  passwords: Passwords,
  random: Random,
): Promise<{ piece: Piece; material: KeyMaterial }> {
  const block = own.find((b) => b.role === "key" && sameMaterial(b.key, key));
  if (block !== undefined) return { piece: { block, bytes: rawOf(block) }, material: key };
  if (key.state === "sealed") {
    switch (key.scheme) {
      case PKCS8_SCHEME:
        return { piece: { bytes: armour("ENCRYPTED PRIVATE KEY", key.blob) }, material: key };
      case TRADITIONAL_SCHEME:
        return { piece: { bytes: key.blob }, material: key };
      default:
        return refuse("the key is sealed in another format's way", label);
    }
  }
  if (container.protection === "none" && layout.plainKeys) {
    const bytes = key.pkcs8.use((pkcs8) => armour("PRIVATE KEY", pkcs8));
    return { piece: { bytes }, material: key };
  }
  const password = passwords.key ?? passwords.store;
  if (password === undefined) {
    throw new PkiError("password-missing", "the private key is not written without a password", {
      where: label,
      hint: "give a password, or ask for a plain key with --protection none",
    });
  }
  const blob = await sealPkcs8(key.pkcs8, password, random);
  const material: KeyMaterial = { state: "sealed", scheme: PKCS8_SCHEME, blob };
  return { piece: { bytes: armour("ENCRYPTED PRIVATE KEY", blob) }, material };
}

/** What was read stays where it was; new pieces go behind the last piece of what comes before them. */
const inPlace: Arrange = (drafts, layout) => {
  const before: Placed[] = [];
  const behind = new Map<number, Placed[]>();
  const kept = new Map<number, Placed>();
  let anchor = -1;
  for (const draft of drafts) {
    for (const piece of draft.pieces) {
      const placed: Placed = { draft, piece };
      if (piece.block !== undefined) {
        anchor = Math.max(anchor, piece.block.index);
        if (!kept.has(piece.block.index)) kept.set(piece.block.index, placed);
      } else if (anchor < 0) {
        before.push(placed);
      } else {
        const others = behind.get(anchor);
        if (others === undefined) behind.set(anchor, [placed]);
        else others.push(placed);
      }
    }
  }
  const out: Placed[] = [];
  let begun = false;
  layout.parts.forEach((part, index) => {
    if (part.kind === "text") {
      out.push({ text: part.bytes });
      return;
    }
    if (!begun) for (const placed of before) out.push(placed);
    begun = true;
    const placed = kept.get(index);
    if (placed !== undefined) out.push(placed);
    for (const placed of behind.get(index) ?? []) out.push(placed);
  });
  return begun ? out : [...out, ...before];
};

/** The text at the head, every entry with blocks of its own in the order of the store, the other text. */
const inOrder: Arrange = (drafts, layout) => {
  const first = layout.parts.findIndex((part) => part.kind === "block");
  const texts = layout.parts.map((part) => (part.kind === "text" ? [{ text: part.bytes }] : []));
  const head = first < 0 ? texts.length : first;
  return [
    ...texts.slice(0, head).flat(),
    ...drafts.flatMap((draft) =>
      draft.pieces.map((piece, i): Placed => {
        const told = draft.entry.kind === "key" && i === 1;
        return { draft, piece, ...(told ? { chainLength: draft.entry.chain.length } : {}) };
      }),
    ),
    ...texts.slice(head).flat(),
  ];
};

function render(
  placed: readonly Placed[],
  marked: ReadonlySet<Draft>,
  lineBreak: string,
): Uint8Array {
  const chunks: Uint8Array[] = [];
  const put = (bytes: Uint8Array): void => {
    if (bytes.length > 0) chunks.push(bytes);
  };
  const startLine = (): void => {
    const last = chunks[chunks.length - 1]?.at(-1);
    // Behind a byte order mark a line has begun already.
    if (last !== undefined && last !== 0x0a && last !== 0x0d && last !== 0xbf) {
      put(ascii(lineBreak));
    }
  };
  for (const item of placed) {
    if ("text" in item) {
      put(item.text);
      continue;
    }
    const { draft, piece, chainLength } = item;
    startLine();
    const named = marked.has(draft) && draft.pieces.indexOf(piece) === draft.named;
    const lead = withBagAttributes(piece.block?.lead ?? new Uint8Array(0), {
      ...(named ? { friendlyName: storedLabel(draft.entry.label) } : {}),
      ...(chainLength === undefined ? {} : { chainLength }),
    });
    put(lead);
    put(piece.block === undefined ? withBreaks(piece.bytes, lineBreak) : piece.bytes);
  }
  return concat(chunks);
}

/** Reads what was written and says which entries came back under another label. */
async function compare(
  bytes: Uint8Array,
  drafts: readonly Draft[],
): Promise<{ readonly same: boolean; readonly renamed: ReadonlySet<Draft> }> {
  const renamed = new Set<Draft>();
  const back = await groupBlocks(readParts(bytes), {});
  if (back.length !== drafts.length) return { same: false, renamed };
  for (const [i, draft] of drafts.entries()) {
    const entry = back[i] as Entry;
    if (!sameContent(draft, entry)) return { same: false, renamed };
    if (entry.label !== storedLabel(draft.entry.label)) renamed.add(draft);
  }
  return { same: true, renamed };
}

function sameContent({ entry, key }: Draft, back: Entry): boolean {
  if (entry.kind !== back.kind) return false;
  if (entry.kind === "trusted" || back.kind === "trusted") {
    return (
      entry.kind === "trusted" &&
      back.kind === "trusted" &&
      entry.certificate.sha256 === back.certificate.sha256
    );
  }
  if (key !== undefined && !sameMaterial(key, back.key)) return false;
  if (entry.kind === "request" && back.kind === "request") {
    return equalBytes(entry.pkcs10, back.pkcs10);
  }
  if (entry.kind === "key" && back.kind === "key") {
    return (
      entry.chain.length === back.chain.length &&
      entry.chain.every((cert, i) => cert.sha256 === back.chain[i]?.sha256)
    );
  }
  return true;
}

function usesCrlf({ parts }: Layout): boolean {
  const first = parts.find((part) => part.kind === "block");
  if (first === undefined) return false;
  const raw = rawOf(first);
  const at = raw.indexOf(0x0a);
  return at > 0 && raw[at - 1] === 0x0d;
}

function withBreaks(bytes: Uint8Array, lineBreak: string): Uint8Array {
  if (lineBreak === "\n") return bytes;
  return ascii(new TextDecoder("latin1").decode(bytes).replace(/\r?\n/g, lineBreak));
}

function armour(label: string, der: Uint8Array): Uint8Array {
  return ascii(writePem(label, der));
}

function ascii(text: string): Uint8Array {
  return new TextEncoder().encode(text);
}

function refuse(message: string, label: string): never {
  throw new PkiError("format-cannot-hold", message, { where: label });
}
