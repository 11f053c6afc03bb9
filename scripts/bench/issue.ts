// How fast certificates are issued: in process against the signature alone, and as a whole command against
// what other tools take for a key and a certificate in a PKCS#12 file.
import { execFileSync } from "node:child_process";
import { generateKeyPairSync, randomBytes, sign } from "node:crypto";
import { join, resolve } from "node:path";
import { openCa } from "../../src/app/ca/ca.ts";
import { makeIdentity } from "../../src/app/ca/identity.ts";
import { main } from "../../src/cli/main.ts";
import { parseAltNames } from "../../src/x509/build/alt-name.ts";
import { generateKey, parseKeySpec } from "../../src/x509/build/key-pair.ts";
import { parseName } from "../../src/x509/name.ts";
import { fakeHost } from "../../test/support/fake-host.ts";
import { makeIdentity as makeWithOpenssl } from "../../test/support/openssl-certificates.ts";
import { peer } from "../../test/support/peer-paths.ts";
import { type Command, measurePair, measureRates } from "./measure.ts";

export interface IssueRow {
  readonly job: string;
  readonly against: string;
  /** Certificates a second. */
  readonly ours: number;
  readonly theirs: number;
  /** How many times as many as the other. */
  readonly ratio: number;
}

const DAY = 86_400_000;
/** Octets of a TBSCertificate with two names. */
const SIGNED_OCTETS = 500;

/** In process: key ready, certificate built, signed, parsed again and noted in the CA's index. */
export async function issueRates(): Promise<readonly IssueRow[]> {
  const rows: IssueRow[] = [];
  for (const [title, kind] of [
    ["P-256", "ec:P-256"],
    ["RSA-2048", "rsa:2048"],
  ] as const) {
    const fake = fakeHost({ env: { PKI_PASSWORD: "correct horse battery" } });
    const host = { ...fake, random: (count: number) => new Uint8Array(randomBytes(count)) };
    const made = await main(host, ["init-ca", "--key", kind]);
    if (made !== 0) throw new Error(`init-ca ended with ${made}`);
    const ca = await openCa(host, "ca");
    const pair = await generateKey(parseKeySpec("ec:P-256"));
    const now = host.now();
    const request = {
      profile: "server",
      subject: parseName("CN=mq.example.com,O=Example,C=GB"),
      altNames: parseAltNames(["DNS:mq.example.com,DNS:mq2.example.com"]),
      key: parseKeySpec("ec:P-256"),
      validity: {
        fixed: { notBefore: false, notAfter: false },
        notBefore: now,
        notAfter: new Date(now.getTime() + 365 * DAY),
      },
    } as const;
    const { privateKey: key } =
      title === "P-256"
        ? generateKeyPairSync("ec", { namedCurve: "P-256" })
        : generateKeyPairSync("rsa", { modulusLength: 2048 });
    const octets = randomBytes(SIGNED_OCTETS);
    const issue = () => makeIdentity(host, ca, request, pair);
    const { a, b, ratio } = await measureRates(issue, () => sign("sha256", octets, key));
    const job = `issue in process, ${title} CA`;
    rows.push({ job, against: "node's sign alone", ours: a, theirs: b, ratio });
  }
  return rows;
}

/** Whole commands: a new P-256 key with its certificate and chain in a new PKCS#12 file. */
export function issueCommands(
  folder: string,
  password: { readonly file: string },
  keytool: { readonly file: string; readonly options: readonly string[] },
  pairs: number,
): readonly IssueRow[] {
  const at = (name: string): string => join(folder, name);
  const pki = `"${process.execPath}" "${resolve("dist/pki.cjs")}"`;
  const source = `--password "file:${password.file}"`;
  const caSource = `--ca-password "file:${password.file}"`;
  const init = `init-ca "${at("ca")}" --key ec:P-256 ${source}`;
  execFileSync("sh", ["-c", `${pki} ${init}`], { stdio: "ignore" });
  // $$ is the shell's process number: every start makes files of its own.
  const out = `"${folder}/new-$$`;
  const ours = shell(
    "pki issue",
    `${pki} issue server ${out}.p12" --key ec:P-256 --ca "${at("ca")}" ${source} ${caSource}`,
  );
  const theirs = [keytoolSteps(at, out, password, keytool), opensslSteps(at, out, password)];
  const step = peer("step");
  if (step !== undefined) theirs.push(stepSteps(at, out, password, step));
  return theirs.map((other) => {
    const { a, b, ratio } = measurePair(ours, other, pairs);
    const job = "issue as a whole command";
    return { job, against: other.name, ours: 1000 / a, theirs: 1000 / b, ratio: 1 / ratio };
  });
}

type At = (name: string) => string;

/** Its manual's steps: key, request, certificate, reply. */
function keytoolSteps(
  at: At,
  out: string,
  { file }: { readonly file: string },
  { file: keytool, options }: { readonly file: string; readonly options: readonly string[] },
): Command {
  const tool = [`"${keytool}"`, ...options.map((option) => `"${option}"`)].join(" ");
  const pass = `-storepass:file "${file}"`;
  const ca = `-keystore "${at("keytool-ca.p12")}" ${pass} -alias ca`;
  const own = `-keystore ${out}.p12" ${pass}`;
  const ec = "-keyalg EC -groupname secp256r1";
  const root = `"${at("keytool-ca.pem")}"`;
  const prepare = [
    `${tool} -genkeypair ${ca} ${ec} -dname CN=CA -ext bc:c`,
    `${tool} -exportcert ${ca} -rfc -file ${root}`,
  ];
  execFileSync("sh", ["-c", prepare.join(" && ")], { stdio: "ignore" });
  return shell(
    "keytool, five steps",
    `${tool} -genkeypair ${own} -alias own ${ec} -dname CN=own`,
    `${tool} -certreq ${own} -alias own -file ${out}.csr"`,
    `${tool} -gencert ${ca} -infile ${out}.csr" -outfile ${out}.crt" -rfc`,
    `${tool} -importcert -noprompt ${own} -alias ca -file ${root}`,
    `${tool} -importcert -noprompt ${own} -alias own -file ${out}.crt"`,
  );
}

function opensslSteps(at: At, out: string, { file }: { readonly file: string }): Command {
  makeWithOpenssl(at("openssl"), "ca", { key: "ec:P-256", ca: true });
  const ca = at("openssl/ca");
  return shell(
    "openssl, three steps",
    `openssl req -new -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -keyout ${out}.key" -subj /CN=own -out ${out}.csr"`,
    `openssl x509 -req -in ${out}.csr" -CA "${ca}.pem" -CAkey "${ca}.key" -CAcreateserial -out ${out}.crt"`,
    `openssl pkcs12 -export -in ${out}.crt" -inkey ${out}.key" -certfile "${ca}.pem" -passout "file:${file}" -out ${out}.pfx"`,
  );
}

function stepSteps(
  at: At,
  out: string,
  { file }: { readonly file: string },
  step: string,
): Command {
  const root = `"${at("step-ca.crt")}" "${at("step-ca.key")}"`;
  const plain = "--no-password --insecure --kty EC --curve P-256";
  execFileSync("sh", ["-c", `"${step}" certificate create CA ${root} --profile root-ca ${plain}`], {
    stdio: "ignore",
  });
  const ca = `--ca "${at("step-ca.crt")}" --ca-key "${at("step-ca.key")}"`;
  return shell(
    "step, two steps",
    `"${step}" certificate create own ${out}.crt" ${out}.key" ${ca} ${plain}`,
    `"${step}" certificate p12 ${out}.pfx" ${out}.crt" ${out}.key" --ca "${at("step-ca.crt")}" --password-file "${file}"`,
  );
}

function shell(name: string, ...steps: readonly string[]): Command {
  return { name, file: "/bin/sh", args: ["-ec", steps.join("\n")] };
}
