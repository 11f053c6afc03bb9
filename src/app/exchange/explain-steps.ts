import { basename } from "node:path";
import type { FormatId } from "../../model/store.ts";

/** A step of an exchange, as it is done by hand. */
export interface ExplainStep {
  readonly title: string;
  /** Where the same is done in the windows of iKeyman. */
  readonly ikeyman?: string;
  /** Command lines for a POSIX shell. Passwords are environment variables, never values. */
  readonly commands: readonly string[];
}

export interface ExplainedParty {
  readonly name: string;
  readonly path: string;
  readonly format: FormatId;
  /** A stash file stands beside the store. */
  readonly stashed: boolean;
  readonly label: string;
  /** Set when the exchange makes the party. */
  readonly made?: {
    readonly subject: string;
    readonly days: number;
    /** As `--key` takes it: `rsa:2048`, `ec:P-256` … */
    readonly key: string;
    readonly folder: string;
    /** The folder of the CA that issues; absent: self-signed. */
    readonly ca?: string;
    /** The label that the CA's certificate gets. */
    readonly caLabel?: string;
  };
  readonly added: readonly ExplainedSigner[];
}

export interface ExplainedSigner {
  readonly label: string;
  readonly subject: string;
  /** Whose store it comes from, and where in it: a label, or a place in a personal certificate's chain. */
  readonly from: string;
  readonly source: { readonly label: string; readonly chainIndex: number };
}

/** The commands of iKeyman's command line, keytool and openssl that do what an exchange did. */
export function explainSteps(parties: readonly ExplainedParty[]): readonly ExplainStep[] {
  const steps: ExplainStep[] = [];
  for (const party of parties) if (party.made !== undefined) steps.push(...makeSteps(party));
  const extracted = new Map<string, string>();
  for (const party of parties) {
    for (const signer of party.added) {
      const owner = parties.find((one) => one.name === signer.from);
      if (owner === undefined) continue;
      const key = `${owner.name}\n${signer.source.label}\n${signer.source.chainIndex}`;
      let file = extracted.get(key);
      if (file === undefined) {
        file = freeFile(fileStem(owner.name), new Set(extracted.values()));
        extracted.set(key, file);
        steps.push(extractStep(owner, signer, file));
      }
      if (owner !== party) {
        steps.push({
          title: `carry ${file} to the machine of ${party.name} (FTP: in ASCII mode)`,
          commands: [],
        });
      }
      steps.push(addStep(party, signer, file));
    }
  }
  return steps;
}

/** The steps as one shell script: titles and windows are comments. */
export function printSteps(steps: readonly ExplainStep[]): string {
  const lines: string[] = [];
  for (const [i, step] of steps.entries()) {
    lines.push(`# ${i + 1}. ${step.title}`);
    if (step.ikeyman !== undefined) lines.push(`#    iKeyman: ${step.ikeyman}`);
    lines.push(...step.commands);
  }
  return lines.map((line) => `${line}\n`).join("");
}

type Tool = "runmqakm" | "keytool" | "openssl";

function toolOf(format: FormatId): Tool {
  if (format === "kdb") return "runmqakm";
  return format === "pem" || format === "der" ? "openssl" : "keytool";
}

function makeSteps(party: ExplainedParty): readonly ExplainStep[] {
  const made = party.made as NonNullable<ExplainedParty["made"]>;
  const { name } = party;
  const label = quote(party.label);
  const dn = quote(made.subject);
  const caLabel = quote(made.caLabel ?? "ca");
  const files = { csr: `${fileStem(name)}.csr`, crt: `${fileStem(name)}.crt` };
  const signed = made.ca === undefined ? [] : signSteps(party, made.ca, made.days, files);
  if (toolOf(party.format) === "runmqakm") {
    const db = `-db ${quote(party.path)}`;
    const create: ExplainStep = {
      title: `${name}: make the key database and its stash`,
      ikeyman: "Key Database File, New… (CMS), Stash password to a file",
      commands: [
        `mkdir -p ${quote(made.folder)}`,
        `runmqakm -keydb -create ${db} -pw "$${passwordVariable(name)}" -type cms -stash`,
      ],
    };
    if (made.ca === undefined) {
      return [
        create,
        {
          title: `${name}: make a self-signed certificate`,
          ikeyman: "Personal Certificates, New Self-Signed…",
          commands: [
            `runmqakm -cert -create ${db} -stashed -label ${label} -dn ${dn} ${gskitKey(made.key)} -expire ${made.days}`,
          ],
        },
      ];
    }
    return [
      create,
      {
        title: `${name}: make a certificate request`,
        ikeyman: "Personal Certificate Requests, New…",
        commands: [
          `runmqakm -certreq -create ${db} -stashed -label ${label} -dn ${dn} ${gskitKey(made.key)} -file ${quote(files.csr)}`,
        ],
      },
      ...signed,
      {
        title: `${name}: add the CA, then receive the certificate`,
        ikeyman: "Signer Certificates, Add…; Personal Certificates, Receive…",
        commands: [
          `runmqakm -cert -add ${db} -stashed -label ${caLabel} -file ${quote(`${made.ca}/ca.arm`)} -format ascii`,
          `runmqakm -cert -receive -file ${quote(files.crt)} ${db} -stashed`,
        ],
      },
    ];
  }
  const store = keytoolStore(party);
  const create: ExplainStep = {
    title: `${name}: make the keystore with a self-signed certificate`,
    ikeyman: "Key Database File, New…; Personal Certificates, New Self-Signed…",
    commands: [
      `mkdir -p ${quote(made.folder)}`,
      `keytool -genkeypair -alias ${label} ${keytoolKey(made.key)} -dname ${dn} -validity ${made.days} ${store}`,
    ],
  };
  if (made.ca === undefined) return [create];
  return [
    create,
    {
      title: `${name}: make a certificate request`,
      ikeyman: "Personal Certificate Requests, New…",
      commands: [`keytool -certreq -alias ${label} -file ${quote(files.csr)} ${store}`],
    },
    ...signed,
    {
      title: `${name}: add the CA, then receive the certificate`,
      ikeyman: "Signer Certificates, Add…; Personal Certificates, Receive…",
      commands: [
        `keytool -importcert -noprompt -alias ${caLabel} -file ${quote(`${made.ca}/ca.arm`)} ${store}`,
        `keytool -importcert -noprompt -alias ${label} -file ${quote(files.crt)} ${store}`,
      ],
    },
  ];
}

const EC_GROUPS: Readonly<Record<string, readonly [string, string]>> = {
  "ec:p-256": ["secp256r1", "SHA256WithECDSA"],
  "ec:p-384": ["secp384r1", "SHA384WithECDSA"],
  "ec:p-521": ["secp521r1", "SHA512WithECDSA"],
};

/** GSKit chooses the curve by the signature algorithm. */
function gskitKey(key: string): string {
  const [, algorithm] = EC_GROUPS[key.toLowerCase()] ?? [];
  if (algorithm !== undefined) return `-sig_alg ${algorithm}`;
  return `-size ${key.split(":")[1] ?? "2048"} -sig_alg SHA256WithRSA`;
}

function keytoolKey(key: string): string {
  const [group] = EC_GROUPS[key.toLowerCase()] ?? [];
  if (group !== undefined) return `-keyalg EC -groupname ${group}`;
  const [kind, bits] = key.split(":");
  return bits === undefined ? `-keyalg ${kind}` : `-keyalg RSA -keysize ${bits}`;
}

function signSteps(
  party: ExplainedParty,
  ca: string,
  days: number,
  files: { readonly csr: string; readonly crt: string },
): readonly ExplainStep[] {
  return [
    {
      title: `${party.name}: have the CA sign the request`,
      commands: [
        `openssl x509 -req -in ${quote(files.csr)} -CA ${quote(`${ca}/ca.arm`)} -CAkey ${quote(`${ca}/ca.key`)} -passin env:CA_PASSWORD -days ${days} -sha256 -out ${quote(files.crt)}`,
      ],
    },
  ];
}

function extractStep(owner: ExplainedParty, signer: ExplainedSigner, file: string): ExplainStep {
  const { label, chainIndex } = signer.source;
  const target = quote(file);
  const title = `${owner.name}: extract ${signer.subject}`;
  switch (toolOf(owner.format)) {
    case "runmqakm":
      return {
        title,
        ikeyman: `${chainIndex === 0 ? "Personal Certificates, Extract Certificate…" : "Signer Certificates, Extract…"} (Base64-encoded ASCII data)`,
        commands: [
          `runmqakm -cert -extract ${kdbStore(owner)} -label ${quote(label)} -target ${target} -format ascii`,
        ],
      };
    case "keytool":
      return {
        title,
        ikeyman: "Personal Certificates, Extract Certificate… (Base64-encoded ASCII data)",
        commands: [
          chainIndex === 0
            ? `keytool -exportcert -rfc -alias ${quote(label)} -file ${target} ${keytoolStore(owner)}`
            : `keytool -list -rfc -alias ${quote(label)} ${keytoolStore(owner)} | ${nthBlock(chainIndex + 1)} > ${target}`,
        ],
      };
    case "openssl":
      return { title, commands: [`${nthBlock(chainIndex + 1)} ${quote(owner.path)} > ${target}`] };
  }
}

/** Prints the n-th certificate of PEM text. */
function nthBlock(n: number): string {
  return `awk '/-BEGIN (X509 |TRUSTED )?CERT/ {n++; on = n == ${n}} on; /-END/ {on = 0}'`;
}

function addStep(party: ExplainedParty, signer: ExplainedSigner, file: string): ExplainStep {
  const title = `${party.name}: add it as a signer`;
  switch (toolOf(party.format)) {
    case "runmqakm":
      return {
        title,
        ikeyman: "Signer Certificates, Add…",
        commands: [
          `runmqakm -cert -add ${kdbStore(party)} -label ${quote(signer.label)} -file ${quote(file)} -format ascii`,
        ],
      };
    case "keytool":
      return {
        title,
        ikeyman: "Signer Certificates, Add…",
        commands: [
          `keytool -importcert -noprompt -alias ${quote(signer.label)} -file ${quote(file)} ${keytoolStore(party)}`,
        ],
      };
    case "openssl":
      return { title, commands: [`cat ${quote(file)} >> ${quote(party.path)}`] };
  }
}

function kdbStore(party: ExplainedParty): string {
  const password =
    party.stashed || party.made ? "-stashed" : `-pw "$${passwordVariable(party.name)}"`;
  return `-db ${quote(party.path)} ${password}`;
}

/** keytool takes passwords from the environment by name, so that no process list shows them. */
function keytoolStore(party: ExplainedParty): string {
  const type = { jks: "JKS", jceks: "JCEKS", pkcs12: "PKCS12" }[party.format as "jks"] ?? "PKCS12";
  return `-keystore ${quote(party.path)} -storetype ${type} -storepass:env ${passwordVariable(party.name)}`;
}

/** `server.prod` → `SERVER_PROD_PASSWORD`. */
function passwordVariable(name: string): string {
  const stem = basename(name)
    .toUpperCase()
    .replace(/[^A-Z0-9]+/g, "_");
  return `${/^[A-Z]/.test(stem) ? "" : "P_"}${stem}_PASSWORD`;
}

/** `server.arm`, and `server-2.arm` for the second file of the same owner. */
function freeFile(stem: string, taken: ReadonlySet<string>): string {
  for (let n = 1; ; n++) {
    const file = `${stem}${n === 1 ? "" : `-${n}`}.arm`;
    if (!taken.has(file)) return file;
  }
}

function fileStem(name: string): string {
  return basename(name).replace(/[^A-Za-z0-9._-]+/g, "-");
}

/** A word for a POSIX shell: bare where nothing in it is special. */
export function quote(text: string): string {
  if (/^[A-Za-z0-9_./:,=@%+][A-Za-z0-9_./:,=@%+-]*$/.test(text)) return text;
  return `'${text.replaceAll("'", `'\\''`)}'`;
}
