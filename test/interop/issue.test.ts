import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { describePeer } from "../support/peers.ts";
import { mustRun } from "../support/program.ts";
import { run } from "../support/run.ts";

// What other software makes of the certificates, CRLs and keys of `pki init-ca` and `pki issue`.

const PASSWORD = "correct horse battery staple";
const env = { PKI_PASSWORD: PASSWORD };
const KEYS = ["rsa:2048", "rsa:3072", "rsa:4096", "ec:P-256", "ec:P-384", "ec:P-521", "ed25519"];
const SIGNATURES: Readonly<Record<string, string>> = {
  "rsa:2048": "sha256WithRSAEncryption",
  "rsa:3072": "sha256WithRSAEncryption",
  "rsa:4096": "sha384WithRSAEncryption",
  "ec:P-256": "ecdsa-with-SHA256",
  "ec:P-384": "ecdsa-with-SHA384",
  "ec:P-521": "ecdsa-with-SHA512",
  ed25519: "ED25519",
};

/** Making a long RSA key takes seconds, so only a root has one; what it signs has another kind. */
const keyBelow = (key: string) => (key === "rsa:3072" || key === "rsa:4096" ? "ec:P-256" : key);

let folder: string;
const at = (name: string) => join(folder, name);
const nameOf = (key: string) => key.replace(":", "-").toLowerCase();

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "pki-issue-"));
  // For every kind of key a root, a CA below it, and a peer of that CA.
  for (const key of KEYS) {
    const name = nameOf(key);
    const pki = (...args: string[]) => mustRun(folder, args, env);
    const subject = `CN=Root ${name},OU=Zürich Ω,O=Example\\, Ltd,C=GB`;
    await pki("init-ca", name, "--subject", subject, "--key", key);
    const sub = ["init-ca", `${name}-sub`, "--ca", name, "--subject", `CN=Sub ${name}`];
    await pki(...sub, "--key", keyBelow(key));
    const leaf = ["issue", "peer", `${name}.p12`, "--ca", `${name}-sub`, "--key", keyBelow(key)];
    await pki(...leaf, "--san", "localhost,127.0.0.1,::1", "--out-arm", `${name}.arm`);
  }
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describePeer("openssl", "openssl", (openssl) => {
  const ssl = (...args: string[]) => run(openssl, args, folder);

  test("makes the CA's next CRL as docs/ca.md says, and accepts a certificate with it", async () => {
    const [, chapter = ""] = readFileSync("docs/ca.md", "utf8").split("## The CRL");
    const script = /```sh\n([\s\S]*?)```/.exec(chapter)?.[1] ?? "exit 9";
    const name = nameOf("ec:P-256");
    const own = mkdtempSync(join(tmpdir(), "pki-crl-"));
    try {
      cpSync(at(name), join(own, "ca"), { recursive: true });
      await run(
        "sh",
        [
          "-ec",
          `export CA_PASSWORD='${PASSWORD}'
${script}`,
        ],
        own,
      );
      const crl = join(own, "ca/ca.crl");
      const shown = await ssl("crl", "-inform", "DER", "-in", crl, "-noout", "-text");
      expect(shown).toMatch(/X509v3 CRL Number: \s+2\n/);
      expect(shown).toContain("X509v3 Authority Key Identifier");
      await ssl("crl", "-inform", "DER", "-in", crl, "-out", join(own, "crl.pem"));
      const trusted = ["-CAfile", `${name}/ca.arm`, "-CRLfile", join(own, "crl.pem")];
      const said = await ssl("verify", ...trusted, "-crl_check", `${name}-sub/ca.arm`);
      expect(said).toContain(": OK");
    } finally {
      rmSync(own, { recursive: true, force: true });
    }
  });

  test.each(KEYS)("%s: verifies the chain strictly, for both purposes", async (key) => {
    const name = nameOf(key);
    for (const purpose of ["sslserver", "sslclient"]) {
      const args = ["-x509_strict", "-purpose", purpose, "-CAfile", `${name}/ca.arm`];
      const said = await ssl("verify", ...args, "-untrusted", `${name}-sub/ca.arm`, `${name}.arm`);
      expect(said).toContain(": OK");
    }
  });

  test.each(KEYS)("%s: shows what was asked for", async (key) => {
    const text = await ssl("x509", "-in", `${nameOf(key)}.arm`, "-noout", "-text");
    expect(text).toContain("Version: 3 (0x2)");
    expect(text).toContain(`Signature Algorithm: ${SIGNATURES[keyBelow(key)]}`);
    expect(text).toContain("DNS:localhost, IP Address:127.0.0.1, IP Address:0:0:0:0:0:0:0:1");
    expect(text).toContain("TLS Web Server Authentication, TLS Web Client Authentication");
    expect(text).toMatch(/X509v3 Basic Constraints: critical\s+CA:FALSE/);
    expect(text).toMatch(
      keyBelow(key).startsWith("rsa")
        ? /X509v3 Key Usage: critical\s+Digital Signature, Key Encipherment\n/
        : /X509v3 Key Usage: critical\s+Digital Signature\n/,
    );
    // 20 octets.
    expect(text).toMatch(/Serial Number:\s+(?:[0-9a-f]{2}:){19}[0-9a-f]{2}\n/);
  });

  test.each(KEYS)("%s: names and identifiers chain", async (key) => {
    const name = nameOf(key);
    const root = await ssl("x509", "-in", `${name}/ca.arm`, "-noout", "-text", "-nameopt", "utf8");
    expect(root).toContain("CA:TRUE");
    expect(root).toMatch(/X509v3 Key Usage: critical\s+Certificate Sign, CRL Sign\n/);
    const subject = await ssl(
      ...[
        "x509",
        "-in",
        `${name}/ca.arm`,
        "-noout",
        "-subject",
        "-nameopt",
        "RFC2253,utf8,-esc_msb",
      ],
    );
    expect(subject).toContain(`CN=Root ${name},OU=Zürich Ω,O=Example\\, Ltd,C=GB`);
    const sub = await ssl("x509", "-in", `${name}-sub/ca.arm`, "-noout", "-text");
    expect(sub).toContain("CA:TRUE, pathlen:0");
    expect(sub).toContain(`Signature Algorithm: ${SIGNATURES[key]}`);
    const identifier = (text: string, title: string) =>
      new RegExp(`${title}: ?\\n\\s+((?:[0-9A-F]{2}:){19}[0-9A-F]{2})`).exec(text)?.[1];
    const own = identifier(root, "X509v3 Subject Key Identifier");
    expect(own).toBeDefined();
    expect(identifier(sub, "X509v3 Authority Key Identifier")).toBe(own);
  });

  test.each(KEYS)("%s: the CRL is the CA's, and empty", async (key) => {
    const name = nameOf(key);
    const crl = await ssl(
      ...["crl", "-in", `${name}/ca.crl`, "-CAfile", `${name}/ca.arm`, "-noout", "-text"],
    );
    expect(crl).toContain("verify OK");
    expect(crl).toContain("Version 2 (0x1)");
    expect(crl).toContain(`Signature Algorithm: ${SIGNATURES[key]}`);
    expect(crl).toMatch(/X509v3 CRL Number: ?\n\s+1\n/);
    expect(crl).toContain("No Revoked Certificates.");
  });

  test.each(KEYS)("%s: reads the CA's key with the password, and not without", async (key) => {
    const file = `${nameOf(key)}/ca.key`;
    expect(readFileSync(at(file), "utf8")).toMatch(/^-----BEGIN ENCRYPTED PRIVATE KEY-----/);
    const password = ["-passin", `pass:${PASSWORD}`];
    const fromKey = await ssl("pkey", "-in", file, ...password, "-pubout");
    const fromCertificate = await ssl("x509", "-in", `${nameOf(key)}/ca.arm`, "-noout", "-pubkey");
    expect(fromKey).toBe(fromCertificate);
    await expect(ssl("pkey", "-in", file, "-passin", "pass:wrong", "-noout")).rejects.toThrow();
  });

  test("a chain with its CRLs: nothing is revoked", async () => {
    const name = nameOf("ec:P-256");
    const args = ["-crl_check_all", "-CRLfile", `${name}/ca.crl`, "-CRLfile", `${name}-sub/ca.crl`];
    const said = await ssl(
      ...["verify", ...args, "-CAfile", `${name}/ca.arm`, "-untrusted", `${name}-sub/ca.arm`],
      `${name}.arm`,
    );
    expect(said).toContain(": OK");
  });

  test("a self-signed certificate is its own anchor", async () => {
    const args = ["issue", "server", "self.p12", "--self-signed", "--san", "localhost"];
    await mustRun(folder, [...args, "--out-arm", "self.arm"], env);
    const said = await ssl("verify", "-purpose", "sslserver", "-CAfile", "self.arm", "self.arm");
    expect(said).toContain(": OK");
  });

  test("dates past 2049", async () => {
    const far = ["init-ca", "far", "--key", "ec:P-256", "--not-after", "2061-05-06"];
    await mustRun(folder, far, env);
    const text = await ssl("x509", "-in", "far/ca.arm", "-noout", "-enddate");
    expect(text).toContain("May  6 23:59:59 2061 GMT");
  });
});

describePeer("keytool17", "keytool of JDK 17", (keytool) => {
  const tool = (...args: string[]) => run(keytool, args, folder);

  test.each(["rsa:2048", "ec:P-384", "ed25519"])(
    "%s: prints the certificate and the CRL",
    async (key) => {
      const name = nameOf(key);
      const printed = await tool("-printcert", "-v", "-file", `${name}.arm`);
      expect(printed).toContain("CN=localhost");
      expect(printed).toMatch(/ExtendedKeyUsages \[\s+serverAuth\s+clientAuth/);
      expect(printed).not.toContain("Warning");
      const crl = await tool("-printcrl", "-file", `${name}/ca.crl`);
      expect(crl).toContain("X.509 CRL v2");
    },
  );

  test.each(KEYS)("%s: the store has the key with its chain, and its signers", async (key) => {
    const name = nameOf(key);
    const listed = await tool("-list", "-v", "-keystore", `${name}.p12`, "-storepass", PASSWORD);
    expect(listed).toContain("Your keystore contains 3 entries");
    expect(listed).toContain("Entry type: PrivateKeyEntry");
    expect(listed).toContain("Certificate chain length: 3");
    expect(listed.match(/Entry type: trustedCertEntry/g)).toHaveLength(2);
  });
});

describePeer("certtool", "GnuTLS certtool", (certtool) => {
  test.each(KEYS)("%s: verifies the chain", async (key) => {
    const name = nameOf(key);
    const chain = [`${name}.arm`, `${name}-sub/ca.arm`].map((file) => readFileSync(at(file)));
    writeFileSync(at(`${name}-chain.pem`), Buffer.concat(chain));
    const args = ["--verify", "--load-ca-certificate", `${name}/ca.arm`];
    const said = await run(certtool, [...args, "--infile", `${name}-chain.pem`], folder);
    expect(said).toContain("Chain verification output: Verified");
  });
});

// Modest where every test of the project runs; 16 and 25 with PKI_CA_LOAD=full.
const [PROCESSES, ISSUES] = process.env.PKI_CA_LOAD === "full" ? [16, 25] : [4, 4];

describe("one CA, many processes at once", () => {
  test(`${PROCESSES} processes, ${ISSUES} certificates each: none lost, no serial twice`, {
    timeout: 900_000,
  }, async () => {
    await mustRun(folder, ["init-ca", "shared", "--key", "ec:P-256"], env);
    const made = async (process: number) => {
      const serials: string[] = [];
      for (let i = 0; i < ISSUES; i++) {
        const store = `load-${process}-${i}.jks`;
        const args = ["issue", "client", store, "--ca", "shared", "--key", "ec:P-256", "--json"];
        const out = await mustRun(folder, [...args, "--lock-timeout", "600"], env);
        const { chain } = JSON.parse(out) as { chain: readonly { serial: string }[] };
        serials.push(chain[0]?.serial ?? "");
      }
      return serials;
    };
    const serials = (
      await Promise.all(Array.from({ length: PROCESSES }, (_, i) => made(i)))
    ).flat();
    expect(new Set(serials).size).toBe(PROCESSES * ISSUES);
    const lines = readFileSync(at("shared/index.ndjson"), "utf8").trimEnd().split("\n");
    const indexed = lines.map((line) => (JSON.parse(line) as { serial: string }).serial);
    // The root itself is the first.
    expect(indexed.slice(1).sort()).toEqual([...serials].sort());
    // The chain of hashes holds, or this would be refused.
    await mustRun(folder, ["issue", "client", "last.jks", "--ca", "shared"], env);
  });
});
