import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { auditPaths } from "../../src/app/audit.ts";
import { nodeHost } from "../../src/io/node-host.ts";
import { crlSignedBy, parseCrl, revocations } from "../../src/x509/crl.ts";
import { parseCertificate } from "../../src/x509/parse.ts";
import { type Identity, makeIdentity, openssl } from "../support/openssl-certificates.ts";
import { describePeer } from "../support/peers.ts";

/** A CA as `openssl ca` keeps it, its lists, and what the audit says of its directory. */

const folder = mkdtempSync(join(tmpdir(), "pki-crl-"));
const at = (name: string): string => join(folder, name);
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describePeer("openssl", "revocation lists of openssl ca", () => {
  let root: Identity;
  let good: Identity;
  let bad: Identity;

  beforeAll(() => {
    root = makeIdentity(folder, "root", { ca: true, days: 365 });
    good = makeIdentity(folder, "good", { issuer: root, key: "ec:P-256", days: 365 });
    bad = makeIdentity(folder, "bad", { issuer: root, key: "ec:P-256", days: 365 });
    writeFileSync(at("index.txt"), "");
    writeFileSync(at("crlnumber"), "01\n");
    writeFileSync(
      at("ca.cnf"),
      `[ca]\ndefault_ca = own\n[own]\ndatabase = ${at("index.txt")}\ncrlnumber = ${at("crlnumber")}
default_md = sha256\ndefault_crl_days = 30\ncrl_extensions = crl\n[crl]\nauthorityKeyIdentifier = keyid\n`,
    );
    ca("-revoke", at("bad.pem"), "-crl_reason", "keyCompromise");
    ca("-gencrl", "-out", at("now.pem"));
    ca("-gencrl", "-md", "sha1", "-crldays", "1", "-out", at("sha1.pem"));
    openssl("crl", "-in", at("now.pem"), "-outform", "DER", "-out", at("now.crl"));
  });

  function ca(...args: readonly string[]): void {
    const keys = ["-config", at("ca.cnf"), "-cert", at("root.pem"), "-keyfile", at("root.key")];
    openssl("ca", ...keys, ...args);
  }

  it("are read with what openssl reads in them", () => {
    const list = parseCrl(new Uint8Array(readFileSync(at("now.crl"))));
    const shown = openssl("crl", "-in", at("now.pem"), "-noout", "-lastupdate", "-nextupdate");
    const [last, next] = [...shown.matchAll(/=(.*)$/gm)].map(([, text]) => new Date(text ?? ""));
    expect([list.thisUpdate, list.nextUpdate]).toEqual([last, next]);
    const { serial } = parseCertificate(bad.der);
    const serials = new Set([serial, parseCertificate(good.der).serial]);
    expect(revocations(list, serials, () => false)).toMatchObject([
      { serial, reason: "keyCompromise" },
    ]);
    expect(crlSignedBy(list, parseCertificate(root.der).publicKey)).toBe(true);
    expect(crlSignedBy(list, parseCertificate(good.der).publicKey)).toBe(false);
  });

  it("revoke for the audit what they revoke for openssl verify", async () => {
    const tree = at("tree");
    mkdirSync(tree);
    for (const { name, cert } of [root, good, bad]) writeFileSync(join(tree, `${name}.pem`), cert);
    writeFileSync(join(tree, "now.crl"), readFileSync(at("now.crl")));
    writeFileSync(join(tree, "sha1.pem"), readFileSync(at("sha1.pem")));
    const { result } = await auditPaths(nodeHost(), [tree], { failOn: "never" });
    const found = result.report.findings
      .filter(({ finding }) => /revoked|^crl-/.test(finding.rule))
      .map(({ finding }) => [finding.rule, finding.severity, finding.places[0].path]);
    expect(found).toEqual([
      ["certificate-revoked", "error", "bad.pem"],
      ["crl-signature-weak", "warning", "sha1.pem"],
    ]);
    const verified = [good, bad].map(({ name }) => {
      try {
        const store = ["-CAfile", at("root.pem"), "-CRLfile", at("now.pem"), "-crl_check"];
        execFileSync("openssl", ["verify", ...store, at(`${name}.pem`)], { stdio: "pipe" });
        return "good";
      } catch (error) {
        return /certificate revoked/.test(String((error as { stderr?: Buffer }).stderr))
          ? "revoked"
          : "other";
      }
    });
    expect(verified).toEqual(["good", "revoked"]);
  });

  it("are out of date for the audit when they are for openssl verify", async () => {
    const later = new Date(Date.now() + 31 * 86_400_000);
    const { result } = await auditPaths(nodeHost(), [at("tree")], { at: later, failOn: "never" });
    const old = result.report.findings.find(({ finding }) => finding.rule === "crl-expired");
    // Of the two lists the later one counts: here the one that was signed with SHA-1 came last.
    expect(old?.finding.places.map(({ path }) => path).join()).toMatch(/^(now\.crl|sha1\.pem)$/);
    const seconds = String(Math.floor(later.getTime() / 1000));
    const store = ["-CAfile", at("root.pem"), "-CRLfile", at("now.pem"), "-crl_check"];
    expect(() =>
      execFileSync("openssl", ["verify", "-attime", seconds, ...store, at("good.pem")], {
        stdio: "pipe",
      }),
    ).toThrow(/CRL has expired/);
  });
});
