import { DerReader } from "../bytes/der-reader.ts";
import type { PublicKeyView } from "../model/certificate.ts";
import { CURVES } from "../x509/algorithms.ts";
import { integerOf, modPow } from "./integers.ts";

/** y² = x³ + ax + b over the integers modulo p. Constants: FIPS 186-4 appendix D, SEC 2. */
interface Curve {
  readonly p: bigint;
  readonly a: bigint;
  readonly b: bigint;
}

const curve = (p: bigint, a: bigint, b: bigint): Curve => ({ p, a: a < 0n ? p + a : a, b });

const KNOWN: Readonly<Record<string, Curve>> = {
  "P-256": curve(
    0xffffffff00000001000000000000000000000000ffffffffffffffffffffffffn,
    -3n,
    0x5ac635d8aa3a93e7b3ebbd55769886bc651d06b0cc53b0f63bce3c3e27d2604bn,
  ),
  "P-384": curve(
    2n ** 384n - 2n ** 128n - 2n ** 96n + 2n ** 32n - 1n,
    -3n,
    0xb3312fa7e23ee7e4988e056be3f82d19181d9c6efe8141120314088f5013875ac656398d8a2ed19d2a85c8edd3ec2aefn,
  ),
  "P-521": curve(
    2n ** 521n - 1n,
    -3n,
    0x0051953eb9618e1c9a1f929a21a0b68540eea2da725b99b315f3b8b489918ef109e156193951ec7e937b1652c0bd3bb1bf073573df883d2c34f1ef451fd46b503f00n,
  ),
  secp256k1: curve(2n ** 256n - 2n ** 32n - 977n, 0n, 7n),
};

/** Curves over binary fields: withdrawn by SP 800-186 §3.3, and gone from Java and TLS 1.3. */
export function isBinaryCurve(name: string | undefined): boolean {
  return name !== undefined && /^sect\d/.test(name);
}

/** Whether a curve has a name of ours; others are shown by their OID. */
export function isNamed(name: string): boolean {
  return Object.values(CURVES).some(([known]) => known === name);
}

/**
 * What is wrong with an EC public key's point (SP 800-56A §5.6.2.3.4, RFC 5480 §2.2): `infinity`, `form`,
 * `length`, `range` or `not-on-curve`. Curves other than P-256, P-384, P-521 and secp256k1 are judged by
 * the form alone.
 */
export function pointFault(key: PublicKeyView): string | undefined {
  if (key.algorithm !== "EC" || key.bits === 0) return undefined;
  const inside = new DerReader(key.spki, "subjectPublicKeyInfo").sequence("subjectPublicKeyInfo");
  inside.next(undefined, "algorithm");
  const point = inside.bitString("subjectPublicKey").bytes;
  const size = Math.ceil(key.bits / 8);
  const form = point[0];
  if (point.length === 1 && form === 0) return "infinity";
  if (form !== 2 && form !== 3 && form !== 4 && form !== 6 && form !== 7) return "form";
  const compressed = form === 2 || form === 3;
  if (point.length !== 1 + (compressed ? size : 2 * size)) return "length";
  const known = KNOWN[key.curve ?? ""];
  if (known === undefined) return undefined;
  const { p, a, b } = known;
  const x = integerOf(point.subarray(1, 1 + size));
  if (x >= p) return "range";
  const right = (x * x + a) * x + b;
  if (compressed) {
    const square = right % p;
    // Euler's criterion: a square, or zero.
    return square === 0n || modPow(square, (p - 1n) / 2n, p) === 1n ? undefined : "not-on-curve";
  }
  const y = integerOf(point.subarray(1 + size));
  if (y >= p) return "range";
  // One division: it is what takes long.
  return (right - y * y) % p === 0n ? undefined : "not-on-curve";
}

const GSKIT_TAKES = ["P-256", "P-384", "P-521"];

/** Measured: Koblitz and Brainpool curves over prime fields. Others of known name were not tried. */
export function isRefusedByGskit({ algorithm, curve }: PublicKeyView): boolean {
  return (
    algorithm === "EC" &&
    curve !== undefined &&
    !GSKIT_TAKES.includes(curve) &&
    Object.values(CURVES).some(([name]) => name === curve && !/^sect|^P-224/.test(name))
  );
}
