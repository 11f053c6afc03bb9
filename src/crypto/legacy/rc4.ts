/**
 * RC4, for reading (and keeping) old PKCS#12 files: OpenSSL 3 refuses it. Encrypts and decrypts alike.
 *
 * @param key - 1 to 256 bytes
 */
export function rc4(key: Uint8Array, data: Uint8Array): Uint8Array {
  if (key.length === 0 || key.length > 256) throw new RangeError("RC4 key length");
  const state = Uint8Array.from({ length: 256 }, (_, i) => i);
  for (let i = 0, j = 0; i < 256; i++) {
    const value = state[i] as number;
    j = (j + value + (key[i % key.length] as number)) & 0xff;
    state[i] = state[j] as number;
    state[j] = value;
  }
  const out = new Uint8Array(data.length);
  for (let at = 0, i = 0, j = 0; at < data.length; at++) {
    i = (i + 1) & 0xff;
    const value = state[i] as number;
    j = (j + value) & 0xff;
    const other = state[j] as number;
    state[i] = other;
    state[j] = value;
    out[at] = (data[at] as number) ^ (state[(value + other) & 0xff] as number);
  }
  state.fill(0);
  return out;
}
