import { toHex } from "../bytes/octets.ts";

/** Arithmetic on the numbers inside public keys. All of it is bounded by the size of what it is given. */

/** Moduli above this are not examined: nothing that we know uses them, and each step would cost seconds. */
export const MAX_MODULUS_BITS = 16_384;

/** From unsigned big-endian octets; no octets are 0. */
export function integerOf(octets: Uint8Array): bigint {
  return octets.length === 0 ? 0n : BigInt(`0x${toHex(octets)}`);
}

export function bitsOf(n: bigint): number {
  const hex = n.toString(16);
  return n === 0n ? 0 : hex.length * 4 - (Math.clz32(Number.parseInt(hex[0] as string, 16)) - 28);
}

/**
 * Greatest common divisor of two non-negative integers; `gcd(n, 0n)` is n.
 *
 * Lehmer's method (Knuth, Algorithm L): Euclid's steps are tried on the leading 52 bits, and done to the large
 * numbers some twenty at a time.
 */
export function gcd(a: bigint, b: bigint): bigint {
  if (a < b) [a, b] = [b, a];
  let shift = Math.max(0, bitsOf(a) - 52);
  while (shift > 0 && b !== 0n) {
    let x = Number(a >> BigInt(shift));
    if (x < 2 ** 30) {
      shift = Math.max(0, shift - 22);
      continue;
    }
    let y = Number(b >> BigInt(shift));
    let [a0, b0, a1, b1] = [1, 0, 0, 1];
    while (y + a1 !== 0 && y + b1 !== 0) {
      const q = Math.floor((x + a0) / (y + a1));
      if (q !== Math.floor((x + b0) / (y + b1))) break;
      [a0, a1] = [a1, a0 - q * a1];
      [b0, b1] = [b1, b0 - q * b1];
      [x, y] = [y, x - q * y];
    }
    if (b0 === 0) [a, b] = [b, a % b];
    else [a, b] = [BigInt(a0) * a + BigInt(b0) * b, BigInt(a1) * a + BigInt(b1) * b];
  }
  while (b !== 0n) [a, b] = [b, a % b];
  return a;
}

/** Octets of three in a number of the coprimality test: products of two and their sums are exact numbers. */
const LIMB_BITS = 24;
const LIMB = 2 ** LIMB_BITS;

/**
 * Whether two integers have no common divisor but 1; `n` odd and positive, `m` not negative.
 *
 * Division steps on the lowest bits (Bernstein and Yang, Fast constant-time gcd computation, 2019): 24 of
 * them make a matrix, by which both numbers are multiplied, and then 24 bits fall away. In arrays of
 * ordinary numbers this is some ten times as quick as with BigInt.
 */
export function isCoprime(n: bigint, m: bigint): boolean {
  if ((n & 1n) === 0n) return gcd(n, m) === 1n;
  const [hexN, hexM] = [n.toString(16), m.toString(16)];
  let length = Math.ceil(Math.max(hexN.length, hexM.length) / 6) + 1;
  const f = limbsOf(hexN, length);
  const g = limbsOf(hexM, length);
  let delta = 1;
  while (!isZero(g, length)) {
    // The matrix of 24 steps out of the low bits.
    let low = ((f[0] as number) + (f[1] as number) * LIMB) | 0;
    let other = ((g[0] as number) + (g[1] as number) * LIMB) | 0;
    let u = 1;
    let v = 0;
    let q = 0;
    let r = 1;
    for (let left = LIMB_BITS; left > 0; ) {
      // All even steps at once.
      const zeros = Math.min(left, 31 - Math.clz32(other & -other));
      if (other === 0 || zeros === left) {
        const scale = 2 ** left;
        u *= scale;
        v *= scale;
        delta += left;
        break;
      }
      if (zeros > 0) {
        const scale = 1 << zeros;
        other >>= zeros;
        u *= scale;
        v *= scale;
        delta += zeros;
        left -= zeros;
      }
      if (delta > 0) {
        const [f0, u0, v0] = [low, u, v];
        low = other;
        other = (other - f0) | 0;
        u = q;
        v = r;
        q -= u0;
        r -= v0;
        delta = -delta;
      } else {
        other = (other + low) | 0;
        q += u;
        r += v;
      }
      other >>= 1;
      u *= 2;
      v *= 2;
      delta++;
      left--;
    }
    // Both numbers by the matrix; the lowest limb becomes zero and is dropped.
    let carryF = 0;
    let carryG = 0;
    for (let i = 0; i < length; i++) {
      const x = f[i] as number;
      const y = g[i] as number;
      const a = u * x + v * y + carryF;
      const b = q * x + r * y + carryG;
      carryF = Math.floor(a / LIMB);
      carryG = Math.floor(b / LIMB);
      if (i > 0) {
        f[i - 1] = a - carryF * LIMB;
        g[i - 1] = b - carryG * LIMB;
      }
    }
    f[length - 1] = carryF;
    g[length - 1] = carryG;
    // The highest limb has the sign; where it is nothing but that, the next one takes it.
    while (length > 2 && isSign(f[length - 1]) && isSign(g[length - 1])) {
      f[length - 2] = (f[length - 2] as number) + (f[length - 1] as number) * LIMB;
      g[length - 2] = (g[length - 2] as number) + (g[length - 1] as number) * LIMB;
      length--;
    }
  }
  let value = 0;
  for (let i = length - 1; i >= 0; i--) value = value * LIMB + (f[i] as number);
  return Math.abs(value) === 1;
}

function isSign(limb: number | undefined): boolean {
  return limb === 0 || limb === -1;
}

function isZero(limbs: Float64Array, length: number): boolean {
  for (let i = 0; i < length; i++) if (limbs[i] !== 0) return false;
  return true;
}

function limbsOf(digits: string, length: number): Float64Array {
  const limbs = new Float64Array(length);
  let at = digits.length;
  for (let i = 0; at > 0; i++) {
    let limb = 0;
    // From the sixth hex digit before the end on.
    for (let j = Math.max(0, at - 6); j < at; j++) {
      const code = digits.charCodeAt(j);
      limb = limb * 16 + (code < 58 ? code - 48 : code - 87);
    }
    limbs[i] = limb;
    at -= 6;
  }
  return limbs;
}

export function modPow(base: bigint, exponent: bigint, modulus: bigint): bigint {
  let result = 1n % modulus;
  let square = base % modulus;
  for (let left = exponent; left > 0n; left >>= 1n) {
    if ((left & 1n) === 1n) result = (result * square) % modulus;
    square = (square * square) % modulus;
  }
  return result;
}

/** The largest integer whose `k`-th power is at most `n`; n not negative, k at least 2. Newton's method. */
export function integerRoot(n: bigint, k: number): bigint {
  if (n < 2n) return n;
  const power = BigInt(k);
  const one = power - 1n;
  let x = firstGuess(n, k);
  for (;;) {
    const next = (one * x + n / x ** one) / power;
    if (next >= x) return x;
    x = next;
  }
}

/** A little above the root: about 48 bits right, so that few steps follow. Must never be below it. */
function firstGuess(n: bigint, k: number): bigint {
  const bits = bitsOf(n);
  const drop = Math.max(0, Math.floor((bits - 900) / k)) * k;
  const top = Number(n >> BigInt(drop));
  const root = top ** (1 / k) * (1 + 2 ** -40) + 1;
  const shift = drop / k;
  return (BigInt(Math.ceil(root)) + 1n) << BigInt(shift);
}
