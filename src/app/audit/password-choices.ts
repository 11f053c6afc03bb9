import { Remembered } from "../../audit/shared-views.ts";
import type { SharedWork } from "../../codecs/codec.ts";
import { ChainLanes } from "../../crypto/chain-lanes.ts";
import type { Host } from "../../io/host.ts";
import type { Secret } from "../../model/secret.ts";
import { resolvePassword } from "../password.ts";
import type { PathMatcher } from "./globs.ts";
import { PasswordJudge, wellKnownSecrets } from "./password-facts.ts";

/** A password that the user gave for some paths. */
export interface GivenPassword {
  readonly covers: PathMatcher;
  readonly secret: Secret;
}

/** A pattern and where the password for its paths comes from: a line of `--passwords`. */
export interface PasswordRule {
  readonly covers: PathMatcher;
  /** Of the password grammar: `env:VAR`, `file:PATH` … */
  readonly source: string;
  /** Where the line stands, for messages: `passwords.yaml:3:1`. */
  readonly where: string;
}

/** Every password that an audit may try, read once, and what opening one file teaches for the next. */
export class PasswordChoices {
  readonly judge: PasswordJudge;
  readonly wellKnown: readonly Secret[] = wellKnownSecrets();
  /** Signatures that were checked while chains were completed, and one place for the hash chains of all files. */
  readonly shared: SharedWork = { known: new Remembered<boolean>(), chains: new ChainLanes() };
  readonly #given: readonly GivenPassword[];

  constructor(judge: PasswordJudge, given: readonly GivenPassword[]) {
    this.judge = judge;
    this.#given = given;
  }

  /** Those for a path, in the order given; `index` names one for the cache. */
  given(path: string): readonly { secret: Secret; index: number }[] {
    return this.#given.flatMap(({ covers, secret }, index) =>
      covers(path) ? [{ secret, index }] : [],
    );
  }

  /** Tried on keys that the store's password does not open. */
  keyPasswords(path: string): readonly Secret[] {
    return this.given(path).map(({ secret }) => secret);
  }

  /** Every given password, for the cache's seal. */
  get all(): readonly Secret[] {
    return this.#given.map(({ secret }) => secret);
  }
}

/**
 * Reads the passwords of `--passwords` and `--password`, the more particular ones first.
 *
 * @throws PkiError `usage`, `password-missing`, `file-not-found`
 */
export async function passwordChoices(
  host: Host,
  rules: readonly PasswordRule[],
  general: string | undefined,
): Promise<PasswordChoices> {
  const given: GivenPassword[] = [];
  for (const { covers, source, where } of rules) {
    const secret = await secretFrom(host, source, where);
    if (secret !== undefined) given.push({ covers, secret });
  }
  if (general !== undefined) {
    const secret = await secretFrom(host, general, "--password");
    if (secret !== undefined) given.push({ covers: () => true, secret });
  }
  const environment = host.env("PKI_PASSWORD");
  if (environment !== undefined && general === undefined) {
    const secret = await secretFrom(host, "env:PKI_PASSWORD", "PKI_PASSWORD");
    if (secret !== undefined) given.push({ covers: () => true, secret });
  }
  return new PasswordChoices(new PasswordJudge(host.random(32)), given);
}

async function secretFrom(host: Host, source: string, option: string): Promise<Secret | undefined> {
  const request = { option, store: "the audited stores", source };
  const found = await resolvePassword(host, request, { stash: false, environment: false });
  return found?.secret;
}
