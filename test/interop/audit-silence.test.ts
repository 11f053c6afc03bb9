import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { describePeer } from "../support/peers.ts";
import { runCli } from "../support/run-cli.ts";

/** Stores that keytool and openssl make by themselves, under a strong password, have nothing to report. */

const PASSWORD = "Kq7vX2mPz9wLr4Td";
let folder: string;
const { NODE_EXTRA_CA_CERTS: _, ...env } = process.env;
const run = (program: string, ...args: readonly string[]) =>
  execFileSync(program, args, { cwd: folder, env, stdio: "pipe" });

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "pki-silence-"));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function audited(): { stores: number; refused: number; findings: unknown[] } {
  const { stdout } = runCli(["audit", folder, "--json", "--fail-on", "never"], {
    cwd: folder,
    env: { PKI_PASSWORD: PASSWORD },
  });
  const { summary, findings, stores } = JSON.parse(stdout);
  return { stores: stores.length, refused: summary.refused, findings };
}

describePeer("keytool", "stores of keytool", (keytool) => {
  it("PKCS#12 and JKS keys, and a trust store", () => {
    for (const [store, type] of [
      ["key.p12", "PKCS12"],
      ["key.jks", "JKS"],
    ] as const) {
      const names = ["-dname", `CN=${type}.example.com,O=X`, "-ext", `san=dns:${type}.example.com`];
      const made = ["-alias", "srv", "-keyalg", "EC", "-keystore", store, "-storetype", type];
      run(keytool, "-genkeypair", ...made, "-storepass", PASSWORD, "-keypass", PASSWORD, ...names);
    }
    const own = ["-alias", "srv", "-keystore", "key.p12", "-storepass", PASSWORD];
    run(keytool, "-exportcert", ...own, "-rfc", "-file", "peer.pem");
    const trust = ["-keystore", "trust.p12", "-storepass", PASSWORD, "-noprompt"];
    run(keytool, "-importcert", "-alias", "peer", "-file", "peer.pem", ...trust);
    expect(audited()).toEqual({ stores: 4, refused: 0, findings: [] });
  });
});

describePeer("openssl", "stores of openssl", (openssl) => {
  it("req -x509 and pkcs12 -export", () => {
    const request = ["-newkey", "rsa:2048", "-nodes", "-keyout", "key.pem", "-out", "cert.pem"];
    const names = ["-subj", "/O=X/CN=o.example.com", "-addext", "subjectAltName=DNS:o.example.com"];
    run(openssl, "req", "-x509", ...request, "-days", "300", ...names);
    const files = ["-in", "cert.pem", "-inkey", "key.pem", "-name", "srv", "-out", "o.p12"];
    run(openssl, "pkcs12", "-export", ...files, "-passout", `pass:${PASSWORD}`);
    const { findings } = audited();
    expect(findings).toEqual([]);
  });
});
