/**
 * The SHA-1 chain of Sun's key protector: block n+1 is SHA-1(password ‖ block n), block 0 is the salt.
 *
 * A key of 1,200 octets takes 61 hashes of a few dozen octets, where a `createHash` call is mostly
 * overhead: this loop, which hashes nothing but password ‖ 20 octets, is some three times as fast for a store
 * of 1,000 keys (docs/decisions/0009). FIPS 180-4 §6.1.2.
 */

/** XORs the chain over `data` in place. */
export function applyKeystream(password: Uint8Array, salt: Uint8Array, data: Uint8Array): void {
  const chain = new Chain(password);
  chain.block.set(salt);
  for (let at = 0; at < data.length; at += 20) {
    chain.next();
    const count = Math.min(20, data.length - at);
    for (let i = 0; i < count; i++) {
      data[at + i] = (data[at + i] as number) ^ (chain.block[i] as number);
    }
  }
  chain.wipe();
}

class Chain {
  /** The block before, then the block after, each `next`. */
  readonly block = new Uint8Array(20);
  /** password ‖ block ‖ padding, whole 64-octet blocks. */
  readonly #message: Uint8Array;
  readonly #words: DataView;
  readonly #at: number;
  /** Whole blocks of the password alone: hashed once. */
  readonly #fixed: number;
  readonly #middle = new Int32Array(5);
  readonly #state = new Int32Array(5);
  readonly #schedule = new Int32Array(80);

  constructor(password: Uint8Array) {
    const length = password.length + 20;
    this.#message = new Uint8Array(Math.ceil((length + 9) / 64) * 64);
    this.#words = new DataView(this.#message.buffer);
    this.#message.set(password);
    this.#message[length] = 0x80;
    this.#words.setUint32(this.#message.length - 4, length * 8);
    this.#words.setUint32(this.#message.length - 8, Math.floor((length * 8) / 0x100000000));
    this.#at = password.length;
    this.#fixed = password.length - (password.length % 64);
    this.#state.set([0x67452301, 0xefcdab89, 0x98badcfe, 0x10325476, 0xc3d2e1f0]);
    for (let at = 0; at < this.#fixed; at += 64) this.#compress(at);
    this.#middle.set(this.#state);
  }

  next(): void {
    this.#message.set(this.block, this.#at);
    this.#state.set(this.#middle);
    for (let at = this.#fixed; at < this.#message.length; at += 64) this.#compress(at);
    const { block } = this;
    for (let i = 0; i < 5; i++) {
      const word = this.#state[i] as number;
      block[4 * i] = word >>> 24;
      block[4 * i + 1] = word >>> 16;
      block[4 * i + 2] = word >>> 8;
      block[4 * i + 3] = word;
    }
  }

  wipe(): void {
    this.#message.fill(0);
    this.#middle.fill(0);
    this.#state.fill(0);
    this.#schedule.fill(0);
    this.block.fill(0);
  }

  #compress(at: number): void {
    const w = this.#schedule;
    for (let t = 0; t < 16; t++) w[t] = this.#words.getInt32(at + 4 * t);
    for (let t = 16; t < 80; t++) {
      const x =
        (w[t - 3] as number) ^ (w[t - 8] as number) ^ (w[t - 14] as number) ^ (w[t - 16] as number);
      w[t] = (x << 1) | (x >>> 31);
    }
    const s = this.#state;
    let a = s[0] as number;
    let b = s[1] as number;
    let c = s[2] as number;
    let d = s[3] as number;
    let e = s[4] as number;
    // Four loops: a choice inside one costs more than the rounds.
    for (let t = 0; t < 20; t++) {
      const next =
        (((a << 5) | (a >>> 27)) + ((d ^ (b & (c ^ d))) + 0x5a827999) + e + (w[t] as number)) | 0;
      e = d;
      d = c;
      c = (b << 30) | (b >>> 2);
      b = a;
      a = next;
    }
    for (let t = 20; t < 40; t++) {
      const next =
        (((a << 5) | (a >>> 27)) + ((b ^ c ^ d) + 0x6ed9eba1) + e + (w[t] as number)) | 0;
      e = d;
      d = c;
      c = (b << 30) | (b >>> 2);
      b = a;
      a = next;
    }
    for (let t = 40; t < 60; t++) {
      const next =
        (((a << 5) | (a >>> 27)) +
          (((b & c) | (d & (b | c))) + 0x8f1bbcdc) +
          e +
          (w[t] as number)) |
        0;
      e = d;
      d = c;
      c = (b << 30) | (b >>> 2);
      b = a;
      a = next;
    }
    for (let t = 60; t < 80; t++) {
      const next =
        (((a << 5) | (a >>> 27)) + ((b ^ c ^ d) + 0xca62c1d6) + e + (w[t] as number)) | 0;
      e = d;
      d = c;
      c = (b << 30) | (b >>> 2);
      b = a;
      a = next;
    }
    s[0] = (s[0] as number) + a;
    s[1] = (s[1] as number) + b;
    s[2] = (s[2] as number) + c;
    s[3] = (s[3] as number) + d;
    s[4] = (s[4] as number) + e;
  }
}
