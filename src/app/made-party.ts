import { join } from "node:path";
import { concat } from "../bytes/octets.ts";
import { writePem } from "../bytes/pem.ts";
import type { FileAppend, FileWrite, Host } from "../io/host.ts";
import type { Certificate } from "../model/certificate.ts";
import { addEntry, setDefault } from "../model/edit.ts";
import { PkiError } from "../model/error.ts";
import { Secret } from "../model/secret.ts";
import { parseAltNames } from "../x509/build/alt-name.ts";
import { generateKey, type KeySpec, parseKeySpec } from "../x509/build/key-pair.ts";
import { leafExtensions } from "../x509/build/profile.ts";
import { printName } from "../x509/name.ts";
import { parsePublicKey } from "../x509/public-key.ts";
import {
  type Ca,
  DEFAULT_CA,
  hasCa,
  openCa,
  type SigningRequest,
  selfSign,
  signWithCa,
} from "./ca.ts";
import { altNamesOf, nameOf, parseSubject, parseValidity } from "./certificate-options.ts";
import { passwordFile } from "./exchange-open.ts";
import { mqLabel } from "./exchange-signers.ts";
import type { ExplainedParty } from "./explain-steps.ts";
import { newStore } from "./new-store.ts";
import type { Opened } from "./open.ts";
import type { Notice } from "./outcome.ts";
import { DEFAULT_PARTY_DAYS, type Party } from "./party.ts";
import { stashPath } from "./store-path.ts";

/** What the parties that an exchange makes are like. */
export interface MakeOptions {
  /** The CA's folder; default `./ca`, where there is one. */
  readonly ca?: string;
  readonly caPassword?: string;
  /** Not even from `./ca`. */
  readonly selfSigned: boolean;
  /** `rsa:2048`, `ec:P-256` … */
  readonly key: string;
  readonly days?: string;
}

/** What is asked for one of them. */
export interface MakeRequest {
  readonly party: Party;
  /** Source of its password; absent: PKI_PASSWORD, else one is generated. */
  readonly password?: string;
  readonly label?: string;
  readonly mq?: string;
  readonly subject?: string;
  readonly san?: string;
}

export interface MadeParty {
  /** The store with its personal certificate, not yet on disk. */
  readonly opened: Opened;
  readonly label: string;
  /** What stands beside the store: `.arm`, and the password file where there is one. */
  readonly writes: readonly FileWrite[];
  readonly summary: readonly string[];
  readonly shown: {
    readonly issuer: string;
    readonly armour: string;
    readonly passwordKept?: string;
  };
  readonly explained: NonNullable<ExplainedParty["made"]>;
}

export interface MadeParties {
  readonly made: ReadonlyMap<Party, MadeParty>;
  /** What the CA has issued, for its index. */
  readonly appends: readonly FileAppend[];
  readonly writes: readonly FileWrite[];
  readonly notices: readonly Notice[];
}

/** The CA that an exchange issues from; undefined for self-signed certificates. */
export async function caFolder(host: Host, options: MakeOptions): Promise<string | undefined> {
  if (options.selfSigned) {
    if (options.ca === undefined) return undefined;
    throw new PkiError("usage", "--ca and --self-signed contradict each other", { where: "--ca" });
  }
  return options.ca ?? ((await hasCa(host, DEFAULT_CA)) ? DEFAULT_CA : undefined);
}

/**
 * Makes parties in memory: a store with a new key and a certificate for both roles, its stash or
 * password file, and the certificate that others must trust as `.arm`.
 *
 * @throws PkiError as `openCa`, `newStore`, `parseKeySpec`, `parseValidity`
 */
export async function makeParties(
  host: Host,
  requests: readonly MakeRequest[],
  options: MakeOptions,
): Promise<MadeParties> {
  const key = parseKeySpec(options.key);
  const folder = await caFolder(host, options);
  const caPassword = options.caPassword === undefined ? {} : { password: options.caPassword };
  const ca = folder === undefined ? undefined : await openCa(host, folder, caPassword);
  try {
    const made = new Map<Party, MadeParty>();
    const notices: Notice[] = [...(ca?.notices ?? [])];
    for (const request of requests) {
      made.set(request.party, await makeParty(host, request, options, key, ca, notices));
    }
    return { made, ...(ca?.index.changes() ?? { appends: [], writes: [] }), notices };
  } finally {
    ca?.key.dispose();
  }
}

async function makeParty(
  host: Host,
  request: MakeRequest,
  options: MakeOptions,
  spec: KeySpec,
  ca: Ca | undefined,
  notices: Notice[],
): Promise<MadeParty> {
  const { party } = request;
  const generated = generatedPassword(host, request);
  const kdb = party.path.endsWith(".kdb");
  const opened = await newStore(host, party.path, {
    ...(generated === undefined ? {} : { generated }),
    ...(request.password === undefined ? {} : { password: request.password }),
    ...(kdb ? { stash: true } : {}),
  });
  const wanted = request.mq === undefined ? request.label : mqLabel(request.mq);
  const label = opened.codec.storedLabel(wanted ?? party.name);
  const { pkcs8, spki } = await generateKey(spec);
  const publicKey = parsePublicKey(spki);
  const subject =
    request.subject === undefined ? nameOf(party.name) : parseSubject(request.subject);
  const altNames =
    request.san === undefined ? altNamesOf(subject).altNames : parseAltNames([request.san]);
  const validity = options.days === undefined ? {} : { days: options.days };
  const signing: SigningRequest = {
    subject,
    spki,
    validity: parseValidity(validity, host.now(), DEFAULT_PARTY_DAYS),
    profile: "peer",
    extensions: (issuerKey) =>
      leafExtensions({
        profile: "peer",
        publicKey,
        altNames,
        emptySubject: subject.rdns.length === 0,
        ...(issuerKey === undefined ? {} : { issuerKey }),
      }),
  };
  const chain: [Certificate, ...Certificate[]] =
    ca === undefined
      ? [selfSign(host, signing, pkcs8, publicKey)]
      : [issue(host, ca, signing, party, notices), ...ca.chain];
  const store = addEntry(opened.store, {
    kind: "key",
    label,
    created: host.now(),
    key: { state: "open", pkcs8 },
    chain,
  });
  const armour = join(party.folder ?? ".", `${party.name}.arm`);
  const kept =
    generated === undefined ? undefined : kdb ? stashPath(party.path) : passwordFile(party);
  const writes = [armourWrite(armour, chain)];
  if (generated !== undefined && !kdb) writes.push(passwordWrite(passwordFile(party), generated));
  const issuer =
    ca === undefined ? "self-signed" : `issued by ${printName(ca.certificate.subject)}`;
  return {
    // A key database marks its default: products that are given no label take it.
    opened: { ...opened, store: kdb ? setDefault(store, label) : store },
    label,
    writes,
    summary: [`add ${JSON.stringify(label)}: ${printName(subject)}, ${issuer}`],
    shown: { issuer, armour, ...(kept === undefined ? {} : { passwordKept: kept }) },
    explained: {
      subject: printName(subject),
      days: Number(options.days ?? DEFAULT_PARTY_DAYS),
      folder: party.folder ?? ".",
      ...(ca === undefined ? {} : { ca: ca.directory }),
    },
  };
}

function issue(
  host: Host,
  ca: Ca,
  signing: SigningRequest,
  party: Party,
  notices: Notice[],
): Certificate {
  const { certificate, notices: said } = signWithCa(host, ca, signing);
  notices.push(...said.map((notice) => ({ path: party.path, ...notice })));
  return certificate;
}

/** 28 characters of 32 (140 bits), none of which a shell, a properties file or XML treats specially. */
const PASSWORD_CHARACTERS = 28;
const ALPHABET = new TextEncoder().encode("abcdefghijkmnopqrstuvwxyz2345678");

function generatedPassword(host: Host, request: MakeRequest): Secret | undefined {
  if (request.password !== undefined || host.env("PKI_PASSWORD") !== undefined) return undefined;
  const random = host.random(PASSWORD_CHARACTERS);
  const secret = new Secret(random.map((byte) => ALPHABET[byte & 31] as number));
  random.fill(0);
  return secret;
}

function passwordWrite(path: string, password: Secret): FileWrite {
  return {
    path,
    bytes: password.use((bytes) => concat([bytes, Uint8Array.of(0x0a)])),
    expect: { absent: true },
    private: true,
    makeParents: true,
    summary: ["the store's generated password"],
  };
}

/** What others must trust: the CAs up to the root, or the certificate itself where it is self-signed. */
function armourWrite(path: string, chain: readonly Certificate[]): FileWrite {
  const signers = chain.length === 1 ? chain : chain.slice(1);
  const text = signers.map(({ der }) => writePem("CERTIFICATE", der)).join("");
  return {
    path,
    bytes: new TextEncoder().encode(text),
    expect: { absent: true },
    private: false,
    makeParents: true,
    summary: signers.map(({ subject }) => `certificate of ${printName(subject)}`),
  };
}
