/** Arithmetic on the numbers inside public keys. All of it is bounded by the size of what it is given. */

/** Moduli above this are not examined: nothing that we know uses them, and each step would cost seconds. */
export const MAX_MODULUS_BITS = 16_384;

/** From unsigned big-endian octets; no octets are 0. */
export function integerOf(octets: Uint8Array): bigint {
  let hex = "";
  for (const octet of octets) hex += octet.toString(16).padStart(2, "0");
  return hex === "" ? 0n : BigInt(`0x${hex}`);
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
