import type { Certificate } from "../../model/certificate.ts";
import type { Secret } from "../../model/secret.ts";
import type { Entry } from "../../model/store.ts";
import type { CertificateMemo } from "../../x509/certificate-memo.ts";
import { parseCertificate } from "../../x509/parse.ts";
import type { Passwords, ReadResult } from "../codec.ts";
import type { Carried, FoundEntry } from "./found.ts";
import { DIGEST_BYTES, type RawEntry, walk, X509_TYPE } from "./layout.ts";
import { checkIntegrity, JKS_SCHEME, passwordFits } from "./protect.ts";

/** The furthest a Date reaches, in milliseconds. */
const MAX_DATE = 8_640_000_000_000_000n;

/**
 * Reads a Java keystore (JKS, version 1 or 2).
 *
 * Format: docs/formats/java.md, layout.ts. Keys stay sealed; the store password only checks integrity.
 * A key without certificates is shown as a secret; certificates of another type than X.509 are carried,
 * not shown.
 *
 * @param bytes - the whole file; over 100,000 entries and 1 MiB for a key or certificate are refused
 * @param passwords - `store` may be absent: then `container.integrity` says `not-checked`
 * @returns entries in file order, labels exactly as stored; a date of 0 is no date
 * @throws PkiError `format-malformed` with `where` such as `entries/3/chain/0`; `integrity-mismatch`;
 *   `format-unsupported`; `limit-exceeded`; `password-refused`
 */
export function readJks(
  bytes: Uint8Array,
  passwords: Passwords,
  memo?: CertificateMemo,
): ReadResult {
  const raw = walk(bytes);
  if (passwords.store !== undefined) checkIntegrity(passwords.store, raw.covered, raw.digest);
  const entries: Entry[] = [];
  const carried: Carried[] = [];
  raw.entries.forEach((found, position) => {
    const entry = readEntry(found, position, memo);
    if (entry !== undefined) entries.push(entry);
    else carried.push({ position, label: found.label, raw: found.raw });
  });
  return {
    store: { entries },
    container: {
      format: "jks",
      version: raw.version,
      protection: "sun-jks",
      integrity: passwords.store === undefined ? "not-checked" : "verified",
      protections: [
        { of: "mac", scheme: "sha1" },
        ...(raw.entries.some((entry) => entry.key !== undefined)
          ? [{ of: "keys" as const, scheme: "sun-jks" }]
          : []),
      ],
      ...(carried.length === 0 ? {} : { rest: { jksCarried: carried } }),
    },
  };
}

/** Whether the integrity value, the file's last bytes, fits: one hash, no entry is looked at. */
export function answersJks(bytes: Uint8Array, password: Secret): boolean {
  const end = bytes.length - DIGEST_BYTES;
  return end > 0 && passwordFits(password, bytes.subarray(0, end), bytes.subarray(end));
}

function readEntry(found: RawEntry, index: number, memo?: CertificateMemo): Entry | undefined {
  if (!found.certificates.every((certificate) => isX509(certificate.type))) return undefined;
  const where = `entries/${index}`;
  const rest: FoundEntry = {
    label: found.label,
    labelBytes: found.labelBytes,
    date: found.date,
    types: found.certificates.map((certificate) => certificate.type),
  };
  const named = { label: found.label, ...created(found.date), rest: { jks: rest } };
  if (found.key === undefined) {
    const [only] = found.certificates;
    if (only === undefined) return undefined;
    const certificate = parseCertificate(only.der, `${where}/certificate`, memo);
    return { kind: "trusted", ...named, certificate, enabled: true };
  }
  const key = { state: "sealed", scheme: JKS_SCHEME, blob: found.key } as const;
  const [leaf, ...signers] = found.certificates.map((certificate, i) =>
    parseCertificate(certificate.der, `${where}/chain/${i}`, memo),
  );
  if (leaf === undefined) return { kind: "secret", ...named, algorithm: "private-key", key };
  const chain: readonly [Certificate, ...Certificate[]] = [leaf, ...signers];
  return { kind: "key", ...named, key, chain };
}

/** Java takes both spellings, whatever their case, for its one certificate factory. */
function isX509(type: string): boolean {
  return type === X509_TYPE || /^x\.?509$/i.test(type);
}

/** Java always writes a date; 0 is what programs without one write. */
export function created(date: bigint): { created?: Date } {
  return date === 0n || date > MAX_DATE || date < -MAX_DATE
    ? {}
    : { created: new Date(Number(date)) };
}
