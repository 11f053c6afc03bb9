import { berToDer } from "../../bytes/ber.ts";
import { DerReader } from "../../bytes/der-reader.ts";
import { contextConstructed, Tag } from "../../bytes/der-tag.ts";
import { der } from "../../bytes/der-writer.ts";
import { PkiError } from "../../model/error.ts";
import { type FoundMac, readMac } from "./mac.ts";
import { Oid } from "./oid.ts";

/** The outermost structure (RFC 7292 §4): what is covered by the MAC, and the MAC. */
export interface Pfx {
  /** The octets that the MAC covers: an AuthenticatedSafe, not looked into yet. */
  readonly content: Uint8Array;
  /** Undefined where the file has none. */
  readonly mac?: FoundMac;
}

const MAX_FILE = 64 * 1024 * 1024;
/** Windows pads what it exports with eight zeros. */
const MAX_PADDING = 64;
/** NUL, tab, line feed, carriage return, the old end of file, blank. */
const PADDING = new Set([0x00, 0x09, 0x0a, 0x0d, 0x1a, 0x20]);

/**
 * Reads the frame of a PKCS#12 file, BER or DER, and nothing of what it holds.
 *
 * Padding behind it, at most 64 octets that say nothing, is passed over, as everybody else does: Windows writes zeros,
 * editors a line feed. Anything else is refused, because no MAC covers it.
 *
 * @throws PkiError `format-malformed` (also for bytes after the end), `format-unsupported` for a file
 *   signed with a key instead of a password, `limit-exceeded`
 */
export function readPfx(file: Uint8Array): Pfx {
  if (file.length > MAX_FILE) {
    throw new PkiError("limit-exceeded", `a file of ${file.length} bytes`);
  }
  const bytes = withoutPadding(file);
  const outer = new DerReader(berToDer(bytes, "pfx"), "pfx");
  const pfx = outer.sequence("");
  if (!outer.done) refuseTrailing(bytes.length - outer.offset);
  const version = pfx.unsigned("version", 1000);
  if (version !== 3) {
    throw new PkiError("format-unsupported", `PKCS#12 version ${version} is not supported`, {
      where: "version",
    });
  }
  const safe = pfx.sequence("authSafe");
  const type = safe.oid("content type");
  if (type === Oid.signedData) {
    throw new PkiError("format-unsupported", "the file is signed with a key, not with a password", {
      where: "authSafe",
    });
  }
  if (type !== Oid.data) safe.fail("the authenticated safe is not data");
  const explicit = safe.enter(contextConstructed(0), "");
  safe.finish("the authenticated safe");
  const content = explicit.octetString("content");
  explicit.finish("the authenticated safe");
  if (pfx.done) return { content };
  const mac = readMac(pfx.enter(Tag.sequence, "macData"));
  pfx.finish("the file");
  return { content, mac };
}

/** Up to the end that the file gives itself, where only padding follows; of an indefinite length it gives none. */
function withoutPadding(file: Uint8Array): Uint8Array {
  const [tag, first] = file;
  if (tag !== Tag.sequence || first === undefined || first === 0x80 || first > 0x84) return file;
  const octets = first < 0x80 ? 0 : first & 0x7f;
  let length = octets === 0 ? first : 0;
  for (const octet of file.subarray(2, 2 + octets)) length = length * 256 + octet;
  const end = 2 + octets + length;
  const rest = file.subarray(end);
  const padding = rest.length <= MAX_PADDING && rest.every((octet) => PADDING.has(octet));
  return padding ? file.subarray(0, end) : file;
}

/** The MAC covers nothing after the end: whatever stands there was not written with the file. */
function refuseTrailing(count: number): never {
  const bytes = count === 1 ? "byte" : "bytes";
  throw new PkiError("format-malformed", `${count} unexpected ${bytes} after the end of the file`, {
    where: "pfx",
    hint: "cut the file where its structure ends: a copy or an editor may have added to it",
  });
}

/** The whole file. `macData` is a DER MacData. */
export function encodePfx(content: Uint8Array, macData: Uint8Array): Uint8Array {
  return der.sequence(
    der.integer(3),
    der.sequence(der.oid(Oid.data), der.explicit(0, der.octetString(content))),
    macData,
  );
}
