import { generateKeyPairSync } from "node:crypto";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { sharedFactors } from "../../../src/audit/batch-gcd.ts";
import { pointFault } from "../../../src/audit/curves.ts";
import { DEMO_KEYS } from "../../../src/audit/data/demo-keys.ts";
import {
  bitsOf,
  gcd,
  integerOf,
  integerRoot,
  isCoprime,
  modPow,
} from "../../../src/audit/integers.ts";
import { groupPrimes, isRoca, primesUpTo, rsaWeakness } from "../../../src/audit/rsa-weakness.ts";
import { toHex } from "../../../src/bytes/octets.ts";
import { digest } from "../../../src/crypto/digest.ts";
import { privateKeyView, publicKeyInfo } from "../../../src/x509/private-key.ts";
import { parsePublicKey } from "../../../src/x509/public-key.ts";
import { fixtureNames, pemFixture } from "../../support/fixtures.ts";

const small = groupPrimes(primesUpTo(751));
const weak = (n: bigint) => rsaWeakness(n, small, 100);
const euclid = (a: bigint, b: bigint): bigint => (b === 0n ? a : euclid(b, a % b));

// Primes of FIPS 186-4 appendix D.1.2: the fields of P-192, P-256, P-384 and P-521.
const P192 = 2n ** 192n - 2n ** 64n - 1n;
const P256 = 2n ** 256n - 2n ** 224n + 2n ** 192n + 2n ** 96n - 1n;
const P384 = 2n ** 384n - 2n ** 128n - 2n ** 96n + 2n ** 32n - 1n;
const P521 = 2n ** 521n - 1n;

describe("integers", () => {
  it("read octets and count bits", () => {
    expect(integerOf(Uint8Array.of())).toBe(0n);
    expect(integerOf(Uint8Array.of(1, 0, 255))).toBe(65_791n);
    expect([0n, 1n, 255n, 256n, P521].map(bitsOf)).toEqual([0, 1, 8, 9, 521]);
  });

  it("have the divisors that Euclid finds", () => {
    const big = fc.bigInt({ min: 0n, max: 2n ** 700n });
    fc.assert(
      fc.property(big, big, big, (a, b, c) => {
        expect(gcd(a, b)).toBe(euclid(a, b));
        expect(gcd(a * c, b * c)).toBe(euclid(a, b) * c);
      }),
      { numRuns: 200 },
    );
    expect(gcd(P256 * P384, P384 * P521)).toBe(P384);
  });

  it("have roots that are the largest ones", () => {
    fc.assert(
      fc.property(
        fc.bigInt({ min: 0n, max: 2n ** 4100n }),
        fc.constantFrom(2, 3, 5, 13),
        (n, k) => {
          const root = integerRoot(n, k);
          expect(root ** BigInt(k) <= n && (root + 1n) ** BigInt(k) > n).toBe(true);
        },
      ),
      { numRuns: 200 },
    );
    for (const root of [1n, 2n, P256, 2n ** 1024n]) {
      expect(integerRoot(root ** 2n, 2)).toBe(root);
      expect(integerRoot(root ** 2n - 1n, 2)).toBe(root - 1n);
    }
  });

  it("have powers modulo a prime as Fermat says", () => {
    expect(modPow(3n, P256 - 1n, P256)).toBe(1n);
    expect(modPow(2n, 10n, 1000n)).toBe(24n);
  });
});

describe("a weak modulus", () => {
  it("has a small prime, 751 being the last", () => {
    expect(primesUpTo(20)).toEqual([2, 3, 5, 7, 11, 13, 17, 19]);
    expect(weak(751n * P521)).toEqual({ kind: "small-factor", factor: 751 });
    expect(weak(757n * P521)).toBeUndefined();
    expect(weak(2n * P521)).toEqual({ kind: "small-factor", factor: 2 });
    expect([0n, 1n].map((n) => weak(n)?.kind)).toEqual(["small-factor", "small-factor"]);
  });

  it("has two close primes: the hundredth step of Fermat's method is the last", () => {
    // (a - b)(a + b) with a = ceil(sqrt(n)) + step: b² is about 2·a·step.
    const at = (step: number): bigint => {
      const a = 3n ** 401n;
      const b = integerRoot(2n * a * BigInt(step), 2);
      return (a - b) * (a + b);
    };
    const rounds = (n: bigint) => {
      for (const tries of [99, 100, 101, 102]) {
        if (rsaWeakness(n, [], tries)?.kind === "close-primes") return tries;
      }
      return undefined;
    };
    expect(rsaWeakness(at(50), [], 100)?.kind).toBe("close-primes");
    expect(rsaWeakness(at(200), [], 100)).toBeUndefined();
    expect(rounds(at(100))).toBe(100);
  });

  it("is a power", () => {
    expect(weak(P256 ** 2n)?.kind).toBe("close-primes");
    expect(weak(P192 ** 3n)).toEqual({ kind: "power", exponent: 3 });
    expect(weak(P192 ** 5n)).toEqual({ kind: "power", exponent: 5 });
    expect(weak(P192 ** 3n * P256)).toBeUndefined();
  });

  it("is none that OpenSSL makes", () => {
    for (let i = 0; i < 3; i++) {
      const { publicKey } = generateKeyPairSync("rsa", { modulusLength: 1024 });
      const { n = "" } = publicKey.export({ format: "jwk" });
      const modulus = integerOf(new Uint8Array(Buffer.from(n, "base64url")));
      expect(weak(modulus)).toBeUndefined();
      expect(isRoca(modulus)).toBe(false);
    }
  });

  it("costs little even with 16,384 bits", () => {
    const started = process.cpuUsage();
    weak((2n ** 8191n + 1n) * (2n ** 8192n - 1n));
    weak(2n ** 16384n - 1n);
    expect(process.cpuUsage(started).user / 1000).toBeLessThan(2000);
  });
});

describe("ROCA", () => {
  const primes = [11, 13, 17, 19, 37, 53, 61, 71, 73, 79, 97, 103, 107, 109, 127, 151, 157];
  const product = primes.reduce((all, one) => all * BigInt(one), 1n);

  it("is a power of 65537 modulo all 17 primes", () => {
    // The form of CVE-2017-15361: k·M + 65537^a mod M.
    expect(isRoca(product * 12_345n + modPow(65_537n, 99n, product))).toBe(true);
    expect(isRoca(product + modPow(65_537n, 99n, product) + 1n)).toBe(false);
  });
});

describe("coprimality", () => {
  const [a, b, c] = [P192, P256, P521];

  it("is what the divisor says, for numbers of any size", () => {
    const odd = fc.bigInt({ min: 0n, max: 2n ** 2100n }).map((n) => n * 2n + 1n);
    const any = fc.bigInt({ min: 0n, max: 2n ** 2100n });
    const small = fc.bigInt({ min: 0n, max: 2n ** 60n });
    fc.assert(
      fc.property(odd, fc.oneof(any, small), fc.oneof(any, small), (n, m, shared) => {
        expect(isCoprime(n, m)).toBe(gcd(n, m) === 1n);
        const factor = shared * 2n + 1n;
        expect(isCoprime(n * factor, m * factor)).toBe(gcd(n * factor, m * factor) === 1n);
      }),
      { numRuns: Number(process.env.PROPERTY_RUNS ?? 300) },
    );
  });

  it.each([
    ["one and nothing", 1n, 0n, true],
    ["a number and nothing", a, 0n, false],
    ["a number and itself", c, c, false],
    ["neighbours", c, c - 1n, true],
    ["powers of two", a, 2n ** 3000n, true],
    ["an even number first", 2n * a, a, false],
    ["a shared prime", a * b, a * c, false],
    ["other primes", a * b, c, true],
    ["a number and one more than it many times", a, a * 2n ** 2000n + 1n, true],
  ])("of %s", (_, n, m, coprime) => {
    expect(isCoprime(n, m)).toBe(coprime);
  });
});

describe("shared factors", () => {
  it("are found wherever they are", () => {
    const [a, b, c, d] = [P192, P256, P384, P521];
    expect(sharedFactors([])).toEqual([]);
    expect(sharedFactors([a * b])).toEqual([]);
    expect(sharedFactors([a * b, c * d])).toEqual([]);
    expect(sharedFactors([a * b, 5n * d, a * c])).toEqual([{ factor: a, members: [0, 2] }]);
  });

  it("are told apart where both primes of a number are shared", () => {
    const [a, b, c] = [P192, P256, P384];
    const found = sharedFactors([a * b, b * c, c * a]).map(({ factor, members }) => [
      [P192, P256, P384].indexOf(factor),
      members,
    ]);
    expect(found).toHaveLength(3);
    expect(found).toEqual(
      expect.arrayContaining([
        [0, [0, 2]],
        [1, [0, 1]],
        [2, [1, 2]],
      ]),
    );
  });

  it("agree with the comparison of all pairs", () => {
    const primes = primesUpTo(400).slice(10).map(BigInt);
    const index = fc.nat({ max: primes.length - 1 });
    fc.assert(
      fc.property(fc.array(fc.tuple(index, index), { maxLength: 30 }), (pairs) => {
        const numbers = [...new Set(pairs.map(([i, j]) => (primes[i] ?? 1n) * (primes[j] ?? 1n)))];
        const suspects = numbers
          .map((n, i) => (numbers.some((m, j) => j !== i && gcd(n, m) > 1n) ? i : -1))
          .filter((i) => i >= 0);
        const found = new Set(sharedFactors(numbers).flatMap(({ members }) => members));
        expect([...found].sort((x, y) => x - y)).toEqual(suspects);
      }),
      { numRuns: 100 },
    );
  });

  it("are found among large numbers in trees of every shape", () => {
    // Numbers of very different sizes, so that fractions are cut off wherever they can be.
    const prime = fc.constantFrom(
      3n,
      65_537n,
      P192,
      P256,
      P384,
      P521,
      2n ** 127n - 1n,
      2n ** 607n - 1n,
    );
    const number = fc
      .tuple(prime, prime, fc.constantFrom(1n, 2n ** 1279n - 1n, 2n ** 2203n - 1n))
      .map(([p, q, r]) => p * q * r);
    fc.assert(
      fc.property(fc.uniqueArray(number, { maxLength: 40 }), (numbers) => {
        const suspects = numbers
          .map((n, i) => (numbers.some((m, j) => j !== i && gcd(n, m) > 1n) ? i : -1))
          .filter((i) => i >= 0);
        const found = new Set(sharedFactors(numbers).flatMap(({ members }) => members));
        expect([...found].sort((x, y) => x - y)).toEqual(suspects);
      }),
      { numRuns: 100 },
    );
  });

  it("of 1,000 moduli take a few seconds, however many factors they share", () => {
    // Odd numbers made from a counter share many small primes: more work than real moduli are.
    const moduli = Array.from({ length: 1000 }, (_, i) => {
      const seed = digest("sha512", new TextEncoder().encode(String(i)));
      return (integerOf(seed) << 1536n) | (2n ** 2047n) | 1n;
    });
    const started = process.cpuUsage();
    sharedFactors([...new Set(moduli)]);
    expect(process.cpuUsage(started).user / 1e6).toBeLessThan(20);
  });
});

describe("a point", () => {
  const spkiOf = (namedCurve: string) =>
    new Uint8Array(
      generateKeyPairSync("ec", { namedCurve }).publicKey.export({ format: "der", type: "spki" }),
    );

  it.each(["prime256v1", "secp384r1", "secp521r1", "secp256k1"])(
    "of OpenSSL on %s is one",
    (name) => {
      const spki = spkiOf(name);
      expect(pointFault(parsePublicKey(spki))).toBeUndefined();
      const moved = spki.slice();
      moved[moved.length - 1] = (moved[moved.length - 1] ?? 0) ^ 1;
      expect(pointFault(parsePublicKey(moved))).toBe("not-on-curve");
    },
  );

  it("is none in another form, beyond its field, or with a byte more or less", () => {
    const spki = spkiOf("prime256v1");
    const start = spki.length - 65;
    const with_ = (at: number, value: number) => {
      const copy = spki.slice();
      copy[at] = value;
      return pointFault(parsePublicKey(copy));
    };
    expect(with_(start, 5)).toBe("form");
    expect(with_(start, 3)).toBe("length");
    const high = spki.slice().fill(0xff, start + 1, start + 33);
    expect(pointFault(parsePublicKey(high))).toBe("range");
  });
});

describe("the demo keys", () => {
  it("are those whose private halves stand in certs-fixtures/pem", () => {
    const keys = fixtureNames("pem").filter((name) => name.endsWith("-key.pem"));
    const hashes = keys.map((name) =>
      toHex(digest("sha256", privateKeyView(pemFixture(`pem/${name}`)).spki)),
    );
    expect(hashes.sort()).toEqual(Object.keys(DEMO_KEYS).sort());
    expect(publicKeyInfo(pemFixture("pem/server-key.pem")).length).toBeGreaterThan(60);
  });
});
