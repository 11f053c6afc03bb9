import type { Cipher } from "../../crypto/cipher-shape.ts";
import { readSealedKey } from "../../crypto/pbe.ts";
import { oneStepPbe, type Pbe, pbes2Pbe, readPbe } from "../../crypto/pbe-scheme.ts";
import { PkiError } from "../../model/error.ts";
import type { ProtectionFact } from "../../model/store.ts";
import type { Protection } from "../codec.ts";
import { allBags } from "./bag.ts";
import { type Mac, macFact, macIterations } from "./mac.ts";
import type { Safe } from "./safe.ts";

/** Of new files, and of what a file without protection gets. */
export const STANDARD = "pbes2-aes256";
const COMPATIBLE = "pbe-sha1-3des";

/** What can be chosen when writing; every other protection is read, and kept where a file has it. */
export const PROTECTIONS: readonly [Protection, ...Protection[]] = [
  {
    id: STANDARD,
    weak: false,
    readBy:
      "Java 8u301, 11.0.12 and later, OpenSSL 1.0 and later, GSKit 8, NSS, .NET, Windows 10 1709 and later",
  },
  {
    id: COMPATIBLE,
    weak: true,
    readBy: "every software that reads PKCS#12, old Java and Windows included",
  },
];

/** The JDK's and OpenSSL's order of magnitude. */
const ITERATIONS = 10_000;

export interface Profile {
  /** For keys and for certificates alike; with salt and IV of the right length, to be renewed. */
  readonly pbe: Pbe;
  readonly mac: Mac;
}

/** @throws PkiError `format-cannot-hold` for an id that cannot be chosen */
export function profileOf(id: string): Profile {
  const salt = new Uint8Array(16);
  if (id === STANDARD) {
    return {
      pbe: pbes2Pbe("aes256", "sha256", salt, new Uint8Array(16), ITERATIONS),
      mac: { kind: "pkcs12", hash: "sha256", salt, iterations: ITERATIONS },
    };
  }
  if (id === COMPATIBLE) {
    // Old readers know salts of eight octets only.
    const short = new Uint8Array(8);
    return {
      pbe: oneStepPbe(COMPATIBLE, short, ITERATIONS),
      mac: { kind: "pkcs12", hash: "sha1", salt: short, iterations: ITERATIONS },
    };
  }
  throw new PkiError("format-cannot-hold", "this protection cannot be written", {
    hint: `choose ${PROTECTIONS.map((protection) => protection.id).join(" or ")}`,
  });
}

export function newProtection(id: string | undefined): { id: string; iterations: number } {
  profileOf(id ?? STANDARD);
  return { id: id ?? STANDARD, iterations: ITERATIONS };
}

/** Strength by cipher, weakest first. */
const ORDER: readonly Cipher["name"][] = [
  "rc4",
  "rc2",
  "des",
  "3des-2key",
  "3des",
  "camellia128",
  "camellia192",
  "camellia256",
  "aes128",
  "aes192",
  "aes256",
];

function* encryptions(
  safes: readonly Safe[],
): Generator<{ of: "keys" | "certificates"; pbe: Pbe }> {
  for (const safe of safes) {
    if (safe.pbe !== undefined) yield { of: "certificates", pbe: safe.pbe };
    for (const bag of allBags(safe.bags)) {
      const blob = bag.kind === "sealed-key" || bag.kind === "secret" ? bag.blob : undefined;
      const pbe = blob === undefined ? undefined : pbeOf(blob);
      if (pbe !== undefined) yield { of: "keys", pbe };
    }
  }
}

/** How a sealed key is sealed; undefined where we could not open it: that shows when it is asked for. */
export function pbeOf(blob: Uint8Array): Pbe | undefined {
  try {
    return readPbe(readSealedKey(blob).algorithm);
  } catch {
    return undefined;
  }
}

/**
 * The file's protection as one id: the weakest of what protects its keys and contents; `none` where
 * nothing is encrypted.
 */
export function protectionOf(
  safes: readonly Safe[],
  mac: Mac | undefined,
): { readonly id: string; readonly iterations?: number } {
  let weakest: Pbe | undefined;
  for (const { pbe } of encryptions(safes)) {
    if (weakest === undefined || rank(pbe) < rank(weakest)) weakest = pbe;
  }
  if (weakest !== undefined) return { id: weakest.id, iterations: weakest.kdf.iterations };
  return mac === undefined ? { id: "none" } : { id: "none", iterations: macIterations(mac) };
}

function rank({ cipher }: Pbe): number {
  return ORDER.indexOf(cipher.name) * 1024 + cipher.keyLength;
}

/** Every distinct protection of the file: the MAC's, then keys' and contents' in file order. */
export function factsOf(safes: readonly Safe[], mac: Mac | undefined): readonly ProtectionFact[] {
  const facts: ProtectionFact[] = mac === undefined ? [] : [macFact(mac)];
  for (const { of, pbe } of encryptions(safes)) {
    const { iterations, salt } = pbe.kdf;
    facts.push({ of, scheme: schemeName(pbe), iterations, saltBytes: salt.length });
  }
  const seen = new Set<string>();
  return facts.filter((fact) => {
    const key = JSON.stringify(fact);
    return !seen.has(key) && seen.add(key);
  });
}

/** Such as `pbes2-aes256-cbc-hmac-sha256`; the one-step schemes say it all by their ids. */
function schemeName({ id, cipher, kdf, iv }: Pbe): string {
  if (iv === undefined) return id;
  const name = cipher.name === "rc2" ? `rc2-${cipher.effectiveBits}` : cipher.name;
  return `pbes2-${name}-cbc-${kdf.kind === "pbkdf2" ? `hmac-${kdf.prf}` : kdf.kind}`;
}

/** The profile of a new key in a file whose keys are sealed in its own way. */
export function ownKeyPbe(safes: readonly Safe[]): Pbe | undefined {
  let found: Pbe | undefined;
  for (const { of, pbe } of encryptions(safes)) {
    if (of === "keys") return pbe;
    found ??= pbe;
  }
  return found;
}
