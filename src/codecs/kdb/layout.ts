import { ByteReader } from "../../bytes/reader.ts";
import { ByteWriter } from "../../bytes/writer.ts";
import { PkiError } from "../../model/error.ts";
import type { Container } from "../../model/store.ts";

/** `key`: a `.kdb`; `request`: a `.rdb`; `crl`: a `.crl`. */
export type KdbType = "key" | "request" | "crl";

export type KdbVersion = "3" | "4" | "6";

/** Length of the header that the verifier covers. */
export const HEADER_BYTES = 0x30;
export const SALT_BYTES = 24;
/** What GSKit gives a new database. */
export const SLOT_BYTES = 5000;
/** A slot below this could not hold one record; a count of empty slots must not cost time. */
export const MIN_SLOT_BYTES = 64;
/** No certificate or key comes near; a declared slot above this is refused. */
export const MAX_SLOT_BYTES = 16 * 1024 * 1024;
/** Most records that are read or written. */
export const MAX_RECORDS = 100_000;
/** Largest database that is written: what this program would still read. */
export const MAX_FILE_BYTES = 64 * 1024 * 1024;
const MAX_U32 = 0xffff_ffff;

/** Bytes of one MAC by version (docs/formats/kdb.md, "Verifier and integrity value"). */
export const MAC_BYTES: Readonly<Record<KdbVersion, number>> = { "3": 16, "4": 20, "6": 48 };

const TYPES: readonly { type: KdbType; name: string; kind: number }[] = [
  { type: "key", name: "X509KEY\0", kind: 2 },
  { type: "request", name: "X509KYP\0", kind: 1 },
  { type: "crl", name: "X509CRL\0", kind: 1 },
];

/** The first 0x30 bytes of a database. */
export interface KdbHeader {
  readonly version: KdbVersion;
  readonly type: KdbType;
  /** Fourth byte of the magic: 2 for a key database, 1 for its companions; kept as found. */
  readonly kind: number;
  /** Seconds since 1970; 0 = never. */
  readonly expires: number;
  readonly slotSize: number;
  readonly count: number;
  readonly salt: Uint8Array;
}

/** True when the bytes begin like a key database of any version, known or not. */
export function isKdb(head: Uint8Array): boolean {
  if (head[0] !== 0x37 || head[1] !== 0x48 || head.length < 4) return false;
  const type = head.subarray(8, 12);
  return new TextDecoder("latin1").decode(type) === "X509".slice(0, type.length);
}

/**
 * Reads the header and holds its count and slot size against the length of the file, so that
 * nothing later depends on a number that the file only claims.
 *
 * @throws PkiError `format-malformed`, `format-unsupported` (another version), `limit-exceeded`
 */
export function readHeader(bytes: Uint8Array): KdbHeader {
  const reader = new ByteReader(bytes).at("header");
  if (reader.u16("magic") !== 0x3748) reader.fail("not a key database");
  const versionByte = reader.u8("version");
  const version = String(versionByte);
  if (version !== "3" && version !== "4" && version !== "6") {
    throw new PkiError("format-unsupported", `key database version ${versionByte} is not known`, {
      where: "header@2",
      hint: "versions 3, 4 and 6 can be read",
    });
  }
  const kind = reader.u8("kind");
  if (kind !== 1 && kind !== 2) reader.fail(`kind ${kind} is neither 1 nor 2`);
  const expires = reader.u32("password expiry");
  const name = new TextDecoder("latin1").decode(reader.take(8, "type"));
  const found = TYPES.find((type) => type.name === name);
  if (found === undefined) {
    throw new PkiError("format-unsupported", "key database of a type that is not known", {
      where: "header@8",
      hint: "the types X509KEY, X509KYP and X509CRL can be read",
    });
  }
  const slotSize = reader.u32("slot size");
  const count = reader.u32("record count");
  const salt = reader.take(SALT_BYTES, "salt");
  const mac = MAC_BYTES[version];
  reader.take(2 * mac, "verifier and integrity value");
  if (count > MAX_RECORDS) {
    throw new PkiError("limit-exceeded", `${count} records are over the limit of ${MAX_RECORDS}`, {
      where: "header@20",
    });
  }
  if (count > 0 && (slotSize < MIN_SLOT_BYTES || slotSize > MAX_SLOT_BYTES)) {
    throw new PkiError(
      "limit-exceeded",
      `a slot size of ${slotSize} is outside ${MIN_SLOT_BYTES} to ${MAX_SLOT_BYTES}`,
      { where: "header@16" },
    );
  }
  const expected = count * slotSize;
  if (reader.remaining !== expected) {
    reader.fail(
      `${count} slots of ${slotSize} bytes are ${expected} bytes, the file has ${reader.remaining}`,
    );
  }
  return { version, type: found.type, kind, expires, slotSize, count, salt };
}

/** The mirror of `readHeader`, without the two MACs. */
export function writeHeader(header: KdbHeader): Uint8Array {
  const name = TYPES.find((type) => type.type === header.type)?.name ?? "";
  return new ByteWriter()
    .u16(0x3748)
    .u8(Number(header.version))
    .u8(header.kind)
    .u32(header.expires)
    .put(new TextEncoder().encode(name))
    .u32(header.slotSize)
    .u32(header.count)
    .put(header.salt)
    .toBytes();
}

/** What the codec keeps of a file in `Container.rest`. */
export type KdbFile = {
  readonly type: KdbType;
  readonly kind: number;
  readonly salt: Uint8Array;
  readonly slotSize: number;
  /** The default label as read, to tell a changed default from other marked records. */
  readonly defaultLabel: string | undefined;
  /** Slots that are carried as they are: all of a `.crl`, and those that GSKit passes over. */
  readonly carried: readonly CarriedSlot[];
  /** Identity of the file that was read, with what proves its password; undefined for a new one. */
  readonly home: KdbHome | undefined;
};

/** A whole slot and its place among all slots, from 0. */
export interface CarriedSlot {
  readonly index: number;
  readonly bytes: Uint8Array;
}

/** Header and verifier of the file that was read. Compared by identity by the records that came from it. */
export type KdbHome = {
  readonly version: KdbVersion;
  readonly header: Uint8Array;
  readonly verifier: Uint8Array;
};

/** The codec's own part of a container. @throws PkiError `internal` for a container of another codec */
export function fileOf(container: Container): KdbFile {
  const rest = container.rest as KdbFile | undefined;
  if (container.format !== "kdb" || rest?.salt === undefined) {
    throw new PkiError("internal", "the container is not one of a key database");
  }
  return rest;
}

/** Which of the three kinds of file a container is. */
export function kdbType(container: Container): KdbType {
  return fileOf(container).type;
}

export function kindOf(type: KdbType): number {
  return TYPES.find((known) => known.type === type)?.kind ?? 2;
}

/** `3`, `4` or `6`; undefined is `4`. @throws PkiError `usage` */
export function kdbVersion(version: string | undefined): KdbVersion {
  if (version === undefined) return "4";
  if (version === "3" || version === "4" || version === "6") return version;
  throw new PkiError("usage", `a key database has version 3, 4 or 6, not ${version}`);
}

/** Seconds since 1970 for the header; 0 for never. @throws PkiError `usage` outside 1970 to 2106 */
export function expirySeconds(expires: Date | undefined): number {
  if (expires === undefined) return 0;
  const seconds = Math.floor(expires.getTime() / 1000);
  if (!(seconds >= 1 && seconds <= MAX_U32)) {
    throw new PkiError("usage", "the password's expiry is outside the years 1970 to 2106");
  }
  return seconds;
}
