import { ARENA_CHUNK, Arena } from "../bytes/arena.ts";
import { ByteMemo } from "../bytes/byte-memo.ts";
import { equalBytes } from "../bytes/octets.ts";
import { Recurring } from "../bytes/recent.ts";
import { sha256Hex } from "../crypto/digest.ts";
import type {
  Certificate,
  DistinguishedName,
  Extension,
  NameAttribute,
} from "../model/certificate.ts";

/** Bytes that certificates read before may keep alive. */
const MOST_BYTES = 32 * 1024 * 1024;
/** The parts of a certificate cost memory too. */
const OVERHEAD = 4096;
/** A power of two. Each may keep a chunk of an arena in memory. */
const LATELY = 2048;

/**
 * What the reading of many certificates has in common, for `parseCertificate`: a certificate that was read
 * twice lately is the same object from then on, and issuers' names, parts of names and extensions that come again are read once.
 *
 * Nothing else changes by it. Its memory is bounded.
 */
export class CertificateMemo {
  readonly names = new ByteMemo<DistinguishedName>();
  readonly rdns = new ByteMemo<readonly NameAttribute[]>();
  readonly extensions = new ByteMemo<Extension>();
  readonly #known = new Recurring<Certificate>(MOST_BYTES, weightOf);
  /** Of these the ones met last, found by their last octets: to compare octets takes less than to hash them. */
  readonly #lately: (Certificate | undefined)[] = new Array(LATELY).fill(undefined);
  readonly #arena = new Arena();

  /** A copy of a certificate that keeps no file in memory; what is in a small buffer already stays there. */
  place(der: Uint8Array): Uint8Array {
    return der.buffer.byteLength <= ARENA_CHUNK ? der : this.copy(der);
  }

  copy(der: Uint8Array): Uint8Array {
    return this.#arena.place(der);
  }

  /** The certificate of these bytes; `parse` makes it where it was not read before, or not lately. */
  certificate(der: Uint8Array, parse: (sha256: string) => Certificate): Certificate {
    const place = endOf(der) & (LATELY - 1);
    const last = this.#lately[place];
    if (last !== undefined && equalBytes(last.der, der)) return last;
    const sha256 = sha256Hex(der);
    const known = this.#known.get(sha256);
    if (known !== undefined) {
      if (known.der.buffer.byteLength <= ARENA_CHUNK) this.#lately[place] = known;
      return known;
    }
    const made = parse(sha256);
    this.#known.offer(sha256, made);
    return made;
  }
}

/** The last octets are a signature's: they differ from certificate to certificate, and evenly. */
function endOf(der: Uint8Array): number {
  const { length } = der;
  return length < 2 ? 0 : ((der[length - 2] as number) << 8) | (der[length - 1] as number);
}

/** A view keeps the whole buffer that it is in; what an arena has put there lives about as long. */
export function weightOf({ der }: Certificate): number {
  const { byteLength } = der.buffer;
  return (byteLength <= ARENA_CHUNK ? 2 * der.length : byteLength) + OVERHEAD;
}
