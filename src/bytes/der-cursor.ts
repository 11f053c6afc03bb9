/**
 * Finds elements of DER by offsets and makes no objects: for what is read a hundred thousand times.
 *
 * It knows less than `DerReader` and explains nothing: where it says no, the careful reader has the word.
 */
export class DerCursor {
  readonly bytes: Uint8Array;
  /** Content of the element found last: `[body, end)`. */
  body = 0;
  end = 0;

  constructor(bytes: Uint8Array) {
    this.bytes = bytes;
  }

  /** Whether an element with `tag` starts at `at` and ends within `limit`; lengths of up to 65,535. */
  find(at: number, limit: number, tag: number): boolean {
    const { bytes } = this;
    if (at + 2 > limit || bytes[at] !== tag) return false;
    const first = bytes[at + 1] as number;
    let body = at + 2;
    let length = first;
    if (first >= 0x80) {
      if (first === 0x81) {
        if (body >= limit) return false;
        length = bytes[body] as number;
        body += 1;
      } else if (first === 0x82) {
        if (body + 1 >= limit) return false;
        length = (bytes[body] as number) * 256 + (bytes[body + 1] as number);
        body += 2;
      } else return false;
    }
    if (length > limit - body) return false;
    this.body = body;
    this.end = body + length;
    return true;
  }
}
