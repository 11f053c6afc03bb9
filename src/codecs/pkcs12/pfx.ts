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

/**
 * Reads the frame of a PKCS#12 file, BER or DER, and nothing of what it holds.
 *
 * @throws PkiError `format-malformed` (also for bytes after the end), `format-unsupported` for a file
 *   signed with a key instead of a password, `limit-exceeded`
 */
export function readPfx(bytes: Uint8Array): Pfx {
  if (bytes.length > MAX_FILE) {
    throw new PkiError("limit-exceeded", `a file of ${bytes.length} bytes`);
  }
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
