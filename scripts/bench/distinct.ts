import { createPrivateKey, generateKeyPairSync, generatePrimeSync, sign } from "node:crypto";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { writePem } from "../../src/bytes/pem.ts";
import {
  ca,
  cert,
  type Forged,
  type ForgeKey,
  publicOnly,
  rsaSpki,
} from "../fixtures/rules/forge.ts";

/** When the bundles are audited: what they hold does not grow old. */
export const DISTINCT_AT = "2026-07-01";

/** Certificates of one bundle: a CA and what it issued. */
const PER_BUNDLE = 250;
/** Distinct RSA keys; certificates share them, as those that are issued anew with the old key do. */
const RSA_KEYS = 2000;
const DAY = 86_400_000;

/** A company's certificates without end, no two alike: three of five have an RSA-2048 key, the others P-256. */
export class DistinctCertificates {
  readonly #root = ca("CN=Bench Root,O=Example Company Ltd,C=GB", {
    key: quickKey(),
  });
  readonly #rsa: Uint8Array[] = [];
  #made = 0;
  #keys = 0;

  /** A CA under the one root, and `members` certificates that it signed. */
  bundle(members: number): readonly Uint8Array[] {
    const name = `CN=Bench CA ${this.#made},O=Example Company Ltd,C=GB`;
    const issuer = ca(name, { issuer: this.#root, key: quickKey() });
    this.#made++;
    return [issuer.der, ...Array.from({ length: members }, () => this.#member(issuer))];
  }

  #member(issuer: Forged): Uint8Array {
    const n = this.#made++;
    const host = `host-${n}.apps.example.com`;
    // One in fifty has expired; the others end on all days of half a year.
    const day = n % 50 === 0 ? -30 : 60 + (n % 180);
    return cert({
      subject: `CN=${host},OU=Integration ${n % 40},O=Example Company Ltd,L=London,C=GB`,
      issuer,
      key: publicOnly(n % 5 < 3 ? this.#rsaKey(this.#keys++ % RSA_KEYS) : newPair().publicKey),
      from: new Date(Date.parse("2025-12-01") + (n % 120) * DAY).toISOString(),
      to: new Date(Date.parse(DISTINCT_AT) + day * DAY).toISOString(),
    }).der;
  }

  #rsaKey(number: number): Uint8Array {
    const spki = this.#rsa[number] ?? rsaSpki(modulusOf2048());
    this.#rsa[number] = spki;
    return spki;
  }
}

/** PEM bundles with `total` certificates, no two alike. */
export function makeDistinctBundles(
  folder: string,
  total: number,
  source = new DistinctCertificates(),
): number {
  mkdirSync(folder, { recursive: true });
  let written = 0;
  for (let file = 0; written < total; file++) {
    const members = Math.min(PER_BUNDLE, total - written) - 1;
    const text = source.bundle(members).map((der) => writePem("CERTIFICATE", der));
    writeFileSync(join(folder, `bundle-${file}.pem`), text.join(""));
    written += text.length;
  }
  return written;
}

/** Many small primes are found a hundred times as fast as two large ones; an audit cannot tell. */
function modulusOf2048(): bigint {
  const size = (n: bigint): number => n.toString(2).length;
  let rest = 1n;
  for (let i = 0; i < 15; i++) rest *= generatePrimeSync(128, { bigint: true });
  // OpenSSL sets the two top bits of a prime, so one of the two sizes gives the right length.
  for (let more = 0; ; more = 1 - more) {
    const modulus = rest * generatePrimeSync(2048 + more - size(rest), { bigint: true });
    if (size(modulus) === 2048) return modulus;
  }
}

interface Pair {
  readonly publicKey: Uint8Array;
  readonly privateKey: Uint8Array;
}

function newPair(): Pair {
  return generateKeyPairSync("ec", {
    namedCurve: "P-256",
    publicKeyEncoding: { type: "spki", format: "der" },
    privateKeyEncoding: { type: "pkcs8", format: "der" },
  });
}

/** A P-256 key that signs as OpenSSL does: forge's own arithmetic would take most of the time. */
function quickKey(): ForgeKey {
  const { publicKey, privateKey } = newPair();
  const key = createPrivateKey({ key: privateKey as Buffer, format: "der", type: "pkcs8" });
  return {
    pkcs8: privateKey,
    spki: publicKey,
    kind: "EC",
    sign: (hash, body) => new Uint8Array(sign(hash, body, key)),
  };
}
