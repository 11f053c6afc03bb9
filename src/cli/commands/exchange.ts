import { InvalidArgumentError } from "commander";
import {
  type ExchangeResult,
  exchangeLocks,
  planExchange,
  prepareExchange,
  proveWritten,
} from "../../app/exchange/exchange.ts";
import type { ExchangeOptions } from "../../app/exchange/gather.ts";
import type { MakeOptions, PreparedParties } from "../../app/exchange/made-party.ts";
import type { PartyType } from "../../app/exchange/party.ts";
import { type ExchangeView, exchangeJson, exchangeText } from "../../render/exchange.ts";
import type { CommandDefinition } from "../command.ts";
import { addExamples, addPasswordOption, type PasswordOptions } from "../password-options.ts";

interface Options extends PasswordOptions {
  readonly dryRun?: boolean;
  readonly oneWay?: boolean;
  readonly type: PartyType;
  readonly mq?: readonly string[];
  readonly label?: readonly string[];
  readonly passwordFor?: readonly string[];
  readonly keyPasswordFor?: readonly string[];
  readonly subject?: readonly string[];
  readonly san?: readonly string[];
  readonly key?: string;
  readonly days?: string;
  readonly selfSigned?: boolean;
  readonly ca?: string;
  readonly caPassword?: string;
  readonly prove: boolean;
  readonly ignoreDates?: boolean;
  readonly explain?: boolean;
}

interface Shown {
  readonly result: ExchangeResult;
  readonly view: ExchangeView;
}

/** `pki exchange A B [C…]` */
export const exchangeCommand: CommandDefinition<Options, Shown, PreparedParties | undefined> = {
  writes: true,
  define(command) {
    command
      .argument(
        "<party...>",
        "two or more: a keystore of any format, or a name (no such file, no extension), which is made",
      )
      .option("--one-way", "the others trust the first; the first does not trust them")
      .option(
        "--type <format>",
        "format of the parties that are made: p12, kdb or jks",
        partyType,
        "p12",
      )
      .option(
        "--mq <party=name,...>",
        "MQ's labels: ibmwebspheremq and the queue manager or user in lower case",
        list,
      )
      .option("--label <party=label>", "the personal certificate that stands for a party", more)
      .option(
        "--ca <dir>",
        "CA that issues for parties that are made (default: ./ca, if it is there)",
      )
      .option("--ca-password <source>", "password of the CA's key")
      .option("--self-signed", "parties that are made sign themselves, even where there is a CA")
      .option(
        "--subject <party=dn>",
        "subject of a party that is made (default: CN= and its name)",
        more,
      )
      .option(
        "--san <party=names>",
        "its alternative names: DNS:host, IP:address, with commas",
        more,
      )
      .option("--key <kind>", "its key: rsa:2048 (default), rsa:3072, ec:P-256 …")
      .option("--days <n>", "how long its certificate is valid (default: 365)");
    addPasswordOption(command);
    command
      .option("--password-for <party=source>", "password of one party's store", more)
      .option("--key-password <source>", "password of the private keys, where it is another one")
      .option("--key-password-for <party=source>", "the same for one party", more)
      .option("--no-prove", "write without proving that a handshake works")
      .option("--ignore-dates", "prove all but the validity dates of certificates")
      .option("--explain", "show the iKeyman, keytool and openssl commands that do the same");
    addExamples(
      command,
      [
        "pki exchange client.kdb server.jks",
        "two stores that exist: each trusts the other's signer",
      ],
      [
        "pki exchange client server --mq server=QM1,client=emir --type kdb",
        "makes both, with MQ's labels; the CA in ./ca issues, if there is one",
      ],
      ["pki exchange qm1.kdb app1.p12 app2.jks", "everybody trusts everybody"],
      ["pki exchange server.kdb client.jks --one-way", "only client.jks changes"],
      [
        "pki exchange a.p12 b.jks --password-for a=env:A_PW --password-for b=file:b.txt",
        "different passwords",
      ],
      [
        "pki exchange client.kdb server.jks --dry-run --explain",
        "what would be done, and how by hand",
      ],
    );
  },
  locks: (args, options, host) => exchangeLocks(host, args, options.type, makeOptions(options)),
  prepare: (host, args, options) => prepareExchange(host, args, exchangeOptions(options)),
  async plan(host, args, options, prepared) {
    const outcome = await planExchange(host, args, exchangeOptions(options), prepared);
    const view = { explain: options.explain === true, dryRun: options.dryRun === true };
    return { ...outcome, result: { result: outcome.result, view } };
  },
  async afterCommit(host, { result, view }, options) {
    return { result: await proveWritten(host, result, exchangeOptions(options)), view };
  },
  text: ({ result, view }) => exchangeText(result, view),
  json: ({ result }) => exchangeJson(result),
};

function exchangeOptions(options: Options): ExchangeOptions {
  const { password, keyPassword } = options;
  return {
    oneWay: options.oneWay === true,
    type: options.type,
    mq: options.mq ?? [],
    label: options.label ?? [],
    subject: options.subject ?? [],
    san: options.san ?? [],
    passwordFor: options.passwordFor ?? [],
    keyPasswordFor: options.keyPasswordFor ?? [],
    prove: options.prove,
    ignoreDates: options.ignoreDates === true,
    explain: options.explain === true,
    make: makeOptions(options),
    ...(password === undefined ? {} : { password }),
    ...(keyPassword === undefined ? {} : { keyPassword }),
  };
}

function makeOptions({ ca, caPassword, days, key, selfSigned }: Options): MakeOptions {
  return {
    ...(key === undefined ? {} : { key }),
    selfSigned: selfSigned === true,
    ...(ca === undefined ? {} : { ca }),
    ...(caPassword === undefined ? {} : { caPassword }),
    ...(days === undefined ? {} : { days }),
  };
}

function partyType(text: string): PartyType {
  const type = { p12: "p12", pkcs12: "p12", pfx: "p12", kdb: "kdb", cms: "kdb", jks: "jks" }[
    text.toLowerCase()
  ];
  if (type === undefined) throw new InvalidArgumentError("it is p12, kdb or jks");
  return type as PartyType;
}

function more(text: string, before: readonly string[] = []): readonly string[] {
  return [...before, text];
}

/** `--mq a=X,b=Y`: names of queue managers and users hold no comma. */
function list(text: string, before: readonly string[] = []): readonly string[] {
  return [...before, ...text.split(",")];
}
