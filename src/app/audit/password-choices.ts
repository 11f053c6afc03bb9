import { Remembered } from "../../audit/shared-views.ts";
import type { SharedWork } from "../../codecs/codec.ts";
import type { ChainRunner } from "../../crypto/chain.ts";
import { ChainLanes } from "../../crypto/chain-lanes.ts";
import type { Host } from "../../io/host.ts";
import { Secret } from "../../model/secret.ts";
import { CertificateMemo } from "../../x509/certificate-memo.ts";
import { resolvePassword } from "../password.ts";
import type { Globs, PathMatcher } from "./globs.ts";
import { KnownBundles } from "./known-bundles.ts";
import { PasswordJudge, wellKnownSecrets } from "./password-facts.ts";

/** A password that the user gave for some paths. */
export interface GivenPassword {
  /** Undefined: for every path. */
  readonly pattern: string | undefined;
  readonly covers: PathMatcher;
  readonly secret: Secret;
}

/** Passwords as they pass to another thread of this process. */
export interface CopiedChoices {
  readonly key: Uint8Array;
  readonly given: readonly {
    readonly pattern: string | undefined;
    readonly bytes: Uint8Array<ArrayBuffer>;
  }[];
}

/** A pattern and where the password for its paths comes from: a line of `--passwords`. */
export interface PasswordRule {
  readonly pattern: string;
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
  shared: SharedWork;
  /** Files of certificates that were read before. */
  readonly bundles = new KnownBundles();
  readonly #key: Uint8Array;
  readonly #given: readonly GivenPassword[];

  /**
   * @param key - of the judge: the same in all threads of one audit
   * @param chains - where keys are derived
   */
  constructor(key: Uint8Array, given: readonly GivenPassword[], chains: ChainRunner) {
    this.judge = new PasswordJudge(key);
    this.shared = {
      certificates: new CertificateMemo(),
      known: new Remembered<boolean>(),
      chains,
    };
    this.#key = key;
    this.#given = given;
  }

  /** Has keys derived elsewhere from now on. */
  deriveIn(chains: ChainRunner): void {
    this.shared = { ...this.shared, chains };
  }

  /** For another thread: each password in a buffer of its own, to be given away. */
  copied(): CopiedChoices {
    return {
      key: this.#key,
      given: this.#given.map(({ pattern, secret }) => ({
        pattern,
        bytes: secret.use((bytes) => bytes.slice()),
      })),
    };
  }

  static from({ key, given }: CopiedChoices, globs: Globs, chains: ChainRunner): PasswordChoices {
    return new PasswordChoices(
      key,
      given.map(({ pattern, bytes }) => {
        const secret = new Secret(bytes);
        return pattern === undefined
          ? everywhere(secret)
          : { pattern, covers: globs([pattern]), secret };
      }),
      chains,
    );
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
  for (const { pattern, covers, source, where } of rules) {
    const secret = await secretFrom(host, source, where);
    if (secret !== undefined) given.push({ pattern, covers, secret });
  }
  if (general !== undefined) {
    const secret = await secretFrom(host, general, "--password");
    if (secret !== undefined) given.push(everywhere(secret));
  }
  const environment = host.env("PKI_PASSWORD");
  if (environment !== undefined && general === undefined) {
    const secret = await secretFrom(host, "env:PKI_PASSWORD", "PKI_PASSWORD");
    if (secret !== undefined) given.push(everywhere(secret));
  }
  return new PasswordChoices(host.random(32), given, new ChainLanes());
}

function everywhere(secret: Secret): GivenPassword {
  return { pattern: undefined, covers: () => true, secret };
}

async function secretFrom(host: Host, source: string, option: string): Promise<Secret | undefined> {
  const request = { option, store: "the audited stores", source };
  const found = await resolvePassword(host, request, { stash: false, environment: false });
  return found?.secret;
}
