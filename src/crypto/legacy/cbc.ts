/** A block cipher with 8-byte blocks, changed in place as four little-endian 16-bit words. */
export interface Block64 {
  encrypt(words: Uint16Array): void;
  decrypt(words: Uint16Array): void;
}

/** CBC over whole blocks, no padding (see padding.ts). */
export function cbcEncrypt(cipher: Block64, iv: Uint8Array, data: Uint8Array): Uint8Array {
  const out = new Uint8Array(data.length);
  const words = new Uint16Array(4);
  const previous = wordsOf(iv, 0);
  for (let at = 0; at < data.length; at += 8) {
    const plain = wordsOf(data, at);
    for (let i = 0; i < 4; i++) words[i] = (plain[i] as number) ^ (previous[i] as number);
    cipher.encrypt(words);
    putWords(out, at, words);
    previous.set(words);
  }
  return out;
}

export function cbcDecrypt(cipher: Block64, iv: Uint8Array, data: Uint8Array): Uint8Array {
  const out = new Uint8Array(data.length);
  const words = new Uint16Array(4);
  let previous = wordsOf(iv, 0);
  for (let at = 0; at < data.length; at += 8) {
    const sealed = wordsOf(data, at);
    words.set(sealed);
    cipher.decrypt(words);
    for (let i = 0; i < 4; i++) words[i] = (words[i] as number) ^ (previous[i] as number);
    putWords(out, at, words);
    previous = sealed;
  }
  return out;
}

function wordsOf(bytes: Uint8Array, at: number): Uint16Array {
  const words = new Uint16Array(4);
  for (let i = 0; i < 4; i++) {
    words[i] = (bytes[at + 2 * i] as number) | ((bytes[at + 2 * i + 1] as number) << 8);
  }
  return words;
}

function putWords(bytes: Uint8Array, at: number, words: Uint16Array): void {
  for (let i = 0; i < 4; i++) {
    bytes[at + 2 * i] = (words[i] as number) & 0xff;
    bytes[at + 2 * i + 1] = (words[i] as number) >> 8;
  }
}
