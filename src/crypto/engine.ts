/** A whole Web Cryptography API. */
export type WebCrypto = import("@peculiar/webcrypto").Crypto;

/**
 * A Web Cryptography API for the libraries that want one (pkijs): @peculiar/webcrypto around Node's own
 * cryptography, with its randomness taken from `random`.
 *
 * Loading it costs more than a whole `pki list`, so only commands that build a structure call this, and
 * the library is not loaded before (docs/decisions/0051-pkijs-builds-crls.md). Each call gives an engine of its
 * own: there is no ambient one.
 */
export async function webCrypto(random: (count: number) => Uint8Array): Promise<WebCrypto> {
  const { Crypto } = await import("@peculiar/webcrypto");
  class HostCrypto extends Crypto {
    override getRandomValues<T extends ArrayBufferView | null>(array: T): T {
      if (array === null) return array;
      new Uint8Array(array.buffer, array.byteOffset, array.byteLength).set(
        random(array.byteLength),
      );
      return array;
    }
  }
  return new HostCrypto();
}
