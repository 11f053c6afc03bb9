// The tour: npm run demo. A CA, a KDB client and a JKS server; they exchange signers, prove it with a
// handshake, and are listed. Works in a new folder under the system's temporary one, which stays for a
// look around; asks nothing; needs only Node.
//
//   node scripts/demo.mjs                 the tour
//   node scripts/demo.mjs --dir DIR       in this folder instead (it must be empty or new)
//   node scripts/demo.mjs --stores DIR    the same with a copy of the key databases in DIR
import { spawnSync } from "node:child_process";
import { randomBytes } from "node:crypto";
import {
  chmodSync,
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";

const program = resolve(import.meta.dirname, "..", "dist", "pki.cjs");
const say = (text) => process.stdout.write(`${text}\n`);

function fail(message) {
  process.stderr.write(`demo: ${message}\n`);
  process.exit(2);
}

function option(name) {
  const at = process.argv.indexOf(name);
  if (at === -1) return undefined;
  return process.argv[at + 1] ?? fail(`${name} needs a folder`);
}

const stores = option("--stores");
const folder = option("--dir") ?? mkdtempSync(join(tmpdir(), "pki-demo-"));
mkdirSync(folder, { recursive: true });
if (readdirSync(folder).length > 0) fail(`${folder} is not empty`);
if (!existsSync(program)) fail("dist/pki.cjs is not there: npm run build makes it");

/** Passwords stand in files that only their owner can read; no command line shows one. */
function passwordFile(name) {
  writeFileSync(join(folder, name), `${randomBytes(18).toString("base64url")}\n`, { mode: 0o600 });
  return `file:${name}`;
}

function environment() {
  const kept = Object.entries(process.env).filter(
    ([name]) => !name.startsWith("PKI_") && name !== "NODE_EXTRA_CA_CERTS",
  );
  return Object.fromEntries(kept);
}

/** As a user would see it: the command, then what it prints. */
function pki(...args) {
  say(`$ pki ${args.map(word).join(" ")}`);
  const child = spawnSync(process.execPath, [program, ...args], {
    cwd: folder,
    env: environment(),
    stdio: ["ignore", "inherit", "inherit"],
  });
  say("");
  if (child.status === 0) return;
  process.stderr.write(`demo: that should have worked; the folder is ${folder}\n`);
  process.exit(1);
}

function listed(...args) {
  const child = spawnSync(process.execPath, [program, "list", "--json", ...args], {
    cwd: folder,
    env: environment(),
    encoding: "utf8",
  });
  return child.status === 0 ? JSON.parse(child.stdout).stores[0].entries : [];
}

function word(text) {
  return /^[\w./:=@%+,-]+$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`;
}

function title(text) {
  say(`── ${text}`);
}

function tour() {
  const ca = passwordFile("ca.password");
  const client = passwordFile("client.password");
  const server = passwordFile("server.password");

  title("A certificate authority of our own");
  pki("init-ca", "--subject", "CN=Demo Root,O=Demo", "--password", ca);

  title("A key database for an MQ client, its certificate from that CA, its password in a stash");
  pki(
    ...["issue", "peer", "client.kdb", "--user", "emir", "--stash"],
    ...["--password", client, "--ca-password", ca],
  );

  title("A Java keystore for a server that knows nothing of the CA: it signs for itself");
  pki(
    ...["issue", "peer", "server.jks", "--subject", "CN=server,O=Elsewhere", "--label", "server"],
    ...["--san", "DNS:localhost", "--self-signed", "--password", server],
  );

  title("Each shall trust the other: this is the step that takes fifteen by hand");
  const exchange = ["exchange", "client.kdb", "server.jks", "--password-for", `server=${server}`];
  pki(...exchange);

  title("Once more: there is nothing left to do");
  pki(...exchange);

  title("What the two stores hold now");
  pki("list", "client.kdb");
  pki("list", "server.jks", "--password", server);

  next([
    ["pki show client.kdb ibmwebspheremqemir", "one certificate, in full"],
    [`pki exchange client.kdb app --ca-password ${ca} --explain`, "a third, made; and how by hand"],
    ["pki extract client.kdb ibmwebspheremqemir", "a certificate to give away"],
    ["pki help exchange", "every option"],
  ]);
}

/** The same steps on key databases that somebody else wrote, always on a copy. */
function withStores(from) {
  const server = passwordFile("server.password");
  const names = readdirSync(from).filter((name) => /\.(kdb|rdb|sth)$/i.test(name));
  for (const name of names) {
    copyFileSync(join(from, name), join(folder, name));
    chmodSync(join(folder, name), 0o600);
  }
  const databases = names.filter((name) => /\.kdb$/i.test(name));
  if (databases.length === 0) fail(`${from} holds no key database`);

  title("A Java keystore for a server");
  pki(
    ...["issue", "peer", "server.jks", "--subject", "CN=server,O=Demo", "--label", "server"],
    ...["--san", "DNS:localhost", "--self-signed", "--password", server],
  );
  for (const name of databases) {
    const key = listed(name).find(({ kind }) => kind === "key");
    if (key === undefined) continue;
    title(`${name} and the server; certificates may have expired, so dates are left out`);
    pki(
      ...["exchange", name, "server.jks", "--label", `${name}=${key.label}`],
      ...["--password-for", `server=${server}`, "--ignore-dates"],
    );
    pki("list", name);
  }
  title("What the server holds now");
  pki("list", "server.jks", "--password", server);
  next([["pki list *.kdb *.jks", "everything"]]);
}

function next(commands) {
  const width = Math.min(Math.max(...commands.map(([command]) => command.length)), 58);
  title("Try next");
  say(`  cd ${word(folder)}`);
  if (process.platform === "win32") say(`  doskey pki=node "${program}" $*`);
  else say(`  alias pki=${word(`node ${word(program)}`)}`);
  for (const [command, what] of commands) say(`  ${command.padEnd(width)}  # ${what}`);
  say("");
  say(`Everything is in ${folder}; remove it when you are done.`);
}

if (stores === undefined) tour();
else withStores(resolve(stores));
