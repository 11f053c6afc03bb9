import { DerReader } from "../../bytes/der-reader.ts";
import { contextConstructed, Tag } from "../../bytes/der-tag.ts";
import { der } from "../../bytes/der-writer.ts";
import { equalBytes } from "../../bytes/octets.ts";
import { ByteReader } from "../../bytes/reader.ts";
import { ByteWriter } from "../../bytes/writer.ts";
import { PkiError } from "../../model/error.ts";

/** What a record holds: the number of its CHOICE tag. */
export const Holding = { request: 0, signer: 1, personal: 2, secret: 3 } as const;
export type Holding = (typeof Holding)[keyof typeof Holding];

/** In the order of their numbers. */
const HOLDINGS = Object.values(Holding);

/** Flags of a record: bit n of the BIT STRING is `1 << n`. */
export const Flag = { trusted: 1, default: 2 } as const;

/**
 * One slot, taken apart (docs/formats/kdb.md, "Slot" and "Record"). Byte strings are views of the file.
 *
 * `encodeRecord` of an unchanged record gives back the record's DER, and `writeSlot` the slot.
 */
export interface KdbRecord {
  readonly type: number;
  readonly holding: Holding;
  /** Record number in the slot and in the DER: the same unless the file is odd. */
  readonly number: number;
  readonly derNumber: number;
  /** Whole DER of the certificate, the PKCS#10 request, or nothing. */
  readonly public: Uint8Array | undefined;
  /** Whole EncryptedPrivateKeyInfo, or nothing. */
  readonly sealed: Uint8Array | undefined;
  /** Label bytes in the DER and in the slot: the same unless the file is odd. */
  readonly derLabel: Uint8Array;
  readonly label: Uint8Array;
  readonly flags: number;
  readonly issuerRecord: number;
  /** Index keys and whatever else stands before the zeros that fill the slot. */
  readonly tail: Uint8Array;
  /** The DER as found; undefined for a new record. */
  readonly raw: Uint8Array | undefined;
}

/** What new records have. GSKit reads every value but 2 as the same. */
export const RECORD_TYPE = 1;
/** GSKit passes over a slot of this type, whatever it holds. */
const FREE_TYPE = 2;
const MAX_U32 = 0xffff_ffff;
const LABEL_TAGS: readonly number[] = [
  Tag.visibleString,
  Tag.utf8String,
  Tag.printableString,
  Tag.t61String,
  Tag.ia5String,
];

/** True for a slot that GSKit passes over. */
export function isFree(slot: Uint8Array): boolean {
  return slot[3] === FREE_TYPE && slot[0] === 0 && slot[1] === 0 && slot[2] === 0;
}

/** Takes a slot apart. @param where - such as `records/3`. @throws PkiError `format-malformed`, `format-unsupported` */
export function readSlot(slot: Uint8Array, where: string): KdbRecord {
  const reader = new ByteReader(slot).at(where);
  const type = reader.u32("record type");
  const number = reader.u32("record number");
  const raw = reader.take(reader.u32("record length"), "record");
  const label = reader.take(reader.u32("label length"), "label");
  const issuerRecord = reader.u32("issuer record");
  const tail = withoutZeros(reader.take(reader.remaining, "index keys"));
  const { holding, derNumber, public: open, sealed, derLabel, flags } = readRecord(raw, where);
  // Field by field: to spread one object into another takes longer than reading the record.
  return {
    type,
    holding,
    number,
    derNumber,
    public: open,
    sealed,
    derLabel,
    label,
    flags,
    issuerRecord,
    tail,
    raw,
  };
}

/**
 * Puts a slot together, without the zeros that fill it up to the slot size.
 *
 * @param origin - the record as it was read. Where nothing that the DER holds has changed since, and it
 *   was encoded in another way than ours, that encoding is kept
 */
export function writeSlot(record: KdbRecord, origin?: KdbRecord): Uint8Array {
  const regular = encodeRecord(record);
  const raw = oddForm(regular, origin) ?? regular;
  const writer = new ByteWriter().u32(record.type).u32(record.number);
  writer.u32(raw.length).put(raw);
  writer.u32(record.label.length).put(record.label);
  return writer.u32(record.issuerRecord).put(record.tail).toBytes();
}

function oddForm(regular: Uint8Array, origin: KdbRecord | undefined): Uint8Array | undefined {
  if (origin?.raw === undefined || equalBytes(regular, origin.raw)) return undefined;
  return equalBytes(regular, encodeRecord(origin)) ? origin.raw : undefined;
}

function readRecord(raw: Uint8Array, where: string) {
  const file = new DerReader(raw, where);
  const record = file.sequence("");
  const derNumber = record.unsigned("record number", MAX_U32);
  const choice = record.next(undefined, "record content");
  const holding = holdingOf(choice.tag, where);
  const content = record.inside(choice, "content");
  let publicPart: Uint8Array | undefined;
  let sealed: Uint8Array | undefined;
  if (holding === Holding.signer) {
    publicPart = content.nextRaw(Tag.sequence, "certificate");
  } else if (holding === Holding.secret) {
    sealed = content.nextRaw(Tag.sequence, "secret key");
  } else {
    const pair = content.sequence("");
    publicPart = pair.nextRaw(Tag.sequence, "certificate or request");
    sealed = pair.nextRaw(Tag.sequence, "private key");
    pair.finish("record content");
  }
  content.finish("record content");
  const labelElement = record.next(undefined, "label");
  if (!LABEL_TAGS.includes(labelElement.tag)) record.fail("the label is not a string");
  const derLabel = record.content(labelElement);
  // Only signers and personal certificates were ever measured: the flags of others may be absent.
  const flags = record.done && sealed !== undefined ? 0 : readFlags(record);
  record.finish("record");
  file.finish("record");
  return { holding, derNumber, public: publicPart, sealed, derLabel, flags };
}

function holdingOf(tag: number, where: string): Holding {
  const holding = HOLDINGS[tag - contextConstructed(0)];
  if (holding !== undefined) return holding;
  throw new PkiError("format-unsupported", "the record holds something that is not known", {
    where,
    hint: "certificates, keys and requests can be read",
  });
}

function readFlags(record: DerReader): number {
  const { bytes } = record.bitString("flags");
  if (bytes.length > 3) record.fail("the flags are longer than 24 bits");
  let flags = 0;
  for (let i = 0; i < bytes.length; i++) {
    const byte = bytes[i] as number;
    for (let bit = 0; bit < 8; bit++) if ((byte & (0x80 >> bit)) !== 0) flags |= 1 << (8 * i + bit);
  }
  return flags;
}

/** Named bits as DER wants them: no zero bits at the end (X.690 §11.2.2). */
function encodeFlags(flags: number): Uint8Array {
  const bits = 32 - Math.clz32(flags);
  const bytes = new Uint8Array(Math.ceil(bits / 8));
  for (let bit = 0; bit < bits; bit++) {
    if ((flags & (1 << bit)) !== 0) {
      bytes[bit >> 3] = (bytes[bit >> 3] as number) | (0x80 >> (bit & 7));
    }
  }
  return der.bitString(bytes, bytes.length * 8 - bits);
}

function encodeRecord(record: KdbRecord): Uint8Array {
  const parts = [record.public, record.sealed].filter((part) => part !== undefined);
  const paired = record.holding === Holding.request || record.holding === Holding.personal;
  return der.sequence(
    der.integer(record.derNumber),
    der.explicit(record.holding, ...(paired ? [der.sequence(...parts)] : parts)),
    der.tlv(Tag.visibleString, record.derLabel),
    encodeFlags(record.flags),
  );
}

/** Most of a slot is zeros: they are passed over 32 at a time, or this would be the most of reading. */
function withoutZeros(bytes: Uint8Array): Uint8Array {
  let end = bytes.length;
  // Up to where words of four octets end, seen from the buffer.
  while (end > 0 && ((bytes.byteOffset + end) & 3) !== 0 && bytes[end - 1] === 0) end--;
  if (((bytes.byteOffset + end) & 3) === 0 && end >= 4) {
    const count = end >> 2;
    const words = new Int32Array(bytes.buffer, bytes.byteOffset + end - 4 * count, count);
    end -= 4 * zerosAtEnd(words);
  }
  while (end > 0 && bytes[end - 1] === 0) end--;
  return bytes.subarray(0, end);
}

/** How many of the last words are zero; it may tell up to seven less. */
function zerosAtEnd(words: Int32Array): number {
  let at = words.length;
  while (at >= 8) {
    const first = (words[at - 1] as number) | (words[at - 2] as number) | (words[at - 3] as number);
    const second =
      (words[at - 4] as number) | (words[at - 5] as number) | (words[at - 6] as number);
    if ((first | second | (words[at - 7] as number) | (words[at - 8] as number)) !== 0) break;
    at -= 8;
  }
  return words.length - at;
}
