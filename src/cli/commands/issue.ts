import type { Command } from "commander";
import { caFiles, DEFAULT_CA } from "../../app/ca/ca.ts";
import { type IssueResult, issue, type PreparedIssue, prepareIssue } from "../../app/ca/issue.ts";
import type { IssueOptions } from "../../app/ca/issue-plan.ts";
import { PkiError } from "../../model/error.ts";
import { issueJson, issueText } from "../../render/issued.ts";
import type { LeafProfile } from "../../x509/build/profile.ts";
import type { CommandDefinition } from "../command.ts";
import { addNewStoreOptions, type NewStoreFlags, newStoreOptions } from "../new-store-options.ts";
import { addExamples, addPasswordOption, type PasswordOptions } from "../password-options.ts";

/** Options about the certificate, as commander gives them. */
interface Flags extends NewStoreFlags, PasswordOptions {
  readonly qmgr?: string;
  readonly user?: string;
  readonly label?: string;
  readonly for?: string;
  readonly subject?: string;
  readonly san?: readonly string[];
  readonly key?: string;
  readonly days?: string;
  readonly notBefore?: string;
  readonly notAfter?: string;
  readonly ca?: string;
  readonly caPassword?: string;
  readonly selfSigned?: boolean;
  readonly crlUrl?: readonly string[];
  readonly default?: boolean;
  readonly outArm?: string;
  readonly replace?: boolean;
  readonly force?: boolean;
}

const each = (value: string, before: readonly string[] = []) => [...before, value];

/** `pki issue server|client|peer STORE` */
export const issueCommand: CommandDefinition<Flags, IssueResult, PreparedIssue> = {
  writes: true,
  define(command) {
    command
      .argument("<profile>", "server, client, or peer for both")
      .argument("<store>", "KDB, JKS, PKCS#12 or PEM file; made where there is none");
    addSubjectOptions(command);
    addValidityOptions(command);
    command
      .option("--ca <dir>", "the CA that signs; default ./ca")
      .option("--ca-password <source>", "its password; else PKI_CA_PASSWORD or PKI_PASSWORD")
      .option("--self-signed", "no CA: the key signs its own certificate")
      .option("--crl-url <url>", "where the CA's CRL can be fetched; may be repeated", each)
      .option("--default", "make it the default of the key database")
      .option("--out-arm <file>", "write the certificate to a file of its own as well")
      .option("--replace", "renew: a key under that label gives way to the new one")
      .option("--force", "make what the store's products refuse");
    addPasswordOption(command);
    addNewStoreOptions(command);
    addExamples(
      command,
      ["pki issue server server.p12 --san DNS:mq.example.com", "signed by the CA in ./ca"],
      ["pki issue peer qm1.kdb --qmgr QM1 --stash", "for a queue manager: label ibmwebspheremqqm1"],
      ["pki issue peer qm1.kdb --qmgr QM1 --replace", "the same again before the old one expires"],
      ["pki issue client emir.kdb --user emir --ca ../ca", "for the MQ client of a user"],
      ["pki issue server test.jks --self-signed --key ec:P-256 --days 30", "without any CA"],
    );
  },
  locks: ([, store], { ca, selfSigned }) => [
    ...(store === undefined ? [] : [store]),
    ...(selfSigned === true ? [] : [caFiles(ca ?? DEFAULT_CA).index]),
  ],
  prepare: (host, [profile = "", store = ""], flags) =>
    prepareIssue(host, profileOf(profile, store), store, issueOptions(flags)),
  plan: (host, [profile = "", store = ""], flags, prepared) =>
    issue(host, profileOf(profile, store), store, issueOptions(flags), prepared),
  text: (result, { dryRun }) => issueText(result, dryRun),
  json: issueJson,
};

function profileOf(text: string, store: string): LeafProfile {
  if (text === "server" || text === "client" || text === "peer") return text;
  throw new PkiError("usage", "a certificate is for a server, a client or a peer", {
    where: "profile",
    hint: `write pki issue server ${store}`,
  });
}

function addSubjectOptions(command: Command): void {
  command
    .option("--qmgr <name>", "IBM MQ: for this queue manager (label and subject)")
    .option("--user <name>", "IBM MQ: for the client of this user (label and subject)")
    .option("--label <label>", "label in the store; default the subject's common name")
    .option("--for <product>", "ibm-mq, ibm-http-server, websphere, universal-messaging or tomcat")
    .option("--subject <name>", "distinguished name, such as CN=mq.example.com,O=Example,C=GB")
    .option("--san <names>", "DNS:host, IP:address, email:…, URI:…; may be repeated", each)
    .option("--key <kind>", "rsa:2048 (default), rsa:3072, rsa:4096, ec:P-256 … or ed25519");
}

/** Also of `init-ca`. */
export function addValidityOptions(command: Command): void {
  command
    .option("--days <days>", "how long it is valid, from now")
    .option("--not-before <date>", "first day, such as 2027-01-31; default an hour ago")
    .option("--not-after <date>", "last day, instead of --days");
}

function issueOptions(flags: Flags): IssueOptions {
  const { default: setDefault, ...others } = flags;
  // What commander did not see is absent, and what it saw has the type declared above.
  const { type, kdbVersion, protection, expire, stash, stashVersion, ...rest } = others;
  return {
    ...rest,
    ...newStoreOptions(flags),
    ...(setDefault === undefined ? {} : { setDefault }),
  };
}
