import type { FileAppend, FileWrite, Host } from "../io/host.ts";
import { PkiError } from "../model/error.ts";
import type { ExplainedParty } from "./explain-steps.ts";
import type { Opened } from "./open.ts";
import type { Party } from "./party.ts";

/** What the parties that an exchange makes are like. */
export interface MakeOptions {
  /** The CA's folder; default `./ca` where there is one. */
  readonly ca?: string;
  readonly caPassword?: string;
}

export interface MadeParty {
  /** The store with its personal certificate, not yet on disk. */
  readonly opened: Opened;
  readonly label: string;
  readonly serials: readonly string[];
  readonly appends: readonly FileAppend[];
  readonly writes: readonly FileWrite[];
  readonly summary: readonly string[];
  readonly shown: {
    readonly issuer: string;
    readonly armour: string;
    readonly passwordKept?: string;
  };
  readonly explained: NonNullable<ExplainedParty["made"]>;
}

export async function makeParty(
  _host: Host,
  party: Party,
  _options: MakeOptions & {
    readonly password?: string;
    readonly label?: string;
    readonly mq?: string;
    readonly serialsTaken: readonly string[];
  },
): Promise<MadeParty> {
  throw new PkiError("internal", "not written yet", { path: party.path });
}
