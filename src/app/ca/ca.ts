import { join } from "node:path";
import { readPem, writePem } from "../../bytes/pem.ts";
import { KdfBudget } from "../../crypto/kdf.ts";
import { pkcs12Password, wipePassword } from "../../crypto/password.ts";
import { openSealedKey, sealKey } from "../../crypto/pbe.ts";
import { pbes2Pbe } from "../../crypto/pbe-scheme.ts";
import { type Host, MAX_STORE_BYTES } from "../../io/host.ts";
import type { Certificate, DistinguishedName } from "../../model/certificate.ts";
import { PkiError } from "../../model/error.ts";
import { Secret } from "../../model/secret.ts";
import { buildCertificate } from "../../x509/build/certificate.ts";
import { issuerKeyIdentifier } from "../../x509/build/extensions.ts";
import { newSerial } from "../../x509/build/serial.ts";
import { SigningKey, signatureScheme } from "../../x509/build/signature.ts";
import { completeChain } from "../../x509/chain.ts";
import { parseCrl } from "../../x509/crl.ts";
import { basicConstraints, keyUsage } from "../../x509/extensions.ts";
import { sameName } from "../../x509/name.ts";
import { parseCertificate } from "../../x509/parse.ts";
import { keyMatches } from "../../x509/private-key.ts";
import type { Notice } from "../outcome.ts";
import { type FoundPassword, resolvePassword } from "../password.ts";
import { insideIssuer, type Validity } from "./certificate-options.ts";
import { CaIndex, type IssuedProfile } from "./index-file.ts";

/** Where `issue` and `exchange` look for a CA when nobody names one. */
export const DEFAULT_CA = "ca";
/** PBKDF2-HMAC-SHA-256 turns over a CA's key: half a second of an attacker's core a guess. */
export const CA_KEY_ITERATIONS = 600_000;
const MAX_FILE = 1024 * 1024;

/** The files of a CA's directory. */
export function caFiles(directory: string) {
  return {
    /** The encrypted key: `ENCRYPTED PRIVATE KEY` in PEM. */
    key: join(directory, "ca.key"),
    certificate: join(directory, "ca.arm"),
    /** The CAs above it, nearest first; absent for a root. */
    chain: join(directory, "ca-chain.arm"),
    crl: join(directory, "ca.crl"),
    /** What it has issued. Its lock is the CA's lock. */
    index: join(directory, "index.ndjson"),
  };
}

/** A CA's certificates and key: files that never change once they are made, so no lock is needed. */
export interface UnlockedCa {
  readonly directory: string;
  readonly certificate: Certificate;
  /** Itself first, up to the self-signed root. */
  readonly chain: readonly [Certificate, ...Certificate[]];
  readonly key: SigningKey;
  readonly notices: readonly Notice[];
}

/** A CA that can sign. */
export interface Ca extends UnlockedCa {
  readonly index: CaIndex;
}

export interface CaPasswordOptions {
  /** Value of the option. */
  readonly password?: string;
  /** Its name, for messages; default `--ca-password`. */
  readonly option?: string;
}

/** Is there a CA in this directory? */
export async function hasCa(host: Host, directory: string): Promise<boolean> {
  return (await host.files.stat(caFiles(directory).certificate)).kind === "file";
}

/**
 * Reads a CA's certificates and opens its key.
 *
 * @throws PkiError `ca-unusable` when it is expired, not yet valid, no CA, or its key is another's;
 *   `chain-incomplete`; `key-password-wrong`; `password-missing`; `file-not-found`
 */
export async function unlockCa(
  host: Host,
  directory: string,
  options: CaPasswordOptions = {},
): Promise<UnlockedCa> {
  const files = caFiles(directory);
  if (!(await hasCa(host, directory))) {
    throw new PkiError("file-not-found", "there is no CA here", {
      path: directory,
      hint: `make one with pki init-ca ${directory}`,
    });
  }
  const [certificate] = await readCertificates(host, files.certificate);
  const issuers =
    (await host.files.stat(files.chain)).kind === "absent"
      ? []
      : await readCertificates(host, files.chain);
  if (certificate === undefined) throw unusable(files.certificate, "holds no certificate");
  refuseUnfit(certificate, files.certificate, host.now());
  const { chain, complete } = completeChain(certificate, issuers);
  if (!complete) {
    throw new PkiError("chain-incomplete", "the CA's own chain ends below a root", {
      path: files.certificate,
      hint: `put the certificates of the CAs above it into ${files.chain}`,
    });
  }
  for (const above of chain.slice(1)) refuseUnfit(above, files.chain, host.now());
  const { key: pkcs8, notices } = await readKey(host, directory, certificate, options);
  const key = new SigningKey(pkcs8);
  pkcs8.dispose();
  return { directory, certificate, chain, key, notices };
}

/**
 * Opens a CA for issuing. The caller holds the lock of its index.
 *
 * @param unlocked - from `unlockCa`, where its half second was spent before the lock was taken
 * @throws PkiError `ca-unusable` when its index is missing or damaged; what `unlockCa` throws
 */
export async function openCa(
  host: Host,
  directory: string,
  options: CaPasswordOptions = {},
  unlocked?: UnlockedCa,
): Promise<Ca> {
  const ca = unlocked ?? (await unlockCa(host, directory, options));
  const files = caFiles(directory);
  const index = await readIndex(host, files.index, ca.certificate);
  const crl = await crlNotices(host, files.crl);
  return { ...ca, index, notices: [...ca.notices, ...index.notices, ...crl] };
}

/** A CRL that has run out is worse than none: who checks it refuses every certificate of the CA. */
async function crlNotices(host: Host, path: string): Promise<readonly Notice[]> {
  if ((await host.files.stat(path)).kind !== "file") return [];
  try {
    const { nextUpdate } = parseCrl((await host.files.read(path, MAX_FILE)).bytes);
    if (nextUpdate === undefined || nextUpdate > host.now()) return [];
    const message = `has run out (${nextUpdate.toISOString()}): who checks it refuses this CA's certificates; renew it as docs/ca.md says, or remove it where nobody fetches it`;
    return [{ level: "warning", path, message }];
  } catch {
    return []; // Issuing does not need it, and the audit says what is wrong with a CRL.
  }
}

async function readIndex(host: Host, path: string, ca: Certificate): Promise<CaIndex> {
  if ((await host.files.stat(path)).kind === "absent") {
    throw new PkiError("ca-unusable", "the CA's index is missing", {
      path,
      hint: "restore it from a backup: without it a serial number could be given twice",
    });
  }
  return new CaIndex(path, ca, await host.files.read(path, MAX_STORE_BYTES));
}

async function readCertificates(host: Host, path: string): Promise<readonly Certificate[]> {
  const { bytes } = await host.files.read(path, MAX_FILE);
  try {
    return readPem(bytes)
      .filter(({ label }) => label === "CERTIFICATE" || label === "X509 CERTIFICATE")
      .map(({ der }, i) => parseCertificate(der, `certificate/${i}`));
  } catch (error) {
    throw error instanceof PkiError ? error.at({ path }) : error;
  }
}

function unusable(path: string, message: string, hint?: string): PkiError {
  return new PkiError("ca-unusable", message, hint === undefined ? { path } : { path, hint });
}

function refuseUnfit(certificate: Certificate, path: string, now: Date): void {
  if (basicConstraints(certificate)?.ca !== true) {
    throw unusable(path, "is not the certificate of a CA");
  }
  if (keyUsage(certificate)?.includes("keyCertSign") === false) {
    throw unusable(path, "is the certificate of a CA that must not sign certificates");
  }
  if (certificate.notAfter <= now) {
    const since = certificate.notAfter.toISOString();
    throw unusable(path, `the CA has expired (${since})`, "make a new one with pki init-ca");
  }
  if (certificate.notBefore > now) {
    throw unusable(path, `the CA is not valid before ${certificate.notBefore.toISOString()}`);
  }
}

async function readKey(
  host: Host,
  directory: string,
  certificate: Certificate,
  options: CaPasswordOptions,
): Promise<{ key: Secret; notices: readonly Notice[] }> {
  const path = caFiles(directory).key;
  const { bytes } = await host.files.read(path, MAX_FILE);
  const notices: Notice[] = [];
  try {
    const block = readPem(bytes).find(({ label }) => label.endsWith("PRIVATE KEY"));
    let key: Secret;
    if (block?.label === "ENCRYPTED PRIVATE KEY") {
      const found = await caPassword(host, path, options);
      notices.push(...found.notices);
      key = await unsealCaKey(block.der, found.secret);
      found.secret.dispose();
    } else if (block?.label === "PRIVATE KEY") {
      key = new Secret(block.der.slice());
      notices.push({ level: "warning", path, message: "the CA's key is not encrypted" });
    } else throw unusable(path, "holds no PKCS#8 private key");
    if (key.use((pkcs8) => keyMatches(pkcs8, certificate))) return { key, notices };
    key.dispose();
    throw unusable(path, "is not the key of the CA's certificate");
  } catch (error) {
    throw error instanceof PkiError ? error.at({ path }) : error;
  } finally {
    bytes.fill(0);
  }
}

async function caPassword(
  host: Host,
  path: string,
  { password, option = "--ca-password" }: CaPasswordOptions,
): Promise<FoundPassword> {
  const source = password ?? caPasswordSource(host);
  const request = { option, store: path, ...(source === undefined ? {} : { source }) };
  const prompt = `password of the CA ${JSON.stringify(path).slice(1, -1)}: `;
  const found = await resolvePassword(host, request, { stash: false, environment: true, prompt });
  if (found !== undefined) return found;
  throw new PkiError("password-missing", "needs the CA's password", { path });
}

/** `PKI_CA_PASSWORD` stands before `PKI_PASSWORD`, which may be the store's. */
export function caPasswordSource(host: Host): string | undefined {
  return host.env("PKI_CA_PASSWORD") === undefined ? undefined : "env:PKI_CA_PASSWORD";
}

async function unsealCaKey(sealed: Uint8Array, password: Secret): Promise<Secret> {
  const bytes = password.use(pkcs12Password);
  try {
    return new Secret(await openSealedKey(sealed, bytes, new KdfBudget(), "ca.key"));
  } finally {
    wipePassword(bytes);
  }
}

/** `ca.key`: PBES2 with AES-256-CBC and PBKDF2-HMAC-SHA-256 (RFC 8018), as openssl pkcs8 reads it. */
export async function writeCaKey(
  key: Secret,
  password: Secret,
  random: (count: number) => Uint8Array,
  iterations = CA_KEY_ITERATIONS,
): Promise<Uint8Array> {
  const bytes = password.use(pkcs12Password);
  const pbe = pbes2Pbe("aes256", "sha256", random(16), random(16), iterations);
  try {
    const sealed = await key.use((pkcs8) => sealKey(pbe, pkcs8, bytes));
    return new TextEncoder().encode(writePem("ENCRYPTED PRIVATE KEY", sealed));
  } finally {
    wipePassword(bytes);
  }
}

/** Reads `ca.key` back. @throws PkiError */
export async function checkCaKey(
  bytes: Uint8Array,
  password: Secret,
  certificate: Certificate,
): Promise<void> {
  const [block] = readPem(bytes);
  const key = await unsealCaKey(block?.der ?? new Uint8Array(0), password);
  const matches = key.use((pkcs8) => keyMatches(pkcs8, certificate));
  key.dispose();
  if (!matches) throw new PkiError("key-mismatch", "the key does not belong to the certificate");
}

/** What a certificate is to say, before its issuer has its part. */
export interface SigningRequest {
  readonly subject: DistinguishedName;
  readonly spki: Uint8Array;
  readonly validity: Validity;
  readonly profile: IssuedProfile;
  /** The extensions, given the issuer's key identifier (absent: it signs itself). */
  extensions(issuerKey: Uint8Array | undefined): readonly Uint8Array[];
}

/**
 * Issues a certificate from a CA and notes it in the CA's index: `ca.index.changes()` must go into the
 * same outcome.
 *
 * @throws PkiError `usage` for a validity outside the CA's, or the CA's own name as subject;
 *   `ca-unusable` where its path length forbids a CA below it
 */
export function signWithCa(
  host: Host,
  ca: Ca,
  request: SigningRequest,
): { readonly certificate: Certificate; readonly notices: readonly Notice[] } {
  if (sameName(request.subject, ca.certificate.subject)) {
    throw new PkiError(
      "usage",
      "is the name of the CA itself: software would take the certificate for self-signed",
      {
        where: "--subject",
        hint: "choose another subject",
      },
    );
  }
  if (request.profile === "ca") refusePathLength(ca);
  const { validity, notices } = insideIssuer(request.validity, ca.certificate);
  const der = buildCertificate(
    {
      serial: newSerial(host.random, (serial) => ca.index.has(serial)),
      issuer: ca.certificate.subject.der,
      subject: request.subject.der,
      notBefore: validity.notBefore,
      notAfter: validity.notAfter,
      spki: request.spki,
      extensions: request.extensions(issuerKeyIdentifier(ca.certificate)),
    },
    signatureScheme(ca.certificate.publicKey),
    ca.key,
  );
  const certificate = parseCertificate(der);
  ca.index.add(certificate, request.profile, host.now());
  return { certificate, notices };
}

function refusePathLength(ca: Ca): void {
  for (const [below, certificate] of ca.chain.entries()) {
    const limit = basicConstraints(certificate)?.pathLength;
    if (limit === undefined || limit > below) continue;
    throw new PkiError("ca-unusable", `its path length (${limit}) allows no further CA below it`, {
      path: caFiles(ca.directory).certificate,
      hint: "make the CA above with a larger --path-length, or none",
    });
  }
}

/** A certificate that its own key signs. */
export function selfSign(
  host: Host,
  request: SigningRequest,
  key: Secret,
  publicKey: Certificate["publicKey"],
): Certificate {
  const der = buildCertificate(
    {
      serial: newSerial(host.random, () => false),
      issuer: request.subject.der,
      subject: request.subject.der,
      notBefore: request.validity.notBefore,
      notAfter: request.validity.notAfter,
      spki: request.spki,
      extensions: request.extensions(undefined),
    },
    signatureScheme(publicKey),
    new SigningKey(key),
  );
  return parseCertificate(der);
}
