import type { FileAppend, FileWrite, Host } from "../../io/host.ts";
import { addEntry, replaceEntry, setDefault } from "../../model/edit.ts";
import { PkiError } from "../../model/error.ts";
import type { KeyEntry, Store } from "../../model/store.ts";
import { generateKey, type KeyPair } from "../../x509/build/key-pair.ts";
import type { LeafProfile } from "../../x509/build/profile.ts";
import { armourWrite } from "../armour.ts";
import { labelFromName, type Placed, placeSigners } from "../exchange/signers.ts";
import { newStore } from "../new-store.ts";
import { type Opened, openStore } from "../open.ts";
import type { Outcome } from "../outcome.ts";
import { saveStore } from "../save.ts";
import { formatOfName } from "../store-path.ts";
import { DEFAULT_CA, hasCa, openCa, type UnlockedCa, unlockCa } from "./ca.ts";
import { type Identity, makeIdentity } from "./identity.ts";
import { type IssueOptions, type IssuePlan, labelFor, planIdentity } from "./issue-plan.ts";
import { labelRemarks, refuseKeys, refuseLabel } from "./issue-refusals.ts";

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

/** What `issue` needs and no lock guards: made before the locks are taken, as it takes a second. */
export interface PreparedIssue {
  readonly plan: IssuePlan;
  /** undefined: the key signs itself. */
  readonly ca: UnlockedCa | undefined;
  readonly pair: KeyPair;
}

/** @throws PkiError `usage`, and what opening the CA runs into */
export async function prepareIssue(
  host: Host,
  profile: LeafProfile,
  path: string,
  options: IssueOptions,
): Promise<PreparedIssue> {
  const plan = planIdentity(host, profile, path, options);
  const ca = await authority(host, options);
  return { plan, ca, pair: await generateKey(plan.request.key) };
}

/**
 * `pki issue`: a new key and certificate in a store, which is made where there is none. The caller holds
 * the locks of the store and of the CA's index.
 *
 * @throws PkiError `usage`, `label-exists`, `product-refused`, and what opening the store and the CA and
 *   issuing run into
 */
export async function issue(
  host: Host,
  profile: LeafProfile,
  path: string,
  options: IssueOptions,
  prepared?: PreparedIssue,
): Promise<Outcome<IssueResult>> {
  const ready = prepared ?? (await prepareIssue(host, profile, path, options));
  const { plan, pair } = ready;
  const made = (await host.files.stat(path)).kind === "absent";
  const opened = made
    ? await newStore(host, path, withPemPassword(host, path, options))
    : await openExisting(host, path, options);
  const { product } = plan;
  const wanted = labelFor(plan, options);
  const stored = opened.codec.storedLabel(wanted);
  const replaced = refuseLabel(opened, stored, options.replace === true);
  const label = replaced?.label ?? stored;
  const ca =
    ready.ca === undefined ? undefined : await openCa(host, ready.ca.directory, {}, ready.ca);
  const refusals = refuseKeys(opened, plan.request, ca, product, options.force === true);
  const identity = await makeIdentity(host, ca, plan.request, pair);
  const asDefault = options.setDefault === true;
  const added = addIdentity(host, opened, { label, replaced }, identity, asDefault);
  const writes = await saveStore(opened, added.store, added.summary);
  const { outArm } = options;
  const arm =
    outArm === undefined
      ? []
      : [armourWrite(outArm, [identity.chain[0]], ["its certificate alone"], false)];
  const index = ca?.index.changes() ?? { appends: [], writes: [] };
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

/** Which CA signs; undefined: the key itself. */
async function authority(host: Host, options: IssueOptions): Promise<UnlockedCa | undefined> {
  if (options.selfSigned === true) return undefined;
  const directory = options.ca ?? DEFAULT_CA;
  if (options.ca === undefined && !(await hasCa(host, directory))) {
    throw new PkiError("usage", "there is no CA in ./ca to sign the certificate", {
      hint: "make one with pki init-ca, name one with --ca, or add --self-signed",
    });
  }
  const { caPassword } = options;
  return unlockCa(host, directory, caPassword === undefined ? {} : { password: caPassword });
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
  { label, replaced }: { readonly label: string; readonly replaced: KeyEntry | undefined },
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
  let store =
    replaced === undefined
      ? addEntry(opened.store, entry)
      : replaceEntry(opened.store, replaced.label, entry);
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
    replaced === undefined
      ? `add key and certificate "${label}"`
      : `replace key and certificate "${label}", whose old key is then gone`,
    ...result.placed
      .filter(({ state }) => state === "added")
      .map((placed) => `add signer "${placed.label}"`),
  ];
  return { store: result.store, entry, placed: result.placed, summary };
}
