import { execFileSync } from "node:child_process";
import {
  chmodSync,
  copyFileSync,
  cpSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { openssl } from "../support/openssl-certificates.ts";
import { describePeer } from "../support/peers.ts";
import { mustRun, runProgram } from "../support/program.ts";
import { sharedFixture, sharedFolder } from "../support/shared.ts";

// The real program over stores that other tools made, and those tools over what it wrote.
const PASSWORD = "correct horse battery";
const ENV = { PW: PASSWORD };
const ALL = ["--password", "env:PW"];

interface Shown {
  readonly stores: readonly {
    readonly entries: readonly {
      readonly label: string;
      readonly kind: string;
      readonly chain: readonly { readonly sha256: string; readonly subject: string }[];
    }[];
  }[];
}

async function entriesOf(folder: string, store: string, password = ALL) {
  const out = await mustRun(folder, ["list", store, "--json", ...password], ENV);
  return (JSON.parse(out) as Shown).stores[0]?.entries ?? [];
}

/** SHA-256 of every certificate that a store trusts. */
async function trustOf(folder: string, store: string, password = ALL): Promise<readonly string[]> {
  return (await entriesOf(folder, store, password))
    .filter(({ kind }) => kind === "trusted")
    .map(({ chain }) => chain[0]?.sha256 ?? "")
    .sort();
}

/** Contents and times of every file: what must not change when there is nothing to do. */
function state(folder: string): readonly string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map(({ parentPath, name }) => {
      const path = join(parentPath, name);
      return `${path} ${statSync(path, { bigint: true }).mtimeNs} ${readFileSync(path).toString("base64")}`;
    })
    .sort();
}

const folders: string[] = [];
function folder(): string {
  const made = mkdtempSync(join(tmpdir(), "pki-exchange-"));
  folders.push(made);
  return made;
}
afterAll(() => {
  for (const one of folders) rmSync(one, { recursive: true });
});

describePeer(
  ["keytool", "openssl"],
  "an exchange over stores of keytool and openssl",
  (keytool) => {
    let home: string;
    let before: string;
    const stores = ["app.jks", "tomcat.p12", "nginx.pem", "qm/qm.kdb"];

    const java = (...args: readonly string[]) =>
      execFileSync(keytool, args, {
        cwd: home,
        stdio: ["ignore", "pipe", "pipe"],
        encoding: "utf8",
      });

    beforeAll(async () => {
      home = folder();
      for (const [file, type] of [
        ["app.jks", "JKS"],
        ["tomcat.p12", "PKCS12"],
      ] as const) {
        java(
          ...["-genkeypair", "-alias", "mykey", "-keyalg", "RSA", "-keysize", "2048"],
          ...["-dname", `CN=${file},O=Java`, "-validity", "90", "-storepass", PASSWORD],
          ...["-keystore", file, "-storetype", type],
        );
      }
      openssl(
        ...["req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "90", "-subj", "/CN=nginx"],
        ...["-keyout", join(home, "key.pem"), "-out", join(home, "cert.pem")],
      );
      const pem = ["key.pem", "cert.pem"].map((name) => readFileSync(join(home, name), "utf8"));
      writeFileSync(join(home, "nginx.pem"), `# made by openssl\n${pem.join("")}`);
      await mustRun(home, ["init-ca"], { PKI_CA_PASSWORD: PASSWORD });
      await mustRun(home, ["exchange", "qm", "second", "--type", "kdb", "--mq", "qm=QM1"], {
        PKI_CA_PASSWORD: PASSWORD,
      });
      before = folder();
      cpSync(home, before, { recursive: true });
    });

    it("joins all four formats, and proves every pair", async () => {
      const out = await mustRun(home, ["exchange", ...stores, ...ALL, "--json"], ENV);
      const { changed, proof } = JSON.parse(out) as {
        changed: boolean;
        proof: { pairs: { result: string }[]; refusals: unknown[] };
      };
      expect(changed).toBe(true);
      expect(proof.pairs.map(({ result }) => result)).toEqual(Array(12).fill("finished"));
      expect(proof.refusals).toHaveLength(4 * 5);
    });

    it("keytool sees the new signers as trusted, and the key as it was", () => {
      for (const file of ["app.jks", "tomcat.p12"]) {
        const list = java("-list", "-keystore", file, "-storepass", PASSWORD);
        expect(list.match(/trustedCertEntry/g), file).toHaveLength(3);
        expect(list.match(/PrivateKeyEntry/g), file).toHaveLength(1);
      }
      // Two stores call their own certificate "mykey": in each other's it gets a number.
      const list = java("-list", "-keystore", "app.jks", "-storepass", PASSWORD);
      expect(list).toMatch(/^mykey, .*PrivateKeyEntry/m);
      expect(list).toMatch(/^mykey-2, .*trustedCertEntry/m);
    });

    it("a second run changes no byte and no time", async () => {
      const first = state(home);
      const out = await mustRun(home, ["exchange", ...stores, ...ALL], ENV);
      expect(out).toContain("\nnothing to do\n");
      expect(state(home)).toEqual(first);
    });

    it("the PEM file keeps its own text, and openssl verifies with it", () => {
      const text = readFileSync(join(home, "nginx.pem"), "utf8");
      expect(text).toContain("# made by openssl\n");
      const app = java(
        "-exportcert",
        "-rfc",
        "-alias",
        "mykey",
        "-keystore",
        "app.jks",
        "-storepass",
        PASSWORD,
      );
      writeFileSync(join(home, "app.crt"), app);
      const args = ["verify", "-CAfile", join(home, "nginx.pem"), join(home, "app.crt")];
      expect(openssl(...args)).toContain(": OK");
    });

    it("the commands of --explain, run with keytool and openssl, give the same trust", async () => {
      const args = ["exchange", "app.jks", "tomcat.p12", "nginx.pem", ...ALL];
      const dry = await mustRun(before, [...args, "--dry-run", "--explain", "--json"], ENV);
      const steps = (JSON.parse(dry) as { steps: { commands: string[] }[] }).steps;
      const byHand = folder();
      cpSync(before, byHand, { recursive: true });
      for (const command of steps.flatMap((step) => step.commands)) {
        execFileSync("sh", ["-ec", command], {
          cwd: byHand,
          stdio: ["ignore", "pipe", "pipe"],
          env: { PATH: process.env.PATH, APP_PASSWORD: PASSWORD, TOMCAT_PASSWORD: PASSWORD },
        });
      }
      await mustRun(before, args, ENV);
      for (const store of ["app.jks", "tomcat.p12", "nginx.pem"]) {
        expect(await trustOf(byHand, store), store).toEqual(await trustOf(before, store));
      }
      // And there is nothing left for the exchange to do.
      expect(await mustRun(byHand, args, ENV)).toContain("\nnothing to do\n");
    });
  },
);

describe("several exchanges at once", () => {
  it("lose no signer: each waits for the stores it shares with another", async () => {
    const home = folder();
    const spokes = ["b", "c", "d"];
    for (const name of ["hub", ...spokes]) {
      const kind = ["--self-signed", "--key", "ec:P-256", "--san", "DNS:localhost"];
      await mustRun(home, ["issue", "peer", `${name}.p12`, ...kind, ...ALL], ENV);
    }
    await Promise.all(
      spokes.map((name) => mustRun(home, ["exchange", "hub.p12", `${name}.p12`, ...ALL], ENV)),
    );
    const labels = (await entriesOf(home, "hub.p12")).map(({ label }) => label);
    expect(labels.slice(1).sort()).toEqual(["localhost-2", "localhost-3", "localhost-4"]);
    expect(readdirSync(home).filter((name) => /lock|tmp|bak/.test(name))).toEqual([]);
  });

  it("a mere trust store takes part one way", async () => {
    const home = folder();
    const kind = ["--self-signed", "--key", "ec:P-256", "--san", "DNS:localhost"];
    await mustRun(home, ["issue", "server", "server.jks", ...kind, ...ALL], ENV);
    await mustRun(home, ["create", "trust.kdb", ...ALL, "--stash"], ENV);
    const out = await mustRun(
      home,
      ["exchange", "server.jks", "trust.kdb", "--one-way", ...ALL],
      ENV,
    );
    expect(out).toContain("trust.kdb now trusts");
    expect(out).toContain("the server is accepted");
    expect(await trustOf(home, "trust.kdb")).toHaveLength(1);
  });
});

/** The stores that GSKit wrote, with their stash files; they are never part of the project. */
const shared = sharedFolder("kdb");
const withShared = shared.length === 0 ? describe.skip : describe;

withShared("the demo's steps on a copy of real key databases (../shared/fixtures/kdb)", () => {
  let home: string;
  const keyDatabases = () => state(home).filter((line) => line.includes(".kdb "));

  beforeAll(() => {
    home = folder();
    for (const name of shared) {
      const from = sharedFixture(join("kdb", name));
      if (from === undefined) continue;
      copyFileSync(from, join(home, basename(from)));
      chmodSync(join(home, basename(from)), 0o600);
    }
  });

  it("V3, V6 and a new JKS trust each other, proved, without a question", async () => {
    const args = [
      ...["exchange", "v3-mq-mutual-tls.kdb", "v6-mixed.kdb", "server", "--type", "jks"],
      // They are valid until 2029 and 2027; this test is to outlive them.
      ...["--label", "v6-mixed=rsa-keypair", "--ignore-dates"],
    ];
    const out = await mustRun(home, [...args, "--json"]);
    const { parties, proof } = JSON.parse(out) as {
      parties: { changed: boolean }[];
      proof: { pairs: { result: string; datesIgnored?: boolean }[] };
    };
    expect(parties.map(({ changed }) => changed)).toEqual([true, true, true]);
    expect(proof.pairs.map(({ result }) => result)).toEqual(Array(6).fill("finished"));
    expect(await mustRun(home, args)).toContain("\nnothing to do\n");
  });

  it("V4's certificate expired in 2021: said, and nothing is written", async () => {
    const before = keyDatabases();
    const run = await runProgram(home, ["exchange", "v4-ihs-plugin-key.kdb", "server"]);
    expect(run.code).toBe(1);
    expect(run.err).toContain("expired on 2021-08-07; nothing was written (handshake-failed)");
    expect(run.err).toContain("--ignore-dates");
    expect(keyDatabases()).toEqual(before);
  });

  it("and is proved in everything else with --ignore-dates", async () => {
    const out = await mustRun(home, [
      ...["exchange", "v4-ihs-plugin-key.kdb", "server", "--ignore-dates", "--json"],
    ]);
    const { proof } = JSON.parse(out) as { proof: { pairs: unknown[] } };
    expect(proof.pairs).toMatchObject([
      { result: "finished", datesIgnored: true },
      { result: "finished", datesIgnored: true },
    ]);
  });

  it("every entry of before is still there, in its place", async () => {
    for (const name of shared.filter((file) => file.endsWith(".kdb"))) {
      const real = await entriesOf(join(sharedFixture("kdb") ?? ""), name, []);
      const now = await entriesOf(home, name, []);
      expect(now.slice(0, real.length), name).toEqual(real);
    }
  });
});
