/** Chunks of bytes, of which some can be left out without being read. */
export interface Chunks extends AsyncIterable<Uint8Array> {
  /** Leaves out what comes next: a file's, not a compressed stream's. @returns false where less is left */
  leap?(count: number): boolean;
}

/** Chunks read by count: what an archive's sequential format needs. */
export class ByteStream {
  readonly #chunks: AsyncIterator<Uint8Array>;
  readonly #leap: ((count: number) => boolean) | undefined;
  #buffer: Uint8Array = new Uint8Array(0);

  constructor(chunks: Chunks) {
    this.#chunks = chunks[Symbol.asyncIterator]();
    this.#leap = chunks.leap === undefined ? undefined : (count) => chunks.leap?.(count) === true;
  }

  /** `count` bytes, fewer only at the end. The caller bounds `count`. */
  async read(count: number): Promise<Uint8Array> {
    const parts: Uint8Array[] = [];
    let missing = count;
    while (missing > 0) {
      const part = await this.some(missing);
      if (part === undefined) break;
      parts.push(part);
      missing -= part.length;
    }
    if (parts.length === 1) return parts[0] as Uint8Array;
    const out = new Uint8Array(count - missing);
    let at = 0;
    for (const part of parts) {
      out.set(part, at);
      at += part.length;
    }
    return out;
  }

  /** At least one and at most `limit` bytes; undefined at the end. */
  async some(limit: number): Promise<Uint8Array | undefined> {
    while (this.#buffer.length === 0) {
      const { done, value } = await this.#chunks.next();
      if (done === true) return undefined;
      this.#buffer = value;
    }
    const part = this.#buffer.subarray(0, limit);
    this.#buffer = this.#buffer.subarray(part.length);
    return part;
  }

  /** False at the end before `count` bytes. */
  async skip(count: number): Promise<boolean> {
    for (let left = count; left > 0; ) {
      if (this.#buffer.length === 0 && this.#leap !== undefined) return this.#leap(left);
      const part = await this.some(left);
      if (part === undefined) return false;
      left -= part.length;
    }
    return true;
  }

  /** Lets go of the source. */
  async close(): Promise<void> {
    await this.#chunks.return?.();
  }
}
