import { MAX_MODULUS_BITS } from "../integers.ts";
import { groupPrimes, type PrimeGroup, primesUpTo, rsaWeakness } from "../rsa-weakness.ts";
import { rule } from "../rule.ts";
import { Trait } from "../traits.ts";

/** Most of either that a policy may ask for: each costs time for each certificate. */
const MAX_PRIMES_TO = 100_000;
const MAX_ROUNDS = 100_000;

/** The limit of the baseline requirements, with its primes at hand. */
const USUAL = 751;
const USUAL_GROUPS = groupPrimes(primesUpTo(USUAL));

const primeGroups = (to: number): readonly PrimeGroup[] =>
  to === USUAL ? USUAL_GROUPS : groupPrimes(primesUpTo(to));

export const rsaSmallFactor = rule({
  id: "rsa-small-factor",
  on: "certificate",
  severity: "error",
  title: "the RSA key can be broken at once: its factors are found by trying",
  cites: [
    "CA/Browser Forum baseline requirements §6.1.6",
    "CA/Browser Forum baseline requirements §6.1.1.3: close primes, Fermat's method in 100 rounds",
    "CVE-2022-26320",
  ],
  profiles: ["default"],
  traits: Trait.rsa,
  parameters: { primesTo: USUAL, rounds: 100 },
  check(view, { parameters }) {
    const { modulus } = view;
    if (modulus === undefined || modulus.length * 8 > MAX_MODULUS_BITS) return undefined;
    const to = Math.min(parameters.primesTo, MAX_PRIMES_TO);
    const rounds = Math.min(parameters.rounds, MAX_ROUNDS);
    const { key } = view;
    const weakness = key.once(`weakness ${to} ${rounds}`, () =>
      rsaWeakness(key.integer, primeGroups(to), rounds),
    );
    if (weakness === undefined) return undefined;
    const { kind } = weakness;
    const number =
      kind === "small-factor" ? weakness.factor : kind === "power" ? weakness.exponent : rounds;
    return { facts: { subject: view.subject, kind, number } };
  },
  explain({ subject, kind, number }) {
    const what = `The RSA modulus of the certificate ${subject}`;
    if (kind === "small-factor")
      return `${what} is divisible by ${number}: anybody can find its private key.`;
    if (kind === "power")
      return `${what} is a power with exponent ${number}: anybody can find its private key.`;
    return `${what} is the product of two primes close to each other: Fermat's method finds its private key within ${number} steps.`;
  },
  fix: () =>
    "Make a new key with pki issue, revoke the old certificate, and find out what made that key: its other keys are as weak.",
});
