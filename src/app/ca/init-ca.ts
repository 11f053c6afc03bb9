import { toHex } from "../../bytes/octets.ts";
import type { FileWrite, Host } from "../../io/host.ts";
import type { Certificate } from "../../model/certificate.ts";
import { PkiError } from "../../model/error.ts";
import type { Secret } from "../../model/secret.ts";
import { buildEmptyCrl } from "../../x509/build/crl.ts";
import {
  generateKey,
  type KeyPair,
  type KeySpec,
  parseKeySpec,
} from "../../x509/build/key-pair.ts";
import { caExtensions } from "../../x509/build/profile.ts";
import { parsePublicKey } from "../../x509/public-key.ts";
import { armourWrite } from "../armour.ts";
import { chooseNewPassword } from "../new-password.ts";
import type { Notice, Outcome } from "../outcome.ts";
import {
  type Ca,
  caFiles,
  caPasswordSource,
  checkCaKey,
  openCa,
  type SigningRequest,
  selfSign,
  signWithCa,
  writeCaKey,
} from "./ca.ts";
import {
  BACKDATED_MINUTES,
  nameOf,
  parseSubject,
  parseValidity,
  type ValidityOptions,
} from "./certificate-options.ts";
import { CaIndex } from "./index-file.ts";

/** Lasts as long as the CA: stronger than what it signs. */
export const DEFAULT_CA_KEY = "rsa:3072";
export const DEFAULT_ROOT_DAYS = 3650;
export const DEFAULT_SUB_DAYS = 1825;
/** How long the empty CRL is good for. */
const CRL_DAYS = 365;
const DAY_MS = 86_400_000;

export interface InitCaOptions extends ValidityOptions {
  readonly subject?: string;
  readonly key?: string;
  /** How many CAs may stand below it. */
  readonly pathLength?: string;
  readonly password?: string;
  /** The directory of the CA that signs this one; absent: a root. */
  readonly ca?: string;
  readonly caPassword?: string;
  readonly force?: boolean;
}

export interface InitCaResult {
  readonly directory: string;
  readonly certificate: Certificate;
  /** The directory of the CA above. */
  readonly ca?: string;
  readonly files: readonly string[];
}

/**
 * `pki init-ca`: a root CA in a directory of its own, or a CA below another.
 *
 * @throws PkiError `file-exists` where there is one already; `weak-refused`; `usage`; `password-refused`;
 *   what opening the CA above runs into
 */
export async function initCa(
  host: Host,
  directory: string,
  options: InitCaOptions,
): Promise<Outcome<InitCaResult>> {
  const files = caFiles(directory);
  await refuseExisting(host, directory);
  const key = parseKeySpec(options.key ?? DEFAULT_CA_KEY);
  const notices: Notice[] = [...refuseWeak(key, options.force === true)];
  const days = options.ca === undefined ? DEFAULT_ROOT_DAYS : DEFAULT_SUB_DAYS;
  const validity = parseValidity(options, host.now(), days);
  const pathLength = parsePathLength(options);
  const subject =
    options.subject === undefined ? ownName(host, options) : parseSubject(options.subject);
  const password = await choosePassword(host, directory, options, notices);
  const parent = options.ca === undefined ? undefined : await openParent(host, options.ca, options);
  const pair = await generateKey(key);
  const request: SigningRequest = {
    subject,
    spki: pair.spki,
    validity,
    profile: "ca",
    extensions: (issuerKey) =>
      caExtensions({
        spki: pair.spki,
        ...(pathLength === undefined ? {} : { pathLength }),
        ...(issuerKey === undefined ? {} : { issuerKey }),
      }),
  };
  const signed = signCa(host, parent, request, pair);
  const { certificate } = signed;
  const index = new CaIndex(files.index, certificate);
  if (parent === undefined) index.add(certificate, "ca", host.now());
  const above = parent?.index.changes() ?? { appends: [], writes: [] };
  const writes = [
    await keyWrite(host, files.key, pair.pkcs8, password, certificate),
    armourWrite(files.certificate, [certificate], ["the CA's certificate"], true),
    ...(parent === undefined
      ? []
      : [armourWrite(files.chain, parent.chain, ["the CAs above it"], true)]),
    await crlWrite(host, files.crl, certificate, pair.pkcs8),
    ...index.changes().writes,
  ];
  return {
    result: {
      directory,
      certificate,
      files: writes.map(({ path }) => path),
      ...(parent === undefined ? {} : { ca: parent.directory }),
    },
    notices: [...notices, ...(parent?.notices ?? []), ...signed.notices],
    appends: above.appends,
    writes: [...above.writes, ...writes],
  };
}

async function refuseExisting(host: Host, directory: string): Promise<void> {
  const { kind } = await host.files.stat(directory);
  if (kind !== "absent" && kind !== "directory") {
    throw new PkiError("file-exists", "is not a directory", {
      path: directory,
      hint: "name a directory, which is made where there is none",
    });
  }
  for (const path of Object.values(caFiles(directory))) {
    if ((await host.files.stat(path)).kind === "absent") continue;
    throw new PkiError("file-exists", "exists already: there is a CA in this directory", {
      path,
      hint: "name another directory; a CA's files are never overwritten",
    });
  }
}

function refuseWeak(key: KeySpec, force: boolean): readonly Notice[] {
  if (key.kind !== "RSA" || key.bits >= 2048) return [];
  const message = `an RSA key of ${key.bits} bits is too short for a CA`;
  if (force) return [{ level: "warning", message }];
  throw new PkiError("weak-refused", message, {
    where: "--key",
    hint: "give --key rsa:3072, or add --force",
  });
}

/** Below a root stand end entities and, unless said otherwise, nothing stands below the CAs there. */
function parsePathLength(options: InitCaOptions): number | undefined {
  const { pathLength, ca } = options;
  if (pathLength === undefined) return ca === undefined ? undefined : 0;
  if (/^\d{1,2}$/.test(pathLength)) return Number(pathLength);
  throw new PkiError("usage", "needs a number from 0 to 99", { where: "--path-length" });
}

/** Two CAs of one name in one store are a trap for people and software, so a made-up name is unique. */
function ownName(host: Host, options: InitCaOptions) {
  const kind = options.ca === undefined ? "Root CA" : "Issuing CA";
  return nameOf(`${kind} ${toHex(host.random(4))}`);
}

async function choosePassword(
  host: Host,
  directory: string,
  options: InitCaOptions,
  notices: Notice[],
): Promise<Secret> {
  const source = options.password ?? caPasswordSource(host);
  const request = {
    option: "--password",
    store: caFiles(directory).key,
    ...(source === undefined ? {} : { source }),
  };
  const found = await chooseNewPassword(host, request, "pem");
  notices.push(...found.notices);
  return found.secret;
}

function openParent(host: Host, directory: string, { caPassword }: InitCaOptions): Promise<Ca> {
  return openCa(host, directory, caPassword === undefined ? {} : { password: caPassword });
}

function signCa(
  host: Host,
  parent: Ca | undefined,
  request: SigningRequest,
  { pkcs8, spki }: KeyPair,
): { readonly certificate: Certificate; readonly notices: readonly Notice[] } {
  if (parent !== undefined) return signWithCa(host, parent, request);
  return { certificate: selfSign(host, request, pkcs8, parsePublicKey(spki)), notices: [] };
}

async function keyWrite(
  host: Host,
  path: string,
  key: Secret,
  password: Secret,
  certificate: Certificate,
): Promise<FileWrite> {
  return {
    path,
    bytes: await writeCaKey(key, password, host.random),
    expect: { absent: true },
    private: true,
    makeParents: true,
    verify: (bytes) => checkCaKey(bytes, password, certificate),
    summary: ["the CA's key, encrypted"],
  };
}

async function crlWrite(
  host: Host,
  path: string,
  issuer: Certificate,
  key: Secret,
): Promise<FileWrite> {
  const now = host.now().getTime();
  const end = issuer.notAfter.getTime();
  const nextUpdate = new Date(end > now ? Math.min(now + CRL_DAYS * DAY_MS, end) : now + DAY_MS);
  // As far back as a certificate, for the same clocks.
  const thisUpdate = new Date(now - BACKDATED_MINUTES * 60_000);
  return {
    path,
    bytes: await buildEmptyCrl({ issuer, number: 1, thisUpdate, nextUpdate }, key, host.random),
    expect: { absent: true },
    private: false,
    makeParents: true,
    summary: ["an empty CRL"],
  };
}
