/** Small, so that a byte string that is kept for long keeps few others. */
export const ARENA_CHUNK = 16 * 1024;

/**
 * Places byte strings side by side in buffers of 16 KiB: thousands of small ones cost the engine far more
 * in buffers of their own. Not for secrets, which are wiped one by one.
 */
export class Arena {
  #chunk = new Uint8Array(0);
  #used = 0;

  /** A copy of the octets `[start, end)`. */
  place(bytes: Uint8Array, start = 0, end = bytes.length): Uint8Array {
    const length = end - start;
    if (length > ARENA_CHUNK / 2) return bytes.slice(start, end);
    if (length > this.#chunk.length - this.#used) {
      this.#chunk = new Uint8Array(ARENA_CHUNK);
      this.#used = 0;
    }
    const at = this.#used;
    this.#chunk.set(bytes.subarray(start, end), at);
    this.#used = at + length;
    return this.#chunk.subarray(at, at + length);
  }
}
