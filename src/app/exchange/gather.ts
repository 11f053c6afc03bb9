import type { FileAppend, FileWrite, Host } from "../../io/host.ts";
import { PkiError } from "../../model/error.ts";
import type { Opened } from "../open.ts";
import type { Notice } from "../outcome.ts";
import type {
  MadeParties,
  MadeParty,
  MakeOptions,
  MakeRequest,
  PreparedParties,
} from "./made-party.ts";
import { openParty } from "./open-parties.ts";
import { type Party, type PartyType, partyOptions } from "./party.ts";
import type { Provable } from "./proof.ts";

export interface ExchangeOptions {
  /** What the parties that are made are like. */
  readonly make: MakeOptions;
  /** The first party's signers go into the others, and nothing comes back. */
  readonly oneWay: boolean;
  /** The format of the parties that are made. */
  readonly type: PartyType;
  /** `PARTY=NAME`: the queue manager or user whose label the certificate has or gets. */
  readonly mq: readonly string[];
  /** `PARTY=LABEL`: the personal certificate that stands for the party. */
  readonly label: readonly string[];
  /** `PARTY=DN`, for parties that are made. */
  readonly subject: readonly string[];
  /** `PARTY=DNS:host,IP:…`, for parties that are made. */
  readonly san: readonly string[];
  readonly password?: string;
  /** `PARTY=SOURCE` */
  readonly passwordFor: readonly string[];
  readonly keyPassword?: string;
  /** `PARTY=SOURCE` */
  readonly keyPasswordFor: readonly string[];
  /** Prove the result with handshakes. */
  readonly prove: boolean;
  /** The proof leaves dates out. */
  readonly ignoreDates: boolean;
  /** Give the steps as commands of other tools. */
  readonly explain: boolean;
}

/** One party with everything that is known of it. */
export interface Member extends Provable {
  readonly made?: MadeParty;
}

export interface Gathered {
  readonly members: readonly Member[];
  /** What the CA that issued for made parties writes down. */
  readonly appends: readonly FileAppend[];
  readonly writes: readonly FileWrite[];
  readonly notices: readonly Notice[];
}

/**
 * Opens every store that exists, and makes the others in memory.
 *
 * @throws PkiError as `openParty` and `makeParties`
 */
export async function gather(
  host: Host,
  parties: readonly Party[],
  wishes: Wishes,
  options: ExchangeOptions,
  prepared?: PreparedParties,
): Promise<Gathered> {
  const opened = new Map<Party, Opened>();
  const { password } = options;
  for (const party of parties) {
    if (party.made) continue;
    const given = {
      passwordFor: wishes.passwordFor,
      ...(password === undefined ? {} : { password }),
    };
    opened.set(party, await openParty(host, party, given));
  }
  const requests = parties.filter((party) => party.made).map((party) => makeRequest(party));
  function makeRequest(party: Party): MakeRequest {
    const source = wishes.passwordFor.get(party) ?? password;
    const label = wishes.label.get(party);
    const mq = wishes.mq.get(party);
    const subject = wishes.subject.get(party);
    const san = wishes.san.get(party);
    return {
      party,
      ...(source === undefined ? {} : { password: source }),
      ...(label === undefined ? {} : { label }),
      ...(mq === undefined ? {} : { mq }),
      ...(subject === undefined ? {} : { subject }),
      ...(san === undefined ? {} : { san }),
    };
  }
  const { made, ...records } = await makeAll(host, requests, options, prepared);
  const members = parties.map((party): Member => {
    const keyPassword = wishes.keyPasswordFor.get(party) ?? options.keyPassword;
    const fresh = made.get(party);
    return {
      party,
      opened: fresh?.opened ?? (opened.get(party) as Opened),
      ...(fresh === undefined ? {} : { made: fresh }),
      ...(keyPassword === undefined ? {} : { keyPassword }),
    };
  });
  return { members, ...records };
}

/** The code that issues certificates is loaded only where some are to be issued. */
async function makeAll(
  host: Host,
  requests: readonly MakeRequest[],
  options: ExchangeOptions,
  prepared: PreparedParties | undefined,
): Promise<MadeParties> {
  if (requests.length === 0) return { made: new Map(), appends: [], writes: [], notices: [] };
  const { makeParties } = await import("./made-party.ts");
  return await makeParties(host, requests, options.make, prepared);
}

/** The options that speak of single parties, by party. */
export interface Wishes {
  readonly passwordFor: ReadonlyMap<Party, string>;
  readonly keyPasswordFor: ReadonlyMap<Party, string>;
  readonly label: ReadonlyMap<Party, string>;
  readonly mq: ReadonlyMap<Party, string>;
  readonly subject: ReadonlyMap<Party, string>;
  readonly san: ReadonlyMap<Party, string>;
}

export function parseWishes(parties: readonly Party[], options: ExchangeOptions): Wishes {
  const wishes = {
    passwordFor: partyOptions("--password-for", options.passwordFor, parties),
    keyPasswordFor: partyOptions("--key-password-for", options.keyPasswordFor, parties),
    label: partyOptions("--label", options.label, parties),
    mq: partyOptions("--mq", options.mq, parties),
    subject: partyOptions("--subject", options.subject, parties),
    san: partyOptions("--san", options.san, parties),
  };
  for (const party of wishes.mq.keys()) {
    if (!wishes.label.has(party)) continue;
    throw new PkiError("usage", `--mq and --label both give ${party.name} a label`, {
      where: "--label",
    });
  }
  for (const [where, values] of [
    ["--subject", wishes.subject],
    ["--san", wishes.san],
  ] as const) {
    const there = [...values.keys()].find((party) => !party.made);
    if (there === undefined) continue;
    throw new PkiError("usage", `${there.name} exists already and keeps its certificate`, {
      where,
      hint: "it is for parties that are made; issue a new certificate with `pki issue peer`",
    });
  }
  return wishes;
}
