import { Readable } from "node:stream";
import { constants, createGunzip, inflateRawSync } from "node:zlib";
import { PkiError } from "../model/error.ts";
import { systemCode } from "./system-error.ts";

/**
 * Raw DEFLATE (RFC 1951) with a limit on what comes out.
 *
 * @param partial - true: `bytes` is the beginning of the data, and what comes of it is wanted
 * @throws PkiError `limit-exceeded` over `limit` bytes, `format-malformed`
 */
export function inflateRaw(bytes: Uint8Array, limit: number, partial = false): Uint8Array {
  try {
    const finish = partial ? { finishFlush: constants.Z_SYNC_FLUSH } : {};
    return new Uint8Array(inflateRawSync(bytes, { maxOutputLength: limit, ...finish }));
  } catch (error) {
    if (systemCode(error) === "ERR_BUFFER_TOO_LARGE") {
      throw new PkiError("limit-exceeded", `unpacks to more than ${limit} bytes`);
    }
    throw new PkiError("format-malformed", "the compressed data is damaged", { cause: error });
  }
}

/** A gzip file (RFC 1952) as it is unpacked. @throws PkiError `format-malformed` while it is read */
export async function* gunzip(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  const source = Readable.from(chunks);
  const unpacked = createGunzip();
  // Without this a failing source would leave the reader of `unpacked` waiting.
  source.on("error", (error) => unpacked.destroy(error));
  source.pipe(unpacked);
  try {
    for await (const chunk of unpacked) yield chunk as Uint8Array;
  } catch (error) {
    if (error instanceof PkiError) throw error;
    throw new PkiError("format-malformed", "the gzip data is damaged", { cause: error });
  } finally {
    source.destroy();
    unpacked.destroy();
  }
}
