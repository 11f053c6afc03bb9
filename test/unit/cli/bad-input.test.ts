import {
  chmodSync,
  closeSync,
  ftruncateSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { fixture } from "../../support/fixtures.ts";
import { runCli } from "../../support/run-cli.ts";
import { sharedFixture, sharedFolder } from "../../support/shared.ts";

const env = { PW: "correct horse battery", WRONG: "swordfish-swordfish" };
/** Far above what any of these takes, far below a hang. */
const timeoutMs = 30_000;
let cwd = "";
const at = (name: string) => join(cwd, name);

beforeAll(() => {
  cwd = mkdtempSync(join(tmpdir(), "pki-bad-"));
  for (const name of ["root.pem", "other-root.pem", "server.pem", "root-key.pem"]) {
    writeFileSync(at(name), fixture(`pem/${name}`));
  }
  for (const store of ["key.kdb", "trust.jks", "trust.p12"]) {
    const add = ["add", store, "root.pem", "--create", "--label", "Root", "--password", "env:PW"];
    expect(runCli(add, { cwd, env })).toMatchObject({ code: 0, stderr: "" });
    const whole = readFileSync(at(store));
    const name = (what: string) => store.replace(".", `-${what}.`);
    writeFileSync(at(name("half")), whole.subarray(0, whole.length / 2));
    writeFileSync(at(name("short")), whole.subarray(0, -1));
    const flipped = Buffer.from(whole);
    const middle = Math.floor(whole.length * 0.6);
    flipped[middle] = (flipped[middle] as number) ^ 1;
    writeFileSync(at(name("flipped")), flipped);
    // No padding, which is passed over behind PKCS#12.
    writeFileSync(at(name("longer")), Buffer.concat([whole, Buffer.from([1])]));
  }
  writeFileSync(at("empty.kdb"), "");
  writeFileSync(at("text.jks"), "this is no keystore\n");
  writeFileSync(at("really.jks"), readFileSync(at("key.kdb")));
  writeFileSync(
    at("mismatch.pem"),
    Buffer.concat([fixture("pem/server.pem"), fixture("pem/root-key.pem")]),
  );
  mkdirSync(at("folder.kdb"));
  const fd = openSync(at("large.p12"), "w");
  ftruncateSync(fd, 65 * 1024 * 1024);
  closeSync(fd);
});
afterAll(() => rmSync(cwd, { recursive: true, force: true }));

const snapshot = () =>
  readdirSync(cwd).map((name) => {
    const stat = statSync(at(name));
    const small = stat.isFile() && stat.size < 1_000_000;
    return [name, stat.mode, stat.mtimeMs, small ? readFileSync(at(name)).toString("hex") : ""];
  });

interface Bad {
  readonly what: string;
  readonly args: readonly string[];
  readonly exit: number;
  /** What stderr must match: file, what is wrong, code. */
  readonly says: RegExp;
}

const add = (store: string, ...more: readonly string[]) => [
  "add",
  store,
  "other-root.pem",
  "--password",
  "env:PW",
  ...more,
];

const CASES: readonly Bad[] = [
  ...["key.kdb", "trust.jks", "trust.p12"].map((store) => ({
    what: `wrong password of ${store}`,
    args: ["add", store, "other-root.pem", "--password", "env:WRONG"],
    exit: 4,
    says: new RegExp(`^pki: error: ${store}: .* \\((password-refused|integrity-mismatch)\\)`),
  })),
  ...["key.kdb", "trust.jks", "trust.p12"].map((store) => ({
    what: `no password for ${store}, and nobody to ask`,
    args: ["add", store, "other-root.pem"],
    exit: 4,
    says: new RegExp(
      `^pki: error: ${store}: needs a password.* \\(password-missing\\)\n.*--password`,
    ),
  })),
  ...["key-half.kdb", "trust-half.jks", "trust-half.p12"].flatMap((store) =>
    [["list", store, "--password", "env:PW"], add(store)].map((args) => ({
      what: `${args[0]}: ${store}`,
      args,
      exit: 5,
      says: new RegExp(`^pki: error: ${store}: .* \\((format-malformed|integrity-mismatch)\\)`),
    })),
  ),
  ...["key-short.kdb", "trust-short.p12", "key-longer.kdb", "trust-longer.p12"].map((store) => ({
    what: store,
    args: ["list", store, "--password", "env:PW"],
    exit: 5,
    says: new RegExp(`^pki: error: ${store}: .* \\(format-malformed\\)`),
  })),
  // A key database knows its password apart from its content, so damage is told from a wrong password.
  ...[["list", "key-flipped.kdb", "--password", "env:PW"], add("key-flipped.kdb")].map((args) => ({
    what: `${args[0]}: one bit of key-flipped.kdb`,
    args,
    exit: 5,
    says: /^pki: error: key-flipped\.kdb: .*the password is right, .* \(format-malformed\)/,
  })),
  ...["trust-flipped.jks", "trust-flipped.p12"].flatMap((store) =>
    [["list", store, "--password", "env:PW"], add(store)].map((args) => ({
      what: `${args[0]}: one bit of ${store}`,
      args,
      exit: 4,
      says: new RegExp(`^pki: error: ${store}: .* \\(integrity-mismatch\\)`),
    })),
  ),
  {
    what: "a file of no bytes",
    args: ["list", "empty.kdb"],
    exit: 5,
    says: /^pki: error: empty\.kdb: the file is empty \(format-unknown\)\npki: hint: /,
  },
  {
    what: "a text",
    args: ["list", "text.jks"],
    exit: 5,
    says: /^pki: error: text\.jks: .* \(format-unknown\)\npki: hint: /,
  },
  {
    what: "a directory",
    args: ["list", "folder.kdb"],
    exit: 5,
    says: /^pki: error: folder\.kdb: is a directory \(file-unreadable\)\npki: hint: /,
  },
  {
    what: "a directory to add to",
    args: add("folder.kdb"),
    exit: 5,
    says: /^pki: error: folder\.kdb: is a directory \(file-unreadable\)/,
  },
  {
    what: "65 MiB",
    args: ["list", "large.p12"],
    exit: 5,
    says: /^pki: error: large\.p12: is larger than 67108864 bytes \(file-too-large\)/,
  },
  {
    what: "no such file",
    args: ["list", "nothing.kdb"],
    exit: 6,
    says: /^pki: error: nothing\.kdb: no such file \(file-not-found\)/,
  },
  {
    what: "a label that is taken",
    args: add("key.kdb", "--label", "Root"),
    exit: 1,
    says: /^pki: error: key\.kdb: "Root": another entry has that label \(label-exists\)/,
  },
  {
    what: "a label that differs by case, where the format takes the two for one",
    args: add("trust.p12", "--label", "ROOT"),
    exit: 1,
    says: /^pki: error: trust\.p12: "\w+": .* \(label-exists\)/,
  },
  {
    what: "a key that does not belong to its certificate",
    args: ["add", "key.kdb", "mismatch.pem", "--key", "--password", "env:PW"],
    exit: 1,
    says: /^pki: error: mismatch\.pem: .* belongs to none of .* \(key-mismatch\)\npki: hint: /,
  },
  {
    what: "a key without a certificate",
    args: ["add", "key.kdb", "root-key.pem", "--key", "--password", "env:PW"],
    exit: 5,
    says: /^pki: error: root-key\.pem: holds no certificate \(certificate-invalid\)/,
  },
  {
    what: "a store that exists",
    args: ["create", "key.kdb", "--password", "env:PW"],
    exit: 1,
    says: /^pki: error: key\.kdb: exists already \(file-exists\)/,
  },
  {
    what: "a directory that is missing",
    args: ["create", "none/key.kdb", "--password", "env:PW"],
    exit: 1,
    says: /^pki: error: none\/key\.kdb: .*no such file or directory \(file-unwritable\)\npki: hint: make/,
  },
  {
    what: "an extension that says nothing",
    args: ["create", "store.dat", "--password", "env:PW"],
    exit: 2,
    says: /^pki: error: store\.dat: .* \(usage\)\npki: hint: give --type/,
  },
];

describe("bad input", () => {
  it.each(CASES)("$what", ({ args, exit, says }) => {
    const before = snapshot();
    const run = runCli(args, { cwd, env, timeoutMs });
    expect(run.stderr).toMatch(says);
    expect(run.code).toBe(exit);
    expect(run.stdout).toBe("");
    expect(snapshot()).toEqual(before);
  });

  it("a name that promises another format is believed less than the content", () => {
    const run = runCli(["list", "really.jks", "--password", "env:PW"], { cwd, env, timeoutMs });
    expect(run.code).toBe(0);
    expect(run.stdout).toContain("really.jks: KDB 4");
    expect(run.stderr).toBe("pki: note: really.jks: is KDB, whatever its name says\n");
  });

  it("a certificate that is there under another label is left alone", () => {
    const before = snapshot();
    const args = ["add", "key.kdb", "root.pem", "--label", "again", "--password", "env:PW"];
    const run = runCli(args, { cwd, env, timeoutMs });
    expect(run).toMatchObject({ code: 0, stderr: "" });
    expect(run.stdout).toContain('has it already as "Root"');
    expect(snapshot()).toEqual(before);
  });

  it("a label that differs by case only is said, where the format holds both", () => {
    const run = runCli([...add("key.kdb", "--label", "ROOT"), "--dry-run"], {
      cwd,
      env,
      timeoutMs,
    });
    expect(run.code).toBe(0);
    expect(run.stderr).toContain('pki: warning: key.kdb: "ROOT": differs only by case from "Root"');
  });

  it.skipIf(process.getuid?.() === 0)("no permission", () => {
    chmodSync(at("key.kdb"), 0);
    try {
      const run = runCli(["list", "key.kdb"], { cwd, env, timeoutMs });
      expect(run.stderr).toMatch(/key\.kdb: cannot be read: permission denied \(file-unreadable\)/);
      expect(run.code).toBe(5);
    } finally {
      chmodSync(at("key.kdb"), 0o600);
    }
  });

  it("passwords appear nowhere", () => {
    for (const args of [
      ["list", "key.kdb", "--password", "pass:swordfish-swordfish"],
      ["list", "key.kdb", "--password", "swordfish-swordfish"],
      ["list", "key.kdb", "--pass=swordfish-swordfish"],
      ["list", "key.kdb", "--json", "--password", "env:WRONG"],
      ["create", "new.kdb", "--dry-run", "--json", "--password", "pass:swordfish-swordfish"],
    ]) {
      const run = runCli(args, { cwd, env, timeoutMs });
      expect(run.stdout + run.stderr, args.join(" ")).not.toContain("swordfish");
    }
  });
});

describe("iteration bombs (shared fixtures)", () => {
  const bombs = sharedFolder("bombs");
  const refused = /^it-max|^it-1e7|^macconf/;
  it
    .skipIf(bombs.length === 0)
    .each(bombs.length === 0 ? ["(absent)"] : bombs.filter((name) => refused.test(name)))(
    "%s is refused before anything is derived",
    (name) => {
      const path = sharedFixture(`bombs/${name}`) as string;
      const run = runCli(["list", path, "--password", "pass:changeit"], { cwd, env, timeoutMs });
      expect(run.stderr).toMatch(/\((limit-exceeded|format-malformed|integrity-mismatch)\)/);
      expect([4, 5]).toContain(run.code);
    },
  );
});
