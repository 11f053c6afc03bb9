import { PkiError } from "../model/error.ts";

/**
 * A bounded cursor over a file's bytes, big-endian.
 *
 * Every length is checked against what is left before anything is taken, so a declared length never
 * allocates. Errors name the place by the path of `at` calls and the offset; they never quote bytes.
 */
export class ByteReader {
  readonly bytes: Uint8Array;
  readonly #view: DataView;
  #offset: number;
  #where = "";

  constructor(bytes: Uint8Array, offset = 0) {
    this.bytes = bytes;
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    this.#offset = offset;
  }

  get offset(): number {
    return this.#offset;
  }

  get remaining(): number {
    return this.bytes.length - this.#offset;
  }

  /** Names the place the next reads are in, such as `entries/3/chain/0`. */
  at(where: string): this {
    this.#where = where;
    return this;
  }

  fail(message: string): never {
    throw new PkiError("format-malformed", message, { where: `${this.#where}@${this.#offset}` });
  }

  #need(count: number, what: string): number {
    if (count > this.remaining) {
      this.fail(`truncated: ${what} needs ${count} bytes, ${this.remaining} are left`);
    }
    const at = this.#offset;
    this.#offset += count;
    return at;
  }

  u8(what = "byte"): number {
    return this.#view.getUint8(this.#need(1, what));
  }

  u16(what = "16-bit number"): number {
    return this.#view.getUint16(this.#need(2, what));
  }

  u32(what = "32-bit number"): number {
    return this.#view.getUint32(this.#need(4, what));
  }

  /** Unsigned 64-bit as bigint. */
  u64(what = "64-bit number"): bigint {
    return this.#view.getBigUint64(this.#need(8, what));
  }

  /** A view (no copy) of the next `count` bytes; `limit` is the most the format or we allow. */
  take(count: number, what: string, limit = Number.MAX_SAFE_INTEGER): Uint8Array {
    if (count > limit) {
      throw new PkiError(
        "limit-exceeded",
        `${what} of ${count} bytes is over the limit of ${limit}`,
        {
          where: `${this.#where}@${this.#offset}`,
        },
      );
    }
    const at = this.#need(count, what);
    return this.bytes.subarray(at, at + count);
  }

  /** Refuses leftovers. Says how many, never which. */
  finish(what = "the file"): void {
    if (this.remaining !== 0)
      this.fail(`${this.remaining} unexpected bytes after the end of ${what}`);
  }
}
