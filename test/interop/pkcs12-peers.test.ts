import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { pkcs12Codec } from "../../src/codecs/pkcs12/index.ts";
import type { Entry } from "../../src/model/store.ts";
import { secret } from "../support/fixtures.ts";
import { compileJava, runJava } from "../support/java.ts";
import { dumpWithJava, type JavaStores, writeWithJava } from "../support/key-stores.ts";
import { type Identity, makeIdentity } from "../support/openssl-certificates.ts";
import { describePeer, peer } from "../support/peers.ts";
import { run } from "../support/run.ts";
import { keyEntry, signerEntry, writeStore } from "../support/stores.ts";
import { sha256 } from "../support/view.ts";

/** Bouncy Castle, NSS and GnuTLS, both directions: keys, chains, labels. */
const PASSWORD = "changeit";
const passwords = { store: secret(PASSWORD) };
const work = mkdtempSync(join(tmpdir(), "pki-pkcs12-peers-"));
const at = (name: string) => join(work, name);
let root: Identity;
let intermediate: Identity;
let server: Identity;
let client: Identity;

beforeAll(async () => {
  root = makeIdentity(work, "root", { ca: true });
  intermediate = makeIdentity(work, "intermediate", { ca: true, issuer: root });
  server = makeIdentity(work, "server", { issuer: intermediate });
  client = makeIdentity(work, "client", { issuer: root });
  for (const { id } of pkcs12Codec.protections) {
    const entries = [
      keyEntry("Server Key", server, intermediate, root),
      keyEntry("client", client, root),
      signerEntry("trusted root", root),
    ];
    await writeStore(ours(id), pkcs12Codec, entries, PASSWORD, { protection: id });
  }
});
afterAll(() => rmSync(work, { recursive: true }));

const ours = (protection: string) => at(`ours-${protection}.p12`);
const protections = pkcs12Codec.protections.map(({ id }) => id);
const digests = (...identities: readonly Identity[]) => identities.map(({ der }) => sha256(der));

async function readFile(path: string) {
  const read = await pkcs12Codec.read(new Uint8Array(readFileSync(path)), passwords);
  expect(read.container.integrity).toBe("verified");
  return read.store;
}

async function keyOf(entry: Entry | undefined): Promise<string> {
  if (entry?.kind !== "key") throw new Error("no key entry");
  const key = await pkcs12Codec.unseal(entry.key, passwords);
  return key.use(sha256);
}

const chainOf = (entry: Entry | undefined) =>
  entry?.kind === "key" ? entry.chain.map((certificate) => certificate.sha256) : undefined;

describePeer(["java17", "bouncy-castle"], "Bouncy Castle", (java, jar) => {
  let classes: string;
  beforeAll(() => {
    classes = compileJava(java, ["BouncyPkcs12"], [jar]);
  });
  afterAll(() => rmSync(classes, { recursive: true }));
  const bouncy = async (...args: readonly string[]) => {
    const { code, output, errors } = await runJava(java, [classes, jar], "BouncyPkcs12", args);
    if (code !== 0) throw new Error(errors);
    return output.trim().split("\n");
  };

  it.each(protections)("reads ours (%s)", async (id) => {
    const lines = await bouncy("dump", ours(id), PASSWORD);
    const key = (label: string, own: Identity, ...chain: readonly Identity[]) =>
      `key ${label} ${sha256(own.pkcs8)} ${digests(own, ...chain).join()}`;
    expect(lines).toContain(key("Server Key", server, intermediate, root));
    expect(lines).toContain(key("client", client, root));
    expect(lines).toContain(`trusted trusted root ${digests(root)[0]}`);
  });

  it.each(["PKCS12", "PKCS12-3DES-3DES", "PKCS12-DEF"])(
    "writes %s that we read",
    async (service) => {
      const path = at(`bouncy-${service}.p12`);
      await bouncy("rewrite", service, ours("pbes2-aes256"), PASSWORD, path);
      const { entries } = await readFile(path);
      const byLabel = (label: string) => entries.find((entry) => entry.label === label);
      expect(chainOf(byLabel("Server Key"))).toEqual(digests(server, intermediate, root));
      expect(chainOf(byLabel("client"))).toEqual(digests(client, root));
      expect(await keyOf(byLabel("Server Key"))).toBe(sha256(server.pkcs8));
      expect(await keyOf(byLabel("client"))).toBe(sha256(client.pkcs8));
    },
  );
});

describePeer(["certutil", "pk12util"], "NSS", (certutil, pk12util) => {
  const database = async (name: string): Promise<string> => {
    mkdirSync(at(name));
    await run(certutil, ["-N", "-d", `sql:${at(name)}`, "--empty-password"]);
    return `sql:${at(name)}`;
  };

  it.each(protections)("imports ours (%s) with its keys, chains and labels", async (id) => {
    const folder = await database(`nss-${id}`);
    await run(pk12util, ["-i", ours(id), "-d", folder, "-W", PASSWORD]);
    const keys = await run(certutil, ["-K", "-d", folder]);
    expect(keys).toContain("Server Key");
    expect(keys).toContain("client");
    const listed = await run(certutil, ["-L", "-d", folder]);
    // NSS names the CA of a chain by its subject where the bag has no name.
    expect(listed).toMatch(/Server Key\s+u,u,u/);
    expect(listed).toMatch(/trusted root/);
    const chain = await run(certutil, ["-O", "-d", folder, "-n", "Server Key"]);
    expect(chain).toContain("CN=intermediate");
  });

  it("exports what we read", async () => {
    const folder = await database("nss-export");
    await run(pk12util, ["-i", ours("pbes2-aes256"), "-d", folder, "-W", PASSWORD]);
    for (const [i, args] of [
      [],
      ["-c", "PKCS #12 V2 PBE With SHA-1 And 40 Bit RC2 CBC"],
      ["-C", "none"],
    ].entries()) {
      const path = at(`nss-${i}.p12`);
      await run(pk12util, ["-o", path, "-n", "Server Key", "-d", folder, "-W", PASSWORD, ...args]);
      const { entries } = await readFile(path);
      const [entry] = entries.filter(({ kind }) => kind === "key");
      expect(entry?.label).toBe("Server Key");
      expect(chainOf(entry)).toEqual(digests(server, intermediate, root));
      expect(await keyOf(entry)).toBe(sha256(server.pkcs8));
    }
  });
});

describePeer("certtool", "GnuTLS", (certtool) => {
  it.each(protections)("reads ours (%s)", async (id) => {
    const shown = await run(certtool, [
      ...["--p12-info", "--inder", "--infile", ours(id), "--password", PASSWORD],
    ]);
    expect(shown.match(/BEGIN CERTIFICATE/g)?.length).toBe(4);
    expect(shown).toContain("Friendly name: Server Key");
    expect(shown).toContain("Friendly name: trusted root");
    expect(shown).not.toMatch(/MAC: .*fail/i);
  });

  it.each(["aes-256", "aes-128", "3des", "3des-pkcs12", "rc2-40", "arcfour"])(
    "writes %s that we read",
    async (cipher) => {
      const path = at(`gnutls-${cipher}.p12`);
      writeFileSync(at("chain.pem"), server.cert + intermediate.cert + root.cert);
      await run(certtool, [
        ...["--to-p12", "--load-privkey", at("server.key"), "--load-certificate", at("chain.pem")],
        ...["--p12-name", "Server Key"],
        ...["--password", PASSWORD, "--pkcs-cipher", cipher, "--outder", "--outfile", path],
      ]);
      const { entries } = await readFile(path);
      const [entry] = entries.filter(({ kind }) => kind === "key");
      expect(entry?.label).toBe("Server Key");
      expect(chainOf(entry)).toEqual(digests(server, intermediate, root));
      expect(await keyOf(entry)).toBe(sha256(server.pkcs8));
    },
  );
});

describePeer(["java17", "keytool17"], "Java's legacy mode and secret keys", (_, keytool) => {
  it("reads what -Dkeystore.pkcs12.legacy writes", async () => {
    const path = at("legacy.p12");
    const store = ["-keystore", path, "-storetype", "PKCS12", "-storepass", PASSWORD];
    const legacy = "-J-Dkeystore.pkcs12.legacy";
    await run(keytool, [
      ...[legacy, "-genkeypair", ...store, "-alias", "old", "-keyalg", "EC", "-dname", "CN=old"],
    ]);
    const read = await pkcs12Codec.read(new Uint8Array(readFileSync(path)), passwords);
    expect(read.container.protections?.map(({ scheme }) => scheme)).toEqual([
      "hmac-sha1",
      "pbe-sha1-3des",
      "pbe-sha1-rc2-40",
    ]);
    const [entry] = read.store.entries;
    expect([entry?.label, entry?.kind]).toEqual(["old", "key"]);
    expect(entry?.created?.getTime()).toBeGreaterThan(Date.UTC(2024, 0));
  });

  it("keeps secret keys through a change, so that keytool still has them", async () => {
    const path = at("secret.p12");
    const store = ["-keystore", path, "-storetype", "PKCS12", "-storepass", PASSWORD];
    await run(keytool, [
      "-genseckey",
      ...store,
      "-alias",
      "aes",
      "-keyalg",
      "AES",
      "-keysize",
      "256",
    ]);
    await run(keytool, [
      ...["-genkeypair", ...store, "-alias", "pair", "-keyalg", "EC", "-dname", "CN=pair"],
    ]);
    const read = await pkcs12Codec.read(new Uint8Array(readFileSync(path)), passwords);
    const kinds = new Map(read.store.entries.map(({ label, kind }) => [label, kind]));
    expect(kinds).toEqual(
      new Map([
        ["aes", "secret"],
        ["pair", "key"],
      ]),
    );
    const changed = { entries: [...read.store.entries, signerEntry("signer", root)] };
    const random = (count: number) => new Uint8Array(count).fill(count);
    writeFileSync(path, await pkcs12Codec.write(changed, read.container, passwords, random));
    const listed = await run(keytool, ["-list", ...store]);
    expect(listed).toMatch(/aes, .*SecretKeyEntry/);
    expect(listed).toMatch(/pair, .*PrivateKeyEntry/);
    expect(listed).toMatch(/signer, .*trustedCertEntry/);
  });
});

for (const release of [17, 25] as const) {
  describePeer(
    `java${release}`,
    `JDK ${release} dates, and passwords that are not ASCII`,
    (java) => {
      let jdk: JavaStores;
      beforeAll(() => {
        jdk = { java, classes: compileJava(peer("java17") ?? java, ["KeyStores"]) };
      });
      afterAll(() => rmSync(jdk.classes, { recursive: true }));

      const opens = async (password: string, protection: string): Promise<boolean> => {
        const path = at(`java-${release}-${protection}.p12`);
        const entries = [keyEntry("one", client, root)];
        await writeStore(path, pkcs12Codec, entries, password, { protection });
        return dumpWithJava(jdk, "PKCS12", path, password).then(
          ([entry]) => entry?.key === sha256(client.pkcs8),
          () => false,
        );
      };

      it("sees the date that we wrote, also where two keys have the same", async () => {
        const path = at(`java-${release}-dates.p12`);
        const created = new Date(1_700_000_000_123);
        const entries = [
          { ...keyEntry("one", client, root), created },
          { ...keyEntry("two", server, intermediate, root), created },
        ];
        await writeStore(path, pkcs12Codec, entries, PASSWORD);
        const dump = await dumpWithJava(jdk, "PKCS12", path, PASSWORD);
        expect(dump.map((entry) => entry.created)).toEqual([created.getTime(), created.getTime()]);
        expect(dump.map(({ chain }) => chain.length).sort()).toEqual([2, 3]);
      });

      it("opens ours with an ASCII and with an empty password", async () => {
        for (const id of protections) {
          expect(await opens("changeit", id)).toBe(true);
          expect(await opens("", id)).toBe(true);
        }
      });

      it("opens ours with another password as this release can, which docs/formats/pkcs12.md says", async () => {
        for (const password of ["Schlüssel", "пароль", "𝒳y"]) {
          expect(await opens(password, "pbes2-aes256")).toBe(release === 25);
          expect(await opens(password, "pbe-sha1-3des")).toBe(false);
        }
      });

      it.runIf(release === 25)("writes files with such passwords that we read", async () => {
        const path = at("java-umlaut.p12");
        const entry = {
          kind: "key",
          label: "one",
          password: "пароль 𝒳",
          algorithm: "RSA",
          pkcs8: client.pkcs8,
          chain: [client.der],
        } as const;
        await writeWithJava(jdk, "PKCS12", path, entry.password, [entry], work);
        const given = { store: secret(entry.password) };
        const read = await pkcs12Codec.read(new Uint8Array(readFileSync(path)), given);
        expect(read.container.integrity).toBe("verified");
        const [found] = read.store.entries;
        if (found?.kind !== "key") throw new Error("no key entry");
        const key = await pkcs12Codec.unseal(found.key, given);
        expect(key.use(sha256)).toBe(sha256(client.pkcs8));
      });
    },
  );
}

/** pyca/cryptography, where the system's Python has it. */
const python = ["python3"].find(() => peer("openssl") !== undefined);
it.skipIf(python === undefined)("pyca/cryptography reads ours, where it is installed", async () => {
  const script = `
import sys
try:
    from cryptography.hazmat.primitives.serialization import pkcs12
except ImportError:
    print("absent"); sys.exit(0)
for path in sys.argv[1:]:
    p = pkcs12.load_pkcs12(open(path, "rb").read(), b"${PASSWORD}")
    print(p.cert.friendly_name.decode(), len(p.additional_certs))
`;
  await writeStore(
    at("one.p12"),
    pkcs12Codec,
    [keyEntry("one", server, intermediate, root)],
    PASSWORD,
  );
  const shown = await run("python3", ["-c", script, at("one.p12")]);
  expect(["absent\n", "one 2\n"]).toContain(shown);
});
