import { ByteReader } from "../../bytes/reader.ts";
import { modifiedUtf8, utf8 } from "../../bytes/text.ts";
import { PkiError } from "../../model/error.ts";

/**
 * The layout of a JKS file (docs/formats/java.md), walked without looking into keys or certificates.
 *
 * All numbers are big-endian. A text is a 16-bit length and modified UTF-8.
 */

export const MAGIC = 0xfeedfeed;
export const TAG_KEY = 1;
export const TAG_TRUSTED = 2;
/** Length of the integrity value at the end, a SHA-1. */
export const DIGEST_BYTES = 20;
/** What a certificate's type text says, and what version 1, which has none, means. */
export const X509_TYPE = "X.509";

const MAX_ENTRIES = 100_000;
/** Tag, empty label, date, and the length of an empty key or certificate. */
const LEAST_ENTRY_BYTES = 4 + 2 + 8 + 4;
/** Longer than any chain that a product accepts. */
export const MAX_CHAIN = 1000;
const MAX_CERTIFICATE_BYTES = 1 << 20;
const MAX_KEY_BYTES = 1 << 20;

export interface RawCertificate {
  readonly type: string;
  readonly der: Uint8Array;
}

/** One entry as the file has it. `key` stands for tag 1. */
export interface RawEntry {
  /** The whole entry, tag to end. */
  readonly raw: Uint8Array;
  readonly label: string;
  readonly labelBytes: Uint8Array;
  /** Milliseconds since 1970, signed. */
  readonly date: bigint;
  readonly key?: Uint8Array;
  readonly certificates: readonly RawCertificate[];
}

export interface RawStore {
  readonly version: "1" | "2";
  readonly entries: readonly RawEntry[];
  /** All that the integrity value covers. */
  readonly covered: Uint8Array;
  readonly digest: Uint8Array;
}

/**
 * Walks the file to its last byte.
 *
 * @throws PkiError `format-malformed` with the place; `format-unsupported` for a version above 2 and for
 *   tag 3 (a secret key, which only JCEKS has); `limit-exceeded`
 */
export function walk(bytes: Uint8Array): RawStore {
  const reader = new ByteReader(bytes).at("header");
  if (reader.u32("magic number") !== MAGIC) reader.fail("not a JKS keystore");
  const number = reader.u32("version");
  if (number !== 1 && number !== 2) {
    throw new PkiError("format-unsupported", `JKS version ${number} is unknown`, {
      where: "header@4",
    });
  }
  const count = reader.u32("entry count");
  if (count > MAX_ENTRIES) {
    throw new PkiError(
      "limit-exceeded",
      `${count} entries are over the limit of ${MAX_ENTRIES.toLocaleString("en")}`,
      { where: "header@8" },
    );
  }
  if (count * LEAST_ENTRY_BYTES > reader.remaining) {
    reader.fail(`truncated: ${count} entries do not fit in ${reader.remaining} bytes`);
  }
  const version = number === 1 ? "1" : "2";
  const entries: RawEntry[] = [];
  for (let i = 0; i < count; i++) entries.push(walkEntry(reader, i, version));
  const covered = bytes.subarray(0, reader.offset);
  const digest = reader.at("integrity value").take(DIGEST_BYTES, "integrity value");
  reader.finish();
  return { version, entries, covered, digest };
}

function walkEntry(reader: ByteReader, index: number, version: "1" | "2"): RawEntry {
  const where = `entries/${index}`;
  const start = reader.at(where).offset;
  const tag = reader.u32("entry tag");
  if (tag === 3) {
    throw new PkiError("format-unsupported", "a secret key entry, which only JCEKS has", { where });
  }
  if (tag !== TAG_KEY && tag !== TAG_TRUSTED) reader.fail(`unknown entry tag ${tag}`);
  const labelBytes = reader.take(reader.u16("label length"), "label");
  const label = modifiedUtf8.decode(labelBytes, { what: "label", where });
  const date = BigInt.asIntN(64, reader.u64("date"));
  const certificates: RawCertificate[] = [];
  let key: Uint8Array | undefined;
  if (tag === TAG_KEY) {
    key = reader.take(reader.u32("key length"), "key", MAX_KEY_BYTES);
    const length = reader.u32("chain length");
    if (length > MAX_CHAIN) {
      throw new PkiError(
        "limit-exceeded",
        `a chain of ${length} certificates is over the limit of ${MAX_CHAIN}`,
        { where },
      );
    }
    for (let i = 0; i < length; i++) {
      certificates.push(walkCertificate(reader.at(`${where}/chain/${i}`), version));
    }
  } else {
    certificates.push(walkCertificate(reader.at(`${where}/certificate`), version));
  }
  const raw = reader.bytes.subarray(start, reader.offset);
  return {
    raw,
    label,
    labelBytes,
    date,
    ...(key === undefined ? {} : { key }),
    certificates,
  };
}

function walkCertificate(reader: ByteReader, version: "1" | "2"): RawCertificate {
  // Java has one type in use; what it calls it is ASCII, and anything else is only ever carried.
  const type =
    version === "1"
      ? X509_TYPE
      : utf8.decodeLenient(reader.take(reader.u16("certificate type length"), "certificate type"));
  const length = reader.u32("certificate length");
  return { type, der: reader.take(length, "certificate", MAX_CERTIFICATE_BYTES) };
}
