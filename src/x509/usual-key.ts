/** What is said of a key by the first octets of its SubjectPublicKeyInfo. */
export interface UsualKey {
  readonly algorithm: string;
  readonly bits: number;
  readonly curve: string | undefined;
  readonly exponent: string | undefined;
  /** Octets before the modulus or the point. */
  readonly head: readonly number[];
  /** Octets of it all. */
  readonly length: number;
}

const RSA_ENCRYPTION = [0x30, 13, 6, 9, 0x2a, 0x86, 0x48, 0x86, 0xf7, 13, 1, 1, 1, 5, 0];
const PRIME_256 = [0x30, 19, 6, 7, 0x2a, 0x86, 0x48, 0xce, 0x3d, 2, 1, 6, 8];
const SECP_384 = [0x30, 16, 6, 7, 0x2a, 0x86, 0x48, 0xce, 0x3d, 2, 1, 6, 5, 0x2b, 0x81, 4, 0, 34];
/** 65537 as an INTEGER: what follows the modulus. */
const EXPONENT = [2, 3, 1, 0, 1];
const UNCOMPRESSED = 4;

const USUAL: readonly UsualKey[] = [
  ...[2048, 3072, 4096].map(rsa),
  ec("P-256", 256, [...PRIME_256, 0x2a, 0x86, 0x48, 0xce, 0x3d, 3, 1, 7]),
  ec("P-384", 384, SECP_384),
];

function long(tag: number, length: number): number[] {
  return [tag, 0x82, length >> 8, length & 0xff];
}

/** The modulus has its first bit set, so a zero stands before it. */
function rsa(bits: number): UsualKey {
  const modulus = 1 + bits / 8;
  const numbers = 4 + modulus + EXPONENT.length;
  const key = 1 + 4 + numbers;
  const length = RSA_ENCRYPTION.length + 4 + key;
  const head = [
    ...long(0x30, length),
    ...RSA_ENCRYPTION,
    ...long(0x03, key),
    0,
    ...long(0x30, numbers),
    ...long(0x02, modulus),
    0,
  ];
  return { algorithm: "RSA", bits, curve: undefined, exponent: "10001", head, length: 4 + length };
}

function ec(curve: string, bits: number, algorithm: readonly number[]): UsualKey {
  const key = 2 + (2 * bits) / 8;
  const length = algorithm.length + 2 + key;
  const head = [0x30, length, ...algorithm, 0x03, key, 0, UNCOMPRESSED];
  return { algorithm: "EC", bits, curve, exponent: undefined, head, length: 2 + length };
}

/**
 * RSA keys of 2048, 3072 and 4096 bits with the exponent 65537, and points of P-256 and P-384 that are not
 * compressed, encoded in DER: nearly all keys there are. Undefined for any other.
 */
export function usualKey(bytes: Uint8Array, start: number, end: number): UsualKey | undefined {
  for (const usual of USUAL) {
    if (usual.length !== end - start) continue;
    const { head } = usual;
    let i = 0;
    while (i < head.length && bytes[start + i] === head[i]) i++;
    if (i < head.length) return undefined;
    if (usual.exponent === undefined) return usual;
    if ((bytes[start + i] as number) < 0x80) return undefined;
    const tail = end - EXPONENT.length;
    return EXPONENT.every((octet, k) => bytes[tail + k] === octet) ? usual : undefined;
  }
  return undefined;
}
