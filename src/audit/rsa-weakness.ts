import { integerRoot } from "./integers.ts";

/** Why a modulus can be factored at once. */
export type RsaWeakness =
  | { readonly kind: "small-factor"; readonly factor: number }
  | { readonly kind: "close-primes" }
  | { readonly kind: "power"; readonly exponent: number };

/** Squares leave few residues here: 12 of 64, 16 of 63, 21 of 65, 6 of 11. */
const SQUARE_MODULUS = 64 * 63 * 65 * 11;

/** Exponents of perfect powers that are looked for; 2 falls to Fermat's method. */
const POWERS = [3, 5, 7, 11, 13];

/** Primes up to `limit`. */
export function primesUpTo(limit: number): readonly number[] {
  const composite = new Uint8Array(Math.max(0, limit) + 1);
  const primes: number[] = [];
  for (let n = 2; n <= limit; n++) {
    if (composite[n] === 1) continue;
    primes.push(n);
    for (let multiple = n * n; multiple <= limit; multiple += n) composite[multiple] = 1;
  }
  return primes;
}

/** Primes in groups whose products are exact numbers, so that a large integer is divided once for each group. */
export interface PrimeGroup {
  readonly product: bigint;
  readonly primes: readonly number[];
}

export function groupPrimes(primes: readonly number[]): readonly PrimeGroup[] {
  const groups: { product: bigint; primes: number[] }[] = [];
  let product = Number.POSITIVE_INFINITY;
  for (const prime of primes) {
    product *= prime;
    if (product > Number.MAX_SAFE_INTEGER) {
      groups.push({ product: 1n, primes: [] });
      product = prime;
    }
    const group = groups[groups.length - 1] as { product: bigint; primes: number[] };
    group.product *= BigInt(prime);
    group.primes.push(prime);
  }
  return groups;
}

/** Calls `found` with each prime and the residue of `n`, until it returns true. */
export function residues(
  n: bigint,
  groups: readonly PrimeGroup[],
  found: (residue: number, prime: number) => boolean,
): void {
  for (const { product, primes } of groups) {
    const residue = Number(n % product);
    for (const prime of primes) if (found(residue % prime, prime)) return;
  }
}

/**
 * Looks for what makes a modulus easy: a factor among `groups`, two primes so close that Fermat's method finds
 * them within `rounds` steps, or a perfect power. The primality of the modulus itself is not tested.
 *
 * Work: one division for each group, one integer root, then single-precision steps.
 */
export function rsaWeakness(
  n: bigint,
  groups: readonly PrimeGroup[],
  rounds: number,
): RsaWeakness | undefined {
  if (n < 4n) return { kind: "small-factor", factor: Number(n) };
  let factor = 0;
  const notPower = new Set<number>();
  residues(n, groups, (residue, prime) => {
    if (residue === 0 && n !== BigInt(prime)) {
      factor = prime;
      return true;
    }
    for (const k of POWERS) {
      // x^((q-1)/k) = 1 for the k-th powers modulo a prime q = 1 (mod k): Euler's criterion.
      if (prime % k === 1 && !notPower.has(k) && powerResidue(residue, prime, k) !== 1)
        notPower.add(k);
    }
    return false;
  });
  if (factor !== 0) return { kind: "small-factor", factor };
  if (fermat(n, rounds)) return { kind: "close-primes" };
  for (const exponent of POWERS) {
    if (!notPower.has(exponent) && integerRoot(n, exponent) ** BigInt(exponent) === n) {
      return { kind: "power", exponent };
    }
  }
  return undefined;
}

function powerResidue(base: number, prime: number, k: number): number {
  let result = 1;
  let square = base % prime;
  for (let left = (prime - 1) / k; left > 0; left >>= 1) {
    if (left & 1) result = (result * square) % prime;
    square = (square * square) % prime;
  }
  return result;
}

/** n = a² - b² with a just above the root of n: true when such an a is among the first `rounds`. */
function fermat(n: bigint, rounds: number): boolean {
  const root = integerRoot(n, 2);
  const first = root * root === n ? root : root + 1n;
  const modulus = BigInt(SQUARE_MODULUS);
  let a = Number(first % modulus);
  let difference = Number((first * first - n) % modulus);
  for (let round = 0; round < rounds; round++) {
    if (maybeSquare(difference)) {
      const whole = (first + BigInt(round)) ** 2n - n;
      if (integerRoot(whole, 2) ** 2n === whole) return true;
    }
    difference = (difference + 2 * a + 1) % SQUARE_MODULUS;
    a = (a + 1) % SQUARE_MODULUS;
  }
  return false;
}

function maybeSquare(n: number): boolean {
  return squareModulo(n % 64, 64) && squareModulo(n % 63, 63) && squareModulo(n % 65, 65);
}

function squareModulo(residue: number, modulus: number): boolean {
  for (let x = 0; x <= modulus >> 1; x++) if ((x * x) % modulus === residue) return true;
  return false;
}

/** The primes of the ROCA test (CVE-2017-15361): modulo each, 65537 generates a small subgroup. */
const ROCA_PRIMES = [11, 13, 17, 19, 37, 53, 61, 71, 73, 79, 97, 103, 107, 109, 127, 151, 157];

/**
 * Whether an RSA modulus was made by Infineon's faulty library: it is a power of 65537 modulo each of 17
 * primes. An innocent one is so with a probability of about 2^-28.
 */
export function isRoca(n: bigint): boolean {
  let all = true;
  residues(n, groupPrimes(ROCA_PRIMES), (residue, prime) => {
    all = isPowerOf65537(residue, prime);
    return !all;
  });
  return all;
}

function isPowerOf65537(residue: number, prime: number): boolean {
  const base = 65537 % prime;
  let power = 1;
  do {
    if (power === residue) return true;
    power = (power * base) % prime;
  } while (power !== 1);
  return false;
}
