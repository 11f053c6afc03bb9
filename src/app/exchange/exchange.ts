import type { FileWrite, Host } from "../../io/host.ts";
import type { Certificate } from "../../model/certificate.ts";
import { PkiError } from "../../model/error.ts";
import type { FormatId, Store } from "../../model/store.ts";
import { productRefusal } from "../../products/index.ts";
import { printName } from "../../x509/name.ts";
import { expiryNotice } from "../list.ts";
import type { Notice, Outcome } from "../outcome.ts";
import { saveStore } from "../save.ts";
import { stashPath } from "../store-path.ts";
import { type ExplainStep, explainSteps } from "./explain-steps.ts";
import { type ExchangeOptions, gather, type Member, parseWishes, type Wishes } from "./gather.ts";
import { dateProblem, type Proof } from "./handshake.ts";
import type { MadeParty, MakeOptions, PreparedParties } from "./made-party.ts";
import { passwordFile } from "./open-parties.ts";
import { type Party, type PartyType, parseParties } from "./party.ts";
import { proveStores } from "./proof.ts";
import {
  completeOwn,
  type Holder,
  type Personal,
  personalEntry,
  personalOf,
  placeSigners,
} from "./signers.ts";

export interface SignerResult {
  readonly label: string;
  readonly subject: string;
  readonly sha256: string;
  /** Whose signer it is. */
  readonly from: string;
  /** `switched-off`: it is there, and its trust was switched off by somebody. */
  readonly state: "added" | "present" | "switched-off";
  /** The label that was wanted and belongs to another certificate. */
  readonly insteadOf?: string;
}

export interface PartyResult {
  readonly name: string;
  readonly path: string;
  readonly format: FormatId;
  readonly title: string;
  readonly changed: boolean;
  /** The personal certificate that stands for it; none in a mere trust store of a one-way exchange. */
  readonly label?: string;
  readonly certificate?: Certificate;
  readonly signers: readonly SignerResult[];
  /** A file of the party's folder that holds its password. */
  readonly passwordFile?: string;
  /** Set where the exchange made the party. */
  readonly made?: MadeParty["shown"];
}

export interface ExchangeResult {
  readonly parties: readonly PartyResult[];
  readonly oneWay: boolean;
  readonly changed: boolean;
  /** Absent with `--no-prove`. */
  readonly proof?: Proof;
  readonly steps: readonly ExplainStep[];
  /** What the proof after the commit needs; not shown. */
  readonly members: readonly Member[];
}

/**
 * The slow part of making parties, before the locks are taken; undefined where none is to be made.
 *
 * @throws PkiError `usage`, and what opening the CA runs into
 */
export async function prepareExchange(
  host: Host,
  args: readonly string[],
  options: ExchangeOptions,
): Promise<PreparedParties | undefined> {
  const parties = await parseParties(host, args, options.type);
  parseWishes(parties, options);
  const made = parties.filter((party) => party.made);
  if (made.length === 0) return undefined;
  const { prepareParties } = await import("./made-party.ts");
  return await prepareParties(host, made, options.make);
}

/**
 * Makes parties trust each other: everybody's signers go into everybody else's store, and the whole
 * chain of everybody's own certificate into their own.
 *
 * All stores are planned first; the writes belong together. With `prove`, the planned bytes are read
 * back, and a handshake that they would not finish refuses the whole exchange. See docs/exchange.md.
 *
 * @throws PkiError `label-unknown`, `chain-incomplete`, `handshake-failed`, and what opening, making and
 *   saving stores runs into
 */
export async function planExchange(
  host: Host,
  args: readonly string[],
  options: ExchangeOptions,
  prepared?: PreparedParties,
): Promise<Outcome<ExchangeResult>> {
  const parties = await parseParties(host, args, options.type);
  const wishes = parseWishes(parties, options);
  const { members, ...records } = await gather(host, parties, wishes, options, prepared);
  const settled = members.map((member, i) => ({
    ...member,
    ...personalOfMember(member, members, wishes, !options.oneWay || i === 0),
  }));
  const writes: FileWrite[] = [...records.writes];
  const results: PartyResult[] = [];
  const planned = new Map<Party, Uint8Array>();
  const notices: Notice[] = [
    ...records.notices,
    ...members.flatMap(({ opened }) => [...opened.notices, ...expiryNotice(opened, host)]),
  ];
  for (const [i, member] of settled.entries()) {
    const sources = settled.filter((_, j) => j !== i && (!options.oneWay || (i > 0 && j === 0)));
    const { store, signers } = place(member, sources, host.now());
    const changed = store !== member.opened.store || member.made !== undefined;
    if (changed) {
      const summary = [...(member.made?.summary ?? []), ...signers.map(summarise)];
      const own = await saveStore(member.opened, store, summary.filter(Boolean));
      const bytes = own[0]?.bytes;
      if (bytes !== undefined) planned.set(member.party, bytes);
      writes.push(...withFolder(member, own), ...(member.made?.writes ?? []));
    }
    const file = await passwordFileOf(host, member);
    results.push(partyResult(member, signers, changed, file));
    notices.push(...switchedOffNotices(member, signers));
    notices.push(...productNotices(member, sources, signers));
    if (!options.prove || options.ignoreDates) notices.push(...dateNotices(member, host.now()));
  }
  const result: ExchangeResult = {
    parties: results,
    oneWay: options.oneWay,
    changed: writes.length > 0,
    steps: options.explain ? await explained(host, settled, results) : [],
    members: settled,
  };
  const outcome = { result, notices, appends: records.appends, writes };
  if (!options.prove) return outcome;
  const proof = await proveStores(host, settled, options, (party) => planned.get(party)).catch(
    (error) => {
      throw writes.length === 0 ? error : nothingWritten(error);
    },
  );
  return { ...outcome, result: { ...result, proof } };
}

/** The files whose locks an exchange holds: every store, and the index of a CA that issues. */
export async function exchangeLocks(
  host: Host,
  args: readonly string[],
  type: PartyType,
  options: MakeOptions,
): Promise<readonly string[]> {
  const parties = await parseParties(host, args, type);
  const stores = parties.map(({ path }) => path);
  if (!parties.some(({ made }) => made)) return stores;
  const { caFolder } = await import("./made-party.ts");
  const { caFiles } = await import("../ca/ca.ts");
  const folder = await caFolder(host, options);
  return folder === undefined ? stores : [...stores, caFiles(folder).index];
}

/** Proves what is on disk now: the very files, read again. */
export async function proveWritten(
  host: Host,
  result: ExchangeResult,
  options: ExchangeOptions,
): Promise<ExchangeResult> {
  if (!options.prove) return result;
  return { ...result, proof: await proveStores(host, result.members, options, () => undefined) };
}

function holderOf({ party, opened }: Member, store: Store = opened.store): Holder {
  return {
    name: party.name,
    path: party.path,
    codec: opened.codec,
    store,
    reserved: opened.requests.map(({ label }) => label),
  };
}

/** In a one-way exchange all but the first may be mere trust stores. */
function personalOfMember(
  member: Member,
  members: readonly Member[],
  wishes: Wishes,
  needed: boolean,
): { readonly personal?: Personal } {
  const holder = holderOf(member);
  if (!needed && !holder.store.entries.some(({ kind }) => kind === "key")) return {};
  const label = member.made?.label ?? wishes.label.get(member.party);
  const mq = member.made === undefined ? wishes.mq.get(member.party) : undefined;
  const asked = {
    ...(label === undefined ? {} : { label }),
    ...(mq === undefined ? {} : { mq }),
  };
  const others = members.filter((other) => other !== member).map((other) => holderOf(other));
  return { personal: personalOf(holder, personalEntry(holder, asked), others) };
}

function place(
  member: Member,
  sources: readonly Member[],
  now: Date,
): { readonly store: Store; readonly signers: readonly SignerResult[] } {
  const found: SignerResult[] = [];
  let { store } = member.opened;
  if (member.personal !== undefined) {
    const own = completeOwn(holderOf(member), member.personal, now);
    store = own.store;
    for (const one of own.placed) {
      if (one.state !== "present") found.push(signerResult(one, member.party.name));
    }
  }
  for (const source of sources) {
    const placed = placeSigners(holderOf(member, store), source.personal?.signers ?? [], now);
    store = placed.store;
    for (const one of placed.placed) found.push(signerResult(one, source.party.name));
  }
  return { store, signers: withoutRepeats(found, member.party.name) };
}

type Placed = ReturnType<typeof placeSigners>["placed"][number];

function signerResult({ certificate, ...placed }: Placed, from: string): SignerResult {
  const { sha256, subject } = certificate;
  return { ...placed, subject: printName(subject), sha256, from };
}

/**
 * A CA that several others share is added for the first of them and is no news for the rest. One that the
 * party shares with another is shown as the other's.
 */
function withoutRepeats(found: readonly SignerResult[], self: string): readonly SignerResult[] {
  const out = new Map<string, SignerResult>();
  for (const one of found) {
    const before = out.get(one.sha256);
    if (before === undefined) out.set(one.sha256, one);
    else if (before.from === self) out.set(one.sha256, { ...before, from: one.from });
  }
  return [...out.values()];
}

function summarise(signer: SignerResult): string {
  return signer.state === "added"
    ? `add signer ${JSON.stringify(signer.label)}: ${signer.subject}`
    : "";
}

function switchedOffNotices(
  { party }: Member,
  signers: readonly SignerResult[],
): readonly Notice[] {
  return signers
    .filter(({ state }) => state === "switched-off")
    .map(({ label }) => ({
      level: "warning",
      path: party.path,
      label,
      message: "is there, but its trust is switched off, and was left so",
    }));
}

/** What Node's TLS takes and the store's own products do not: the proof cannot know it. */
function productNotices(
  { party, opened, personal }: Member,
  sources: readonly Member[],
  signers: readonly SignerResult[],
): readonly Notice[] {
  const { path } = party;
  const { format } = opened.codec;
  const notices: Notice[] = [];
  const say = (label: string, publicKey: Certificate["publicKey"], place: "own" | "signer") => {
    const refusal = productRefusal(format, { publicKey, place });
    if (refusal !== undefined) {
      const message = `products that open this store refuse it: ${refusal.reason}`;
      notices.push({ level: "warning", path, label, message });
    }
  };
  if (personal !== undefined) say(personal.entry.label, personal.chain[0].publicKey, "own");
  const cas = sources.flatMap((source) => source.personal?.signers ?? []);
  for (const { sha256, label, state } of signers) {
    const ca = cas.find(({ certificate }) => certificate.sha256 === sha256);
    if (state === "added" && ca !== undefined) say(label, ca.certificate.publicKey, "signer");
  }
  return notices;
}

/** What the proof would have failed for, had it been asked to look at dates. */
function dateNotices({ party, personal }: Member, now: Date): readonly Notice[] {
  return (personal?.chain ?? []).flatMap((certificate) => {
    const problem = dateProblem(certificate, now);
    if (problem === undefined) return [];
    const message = `${problem}: whoever looks at dates refuses it`;
    return [{ level: "warning" as const, path: party.path, message }];
  });
}

/** A party's folder is made with its first file. */
function withFolder(member: Member, writes: readonly FileWrite[]): readonly FileWrite[] {
  if (member.made === undefined) return writes;
  return writes.map((write) => ({ ...write, makeParents: true }));
}

async function passwordFileOf(host: Host, { party, made }: Member): Promise<string | undefined> {
  const file = passwordFile(party);
  if (made !== undefined) return made.shown.passwordKept === file ? file : undefined;
  if (party.folder === undefined || file === party.path) return undefined;
  return (await host.files.stat(file)).kind === "file" ? file : undefined;
}

function partyResult(
  member: Member,
  signers: readonly SignerResult[],
  changed: boolean,
  file: string | undefined,
): PartyResult {
  const { party, opened, made, personal } = member;
  const { format, title } = opened.codec;
  const certificate = personal?.chain[0];
  return {
    name: party.name,
    path: party.path,
    format,
    title,
    changed,
    ...(personal === undefined ? {} : { label: personal.entry.label }),
    ...(certificate === undefined ? {} : { certificate }),
    signers,
    ...(file === undefined ? {} : { passwordFile: file }),
    ...(made === undefined ? {} : { made: made.shown }),
  };
}

async function explained(
  host: Host,
  members: readonly Member[],
  results: readonly PartyResult[],
): Promise<readonly ExplainStep[]> {
  const parties = [];
  for (const [i, { party, opened, made, personal }] of members.entries()) {
    const signers = (results[i] as PartyResult).signers.filter(({ state }) => state === "added");
    const ownCa = ({ sha256 }: SignerResult) =>
      personal?.chain.slice(1).some((ca) => ca.sha256 === sha256) === true;
    parties.push({
      name: party.name,
      path: party.path,
      format: opened.codec.format,
      stashed: (await host.files.stat(stashPath(party.path))).kind === "file",
      label: personal?.entry.label ?? "",
      ...(made === undefined
        ? {}
        : { made: { ...made.explained, caLabel: signers.find(ownCa)?.label ?? "ca" } }),
      added: signers
        // The chain of a certificate that is made here comes in with the steps that make it.
        .filter((signer) => made === undefined || !ownCa(signer))
        .flatMap((signer) => {
          const owner = members.find((one) => one.party.name === signer.from);
          const source = owner?.personal?.signers.find(
            ({ certificate }) => certificate.sha256 === signer.sha256,
          )?.source;
          return source === undefined ? [] : [{ ...signer, source }];
        }),
    });
  }
  return explainSteps(parties);
}

function nothingWritten(error: unknown): unknown {
  if (!(error instanceof PkiError) || error.code !== "handshake-failed") return error;
  const { message, path, where, hint } = error;
  return new PkiError("handshake-failed", `${message}; nothing was written`, {
    ...(path === undefined ? {} : { path }),
    ...(where === undefined ? {} : { where }),
    hint: hint ?? "write without the proof: --no-prove",
    cause: error,
  });
}
