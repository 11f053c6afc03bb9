import { join } from "node:path";
import { concat } from "../../bytes/octets.ts";
import type { FileAppend, FileWrite, Host } from "../../io/host.ts";
import type { Certificate } from "../../model/certificate.ts";
import { addEntry, setDefault } from "../../model/edit.ts";
import { PkiError } from "../../model/error.ts";
import { Secret } from "../../model/secret.ts";
import { productRefusal } from "../../products/index.ts";
import { parseAltNames } from "../../x509/build/alt-name.ts";
import {
  generateKey,
  type KeyPair,
  parseKeySpec,
  printKeySpec,
} from "../../x509/build/key-pair.ts";
import { printName } from "../../x509/name.ts";
import { armourWrite } from "../armour.ts";
import { type Ca, DEFAULT_CA, hasCa, openCa, type UnlockedCa, unlockCa } from "../ca/ca.ts";
import { altNamesOf, nameOf, parseSubject, parseValidity } from "../ca/certificate-options.ts";
import { DEFAULT_DAYS, DEFAULT_KEY, type IdentityRequest, makeIdentity } from "../ca/identity.ts";
import { newStore } from "../new-store.ts";
import type { Opened } from "../open.ts";
import type { Notice } from "../outcome.ts";
import { stashPath } from "../store-path.ts";
import type { ExplainedParty } from "./explain-steps.ts";
import { passwordFile } from "./open-parties.ts";
import type { Party } from "./party.ts";
import { mqLabel } from "./signers.ts";

/** What the parties that an exchange makes are like. */
export interface MakeOptions {
  /** The CA's folder; default `./ca`, where there is one. */
  readonly ca?: string;
  readonly caPassword?: string;
  /** Not even from `./ca`. */
  readonly selfSigned: boolean;
  /** `rsa:2048`, `ec:P-256` …; default as `issue`'s. */
  readonly key?: string;
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
    /** Subject of the CA that issued its certificate; absent: self-signed. */
    readonly ca?: string;
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

/** What making parties needs and no lock guards: done before the locks are taken, as it takes a second. */
export interface PreparedParties {
  /** undefined: their keys sign themselves. */
  readonly ca: UnlockedCa | undefined;
  /** A new key for each, by the path of its store. */
  readonly pairs: ReadonlyMap<string, KeyPair>;
}

/** @throws PkiError as `unlockCa` and `parseKeySpec`; `usage` where options contradict each other */
export async function prepareParties(
  host: Host,
  parties: readonly Party[],
  options: MakeOptions,
): Promise<PreparedParties> {
  const spec = parseKeySpec(options.key ?? DEFAULT_KEY);
  const folder = await caFolder(host, options);
  const password = options.caPassword === undefined ? {} : { password: options.caPassword };
  const ca = folder === undefined ? undefined : await unlockCa(host, folder, password);
  const pairs = new Map<string, KeyPair>();
  for (const { path } of parties) pairs.set(path, await generateKey(spec));
  return { ca, pairs };
}

/**
 * Makes parties in memory: a store with a new key and a certificate for both roles, its stash or
 * password file, and the certificate that others must trust as `.arm`.
 *
 * @param prepared - from `prepareParties`; a key it lacks is made, one too many is wiped
 * @throws PkiError as `openCa`, `newStore`, `parseKeySpec`, `parseValidity`
 */
export async function makeParties(
  host: Host,
  requests: readonly MakeRequest[],
  options: MakeOptions,
  prepared?: PreparedParties,
): Promise<MadeParties> {
  const parties = requests.map(({ party }) => party);
  const ready = prepared ?? (await prepareParties(host, parties, options));
  const pairs = new Map(ready.pairs);
  const ca =
    ready.ca === undefined ? undefined : await openCa(host, ready.ca.directory, {}, ready.ca);
  try {
    const made = new Map<Party, MadeParty>();
    const notices: Notice[] = [...(ca?.notices ?? [])];
    for (const request of requests) {
      const { party } = request;
      made.set(party, await makeParty(host, request, options, ca, pairs.get(party.path), notices));
      pairs.delete(party.path);
    }
    return { made, ...(ca?.index.changes() ?? { appends: [], writes: [] }), notices };
  } finally {
    for (const { pkcs8 } of pairs.values()) pkcs8.dispose();
  }
}

async function makeParty(
  host: Host,
  request: MakeRequest,
  options: MakeOptions,
  ca: Ca | undefined,
  pair: KeyPair | undefined,
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
  const wish = identityRequest(host, request, options);
  const { subject } = wish;
  const { pkcs8, chain, notices: said } = await makeIdentity(host, ca, wish, pair);
  notices.push(...said.map((notice) => ({ path: party.path, ...notice })));
  refuseKeys(opened, chain);
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
  const writes = [trustedWrite(armour, chain)];
  if (generated !== undefined && !kdb) writes.push(passwordWrite(passwordFile(party), generated));
  const issuer =
    ca === undefined ? "self-signed" : `issued by ${printName(ca.certificate.subject)}`;
  return {
    // A key database marks its default: products that are given no label take it.
    opened: { ...opened, store: kdb ? setDefault(store, label) : store },
    label,
    writes,
    summary: [`add ${JSON.stringify(label)}: ${printName(subject)}, ${issuer}`],
    shown: {
      armour,
      ...(ca === undefined ? {} : { ca: printName(ca.certificate.subject) }),
      ...(kept === undefined ? {} : { passwordKept: kept }),
    },
    explained: {
      subject: printName(subject),
      days: Number(options.days ?? DEFAULT_DAYS),
      key: printKeySpec(wish.key),
      folder: party.folder ?? ".",
      ...(ca === undefined ? {} : { ca: ca.directory }),
    },
  };
}

/** A certificate for both roles, since an exchange proves both. */
function identityRequest(
  host: Host,
  { party, subject: dn, san }: MakeRequest,
  options: MakeOptions,
): IdentityRequest {
  const subject = dn === undefined ? nameOf(party.name) : parseSubject(dn);
  const validity = options.days === undefined ? {} : { days: options.days };
  return {
    profile: "peer",
    subject,
    altNames: san === undefined ? altNamesOf(subject).altNames : parseAltNames([san]),
    key: parseKeySpec(options.key ?? DEFAULT_KEY),
    validity: parseValidity(validity, host.now(), DEFAULT_DAYS),
  };
}

/** @throws PkiError `product-refused` where no product that opens such a store could use a key */
function refuseKeys({ codec, path }: Opened, chain: readonly Certificate[]): void {
  for (const [i, { publicKey, subject }] of chain.entries()) {
    const use = { publicKey, place: i === 0 ? "own" : "signer" } as const;
    const refusal = productRefusal(codec.format, use);
    if (refusal === undefined) continue;
    throw new PkiError("product-refused", `the key of ${printName(subject)}: ${refusal.reason}`, {
      path,
      where: i === 0 ? "--key" : "--ca",
      hint: i === 0 ? "choose another key, such as --key rsa:2048" : "use a CA with another key",
    });
  }
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
function trustedWrite(path: string, chain: readonly Certificate[]): FileWrite {
  const signers = chain.length === 1 ? chain : chain.slice(1);
  const summary = signers.map(({ subject }) => `certificate of ${printName(subject)}`);
  return armourWrite(path, signers, summary, true);
}
