import { basename, extname } from "node:path";
import { writePem } from "../bytes/pem.ts";
import type { FileAppend, FileWrite, Host } from "../io/host.ts";
import type { Certificate, DistinguishedName } from "../model/certificate.ts";
import { addEntry, findEntry, setDefault } from "../model/edit.ts";
import { PkiError } from "../model/error.ts";
import type { Secret } from "../model/secret.ts";
import type { KeyEntry, Store } from "../model/store.ts";
import { ibmMq } from "../products/ibm-mq.ts";
import { productRefusal, products } from "../products/index.ts";
import type { Product } from "../products/product.ts";
import { type AltName, parseAltNames } from "../x509/build/alt-name.ts";
import { generateKey, type KeySpec, parseKeySpec } from "../x509/build/key-pair.ts";
import { type LeafProfile, leafExtensions } from "../x509/build/profile.ts";
import { commonName, printName } from "../x509/name.ts";
import { parsePublicKey } from "../x509/public-key.ts";
import { type Ca, DEFAULT_CA, hasCa, openCa, selfSign, signWithCa } from "./ca.ts";
import {
  altNamesOf,
  nameOf,
  parseSubject,
  parseValidity,
  type Validity,
  type ValidityOptions,
} from "./certificate-options.ts";
import { labelFromName, type Placed, placeSigners } from "./exchange-signers.ts";
import { type NewStoreOptions, newStore } from "./new-store.ts";
import { type Opened, openStore } from "./open.ts";
import type { Notice, Outcome } from "./outcome.ts";
import { saveStore } from "./save.ts";
import { formatOfName } from "./store-path.ts";

/** Every product takes it, and making it takes a fifth of a second. */
export const DEFAULT_KEY = "rsa:2048";
export const DEFAULT_DAYS = 365;
/** RFC 5280 appendix A.1, ub-common-name. */
const MAX_COMMON_NAME = 64;
const MAX_LABEL = 128;

/** What a new key and its certificate are to be. */
export interface IdentityRequest {
  readonly profile: LeafProfile;
  readonly subject: DistinguishedName;
  readonly altNames: readonly AltName[];
  readonly key: KeySpec;
  readonly validity: Validity;
  readonly crlUrls?: readonly string[];
}

/** A private key and its chain, leaf first, up to the root. */
export interface Identity {
  readonly pkcs8: Secret;
  readonly chain: readonly [Certificate, ...Certificate[]];
  readonly notices: readonly Notice[];
}

/**
 * Makes a key and has a CA sign its certificate, or the key itself where `ca` is undefined.
 *
 * With a CA, `ca.index.changes()` must go into the same outcome as the certificate.
 *
 * @throws PkiError `usage` for dates outside the CA's, or the CA's own name
 */
export async function makeIdentity(
  host: Host,
  ca: Ca | undefined,
  request: IdentityRequest,
): Promise<Identity> {
  const { pkcs8, spki } = await generateKey(request.key);
  const publicKey = parsePublicKey(spki);
  const { subject, validity, profile, altNames, crlUrls = [] } = request;
  const signing = {
    subject,
    spki,
    validity,
    profile,
    extensions: (issuerKey: Uint8Array | undefined) =>
      leafExtensions({
        profile,
        publicKey,
        altNames,
        emptySubject: subject.rdns.length === 0,
        crlUrls,
        ...(issuerKey === undefined ? {} : { issuerKey }),
      }),
  };
  if (ca === undefined) {
    return { pkcs8, chain: [selfSign(host, signing, pkcs8, publicKey)], notices: [] };
  }
  const { certificate, notices } = signWithCa(host, ca, signing);
  return { pkcs8, chain: [certificate, ...ca.chain], notices };
}

export interface IssueOptions extends ValidityOptions, NewStoreOptions {
  readonly key?: string;
  readonly subject?: string;
  readonly san?: readonly string[];
  readonly label?: string;
  readonly qmgr?: string;
  readonly user?: string;
  /** The product it is for: narrows what is refused and says the label. */
  readonly for?: string;
  /** The CA's directory; default `./ca` where there is one. */
  readonly ca?: string;
  readonly selfSigned?: boolean;
  readonly caPassword?: string;
  readonly crlUrl?: readonly string[];
  readonly force?: boolean;
  /** Make it the default of a key database, whatever was. */
  readonly setDefault?: boolean;
  /** Writes the certificate as `.arm` as well. */
  readonly outArm?: string;
}

export interface IssueResult {
  readonly path: string;
  readonly title: string;
  /** Was the store made by this? */
  readonly made: boolean;
  readonly entry: KeyEntry;
  readonly profile: LeafProfile;
  readonly isDefault: boolean;
  readonly signers: readonly Placed[];
  /** The CA's directory; absent where the certificate signs itself. */
  readonly ca?: string;
  /** Every file that is written, but for the CA's index. */
  readonly files: readonly string[];
}

/**
 * `pki issue`: a new key and certificate in a store, which is made where there is none.
 *
 * @throws PkiError `usage`, `label-exists`, `product-refused`, and what opening the store and the CA and
 *   issuing run into
 */
export async function issue(
  host: Host,
  profile: LeafProfile,
  path: string,
  options: IssueOptions,
): Promise<Outcome<IssueResult>> {
  const plan = planIdentity(host, profile, path, options);
  const made = (await host.files.stat(path)).kind === "absent";
  const opened = made
    ? await newStore(host, path, withPemPassword(host, path, options))
    : await openExisting(host, path, options);
  const { product } = plan;
  const wanted = labelFor(plan, options);
  const label = opened.codec.storedLabel(wanted);
  refuseLabel(opened, label);
  const ca = await authority(host, options);
  const refusals = refuseKeys(opened, plan.request, ca, product, options.force === true);
  const identity = await makeIdentity(host, ca, plan.request);
  const added = addIdentity(host, opened, label, identity, options.setDefault === true);
  const writes = await saveStore(opened, added.store, added.summary);
  const arm = armWrite(options.outArm, identity.chain[0]);
  const index = ca?.index.changes() ?? { appends: [], writes: [] };
  ca?.key.dispose();
  return {
    result: {
      path,
      title: opened.codec.title,
      made,
      entry: added.entry,
      profile,
      isDefault: added.store.defaultLabel === label,
      signers: added.placed,
      ...(ca === undefined ? {} : { ca: ca.directory }),
      files: [...writes, ...arm].map((write) => write.path),
    },
    notices: [
      ...opened.notices,
      ...plan.notices,
      ...labelRemarks(opened, label, product),
      ...(ca?.notices ?? []),
      ...refusals,
      ...identity.notices,
    ],
    ...merged(index, [...writes, ...arm]),
  };
}

/** The index first: its record must be on disk before the certificate. */
function merged(
  index: { readonly appends: readonly FileAppend[]; readonly writes: readonly FileWrite[] },
  writes: readonly FileWrite[],
) {
  return { appends: index.appends, writes: [...index.writes, ...writes] };
}

interface Plan {
  readonly request: IdentityRequest;
  readonly product: Product | undefined;
  /** The name that MQ's label is made of. */
  readonly mqName: string | undefined;
  readonly notices: readonly Notice[];
}

/** Everything that can be said before a file is opened. */
function planIdentity(host: Host, profile: LeafProfile, path: string, options: IssueOptions): Plan {
  const { qmgr, user } = options;
  if (qmgr !== undefined && user !== undefined) {
    throw new PkiError("usage", "a certificate is a queue manager's or a user's, not both", {
      where: "--user",
    });
  }
  const mqName = qmgr ?? user;
  if (mqName === "")
    throw new PkiError("usage", "needs a name", { where: qmgr === "" ? "--qmgr" : "--user" });
  if (options.selfSigned === true && options.ca !== undefined) {
    throw new PkiError("usage", "--ca and --self-signed exclude each other", { where: "--ca" });
  }
  const key = parseKeySpec(options.key ?? DEFAULT_KEY);
  const validity = parseValidity(options, host.now(), DEFAULT_DAYS);
  const given = parseAltNames(options.san ?? []);
  const subject =
    options.subject === undefined
      ? nameOf(shortName(mqName ?? given[0]?.text ?? basename(path, extname(path))))
      : parseSubject(options.subject);
  // A queue manager's name is no host's, though it looks like one.
  const serves = profile !== "client" && !(mqName !== undefined && options.subject === undefined);
  const derived =
    given.length === 0 && serves ? altNamesOf(subject) : { altNames: given, notices: [] };
  return {
    request: {
      profile,
      subject,
      altNames: derived.altNames,
      key,
      validity,
      crlUrls: (options.crlUrl ?? []).map(crlUrl),
    },
    product: mqName === undefined ? productNamed(options.for) : ibmMq,
    mqName,
    notices: derived.notices,
  };
}

function shortName(name: string): string {
  if (name.length <= MAX_COMMON_NAME) return name;
  throw new PkiError("usage", "is needed: no common name can be made from the rest", {
    where: "--subject",
    hint: "give --subject CN=…",
  });
}

function crlUrl(text: string): string {
  if (/^(?:https?|ldaps?):\/\/[\x21-\x7e]+$/i.test(text)) return text;
  throw new PkiError("usage", "is not a URL of http or ldap", { where: "--crl-url" });
}

function productNamed(id: string | undefined): Product | undefined {
  if (id === undefined) return undefined;
  const product = products.find((known) => known.id === id.toLowerCase());
  if (product !== undefined) return product;
  throw new PkiError("usage", "is no product that is known here", {
    where: "--for",
    hint: `give one of ${products.map((known) => known.id).join(", ")}`,
  });
}

/** A PEM file may do without a password, but a private key is not written without one unasked. */
function withPemPassword(host: Host, path: string, options: IssueOptions): IssueOptions {
  const { type = formatOfName(path), password, protection } = options;
  if (type !== "pem" || password !== undefined || protection === "none") return options;
  if (host.env("PKI_PASSWORD") !== undefined) return { ...options, password: "env:PKI_PASSWORD" };
  return host.terminal.interactive ? { ...options, password: "prompt" } : options;
}

function openExisting(host: Host, path: string, options: IssueOptions): Promise<Opened> {
  const forNew: readonly (readonly [string, unknown])[] = [
    ["--type", options.type],
    ["--kdb-version", options.kdbVersion],
    ["--protection", options.protection],
    ["--expire", options.expireDays],
    ["--stash", options.stash === true ? true : undefined],
    ["--stash-version", options.stashVersion],
  ];
  for (const [where, value] of forNew) {
    if (value === undefined) continue;
    throw new PkiError("usage", "is for a new store, and this one exists", {
      path,
      where,
      ...(where === "--stash" ? { hint: `pki stash ${path} writes its stash` } : {}),
    });
  }
  const { password } = options;
  return openStore(host, path, {
    purpose: "change",
    ...(password === undefined ? {} : { password }),
  });
}

/** `--label`, else MQ's, else the product's, else the subject's common name, else its whole name. */
function labelFor(plan: Plan, options: IssueOptions): string {
  if (options.label !== undefined) return options.label;
  const { subject } = plan.request;
  const { product, mqName = commonName(subject) } = plan;
  if (product?.label !== undefined && mqName !== undefined) return product.label(mqName);
  return commonName(subject) ?? printName(subject);
}

function refuseLabel(opened: Opened, label: string): void {
  const { path } = opened;
  if (label === "" || label.length > MAX_LABEL || /[\x00-\x1f\x7f]/.test(label)) {
    throw new PkiError("usage", `a label has 1 to ${MAX_LABEL} printable characters`, {
      path,
      where: "--label",
    });
  }
  const { store, codec, requests } = opened;
  const entries = [...store.entries, ...requests];
  const taken = findEntry({ entries }, label, codec.sameLabel);
  if (taken === undefined) return;
  const message =
    taken.kind === "request"
      ? "a certificate request is pending under that label"
      : "the label is taken";
  throw new PkiError("label-exists", message, {
    path,
    where: taken.label,
    hint: "choose another with --label",
  });
}

function labelRemarks(
  { path, codec }: Opened,
  label: string,
  product: Product | undefined,
): readonly Notice[] {
  const judge = product ?? (codec.format === "kdb" ? ibmMq : undefined);
  const notices = (judge?.remarks?.(label) ?? []).map(
    ({ message }): Notice => ({ level: "warning", path, label, message: `its label ${message}` }),
  );
  if (product === ibmMq && codec.format === "jks") {
    const message = "a JKS is read by MQ's Java clients only, not by a queue manager or a C client";
    return [...notices, { level: "note", path, message }];
  }
  return notices;
}

/** Which CA signs; undefined: the key itself. */
async function authority(host: Host, options: IssueOptions): Promise<Ca | undefined> {
  if (options.selfSigned === true) return undefined;
  const directory = options.ca ?? DEFAULT_CA;
  if (options.ca === undefined && !(await hasCa(host, directory))) {
    throw new PkiError("usage", "there is no CA in ./ca to sign the certificate", {
      hint: "make one with pki init-ca, name one with --ca, or add --self-signed",
    });
  }
  const { caPassword } = options;
  return openCa(host, directory, caPassword === undefined ? {} : { password: caPassword });
}

/**
 * What the products that open the store cannot use, in the new key and in every CA above it, is refused;
 * with `force` it is said instead.
 */
function refuseKeys(
  { path, codec }: Opened,
  request: IdentityRequest,
  ca: Ca | undefined,
  product: Product | undefined,
  force: boolean,
): readonly Notice[] {
  const notices: Notice[] = [];
  const refuse = (message: string, where: string, hint: string) => {
    if (!force) throw new PkiError("product-refused", message, { path, where, hint });
    notices.push({ level: "warning", path, message });
  };
  if (product !== undefined && !product.formats.includes(codec.format)) {
    refuse(
      `${product.title} does not read ${codec.title}`,
      "--for",
      "choose another type of store, or add --force",
    );
  }
  const own = productRefusal(
    codec.format,
    { publicKey: viewOf(request.key), place: "own" },
    product,
  );
  if (own !== undefined) {
    refuse(own.reason, "--key", "choose another key, such as --key rsa:2048, or add --force");
  }
  for (const { publicKey, subject } of ca?.chain ?? []) {
    const above = productRefusal(codec.format, { publicKey, place: "signer" }, product);
    if (above === undefined) continue;
    const message = `the key of its CA ${printName(subject)} cannot be used: ${above.reason}`;
    refuse(message, "--ca", "use a CA with another key, or add --force");
  }
  return notices;
}

function viewOf(key: KeySpec): Certificate["publicKey"] {
  const spki = new Uint8Array(0);
  switch (key.kind) {
    case "RSA":
      return { algorithm: "RSA", bits: key.bits, spki };
    case "EC":
      return { algorithm: "EC", bits: Number(key.curve.slice(2)), curve: key.curve, spki };
    case "Ed25519":
      return { algorithm: "Ed25519", bits: 256, spki };
  }
}

interface Added {
  readonly store: Store;
  readonly entry: KeyEntry;
  readonly placed: readonly Placed[];
  readonly summary: readonly string[];
}

/** The key entry, then the whole chain as signers: what GSKit and Java each need to send and to trust it. */
function addIdentity(
  host: Host,
  opened: Opened,
  label: string,
  { pkcs8, chain }: Identity,
  asDefault: boolean,
): Added {
  const { codec, path } = opened;
  const now = host.now();
  const entry: KeyEntry = {
    kind: "key",
    label,
    created: now,
    key: { state: "open", pkcs8 },
    chain,
  };
  let store = addEntry(opened.store, entry);
  if (codec.format === "kdb") {
    if (asDefault || store.defaultLabel === undefined) store = setDefault(store, label);
  } else if (asDefault) {
    throw new PkiError("usage", "only a key database has a default certificate", {
      path,
      where: "--default",
    });
  }
  const signers = chain
    .slice(1)
    .map((certificate) => ({ certificate, label: labelFromName(certificate) }));
  const reserved = opened.requests.map((request) => request.label);
  const holder = { name: path, path, codec, store, reserved };
  const result = placeSigners(holder, signers, now);
  const summary = [
    `add key and certificate "${label}"`,
    ...result.placed
      .filter(({ state }) => state === "added")
      .map((placed) => `add signer "${placed.label}"`),
  ];
  return { store: result.store, entry, placed: result.placed, summary };
}

function armWrite(path: string | undefined, certificate: Certificate): readonly FileWrite[] {
  if (path === undefined) return [];
  const bytes = new TextEncoder().encode(writePem("CERTIFICATE", certificate.der));
  return [
    { path, bytes, expect: { absent: true }, private: false, summary: ["its certificate alone"] },
  ];
}
