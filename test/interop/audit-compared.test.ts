import { execFile, execFileSync, spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import {
  ca,
  cert,
  jks,
  PASSWORD,
  p12,
  personal,
  rsaKey,
  signer,
} from "../../scripts/fixtures/rules/forge.ts";
import { auditPaths } from "../../src/app/audit.ts";
import { rule } from "../../src/audit/rule.ts";
import { rules } from "../../src/audit/rules/index.ts";
import { writePem } from "../../src/bytes/pem.ts";
import { nodeHost } from "../../src/io/node-host.ts";
import { compileJava, runJava } from "../support/java.ts";
import { describePeer } from "../support/peers.ts";

/**
 * The audit beside what others say of the same files: `openssl x509 -checkend` and keytool's warnings.
 * Agreement, or a reason. docs/audit-compared.md is the outcome in words.
 */

const folder = mkdtempSync(join(tmpdir(), "pki-compared-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const tree = join(folder, "tree");

/** Every distinct certificate of certs-fixtures, alone in a file that is named after it. */
const certificates = new Map<string, Uint8Array>();

beforeAll(async () => {
  const collect = rule({
    id: "collect",
    on: "certificate",
    severity: "notice",
    title: "every certificate",
    cites: ["none"],
    profiles: ["default"],
    check({ certificate: { sha256, der } }) {
      certificates.set(sha256, der.slice());
      return undefined;
    },
    explain: () => "",
    fix: () => "",
  });
  await auditPaths(nodeHost(), ["certs-fixtures"], { rules: [collect] });
  mkdirSync(tree);
  for (const [sha256, der] of certificates) {
    writeFileSync(join(tree, `${sha256}.pem`), writePem("CERTIFICATE", der));
  }
}, 60_000);

/** Certificate → rules that told of it. */
async function told(ids: RegExp, at: Date): Promise<Map<string, Set<string>>> {
  const { result } = await auditPaths(nodeHost(), [tree], {
    rules: rules.filter(({ id }) => ids.test(id)),
    at,
    failOn: "never",
  });
  const found = new Map<string, Set<string>>();
  for (const { finding } of result.report.findings) {
    for (const { path } of finding.places) {
      const sha256 = path.replace(/\.pem$/, "");
      found.set(sha256, (found.get(sha256) ?? new Set()).add(finding.rule));
    }
  }
  return found;
}

describePeer("openssl", "openssl x509 -checkend", () => {
  /** undefined: openssl does not read it. */
  function expiresWithin(sha256: string, seconds: number): Promise<boolean | undefined> {
    const args = ["x509", "-in", join(tree, `${sha256}.pem`), "-noout", "-checkend", `${seconds}`];
    return new Promise((done) => {
      // It would read the system's whole bundle at each start.
      const env = { ...process.env, SSL_CERT_FILE: "/dev/null" };
      execFile("openssl", args, { env }, (_, stdout) => {
        const [, not] = /^Certificate will (not )?expire/m.exec(stdout) ?? [undefined, "?"];
        done(not === "?" ? undefined : not === undefined);
      });
    });
  }

  it.each([
    ["now", 0],
    ["in half a year", 180],
    ["in ten years", 3653],
  ])(
    "agrees on what has expired: %s",
    async (_, days) => {
      const now = Date.now();
      const seconds = days * 86_400;
      const found = await told(
        /^certificate-expired$|^validity-reversed$|^sap-encryption/,
        new Date(now + seconds * 1000),
      );
      const differ: Record<string, string[]> = { "expired for us": [], "expired for openssl": [] };
      let compared = 0;
      let expired = 0;
      const names = [...certificates.keys()];
      for (let at = 0; at < names.length; at += 4) {
        const part = names.slice(at, at + 4);
        const answers = await Promise.all(part.map((sha256) => expiresWithin(sha256, seconds)));
        for (const [i, sha256] of part.entries()) {
          const theirs = answers[i];
          if (theirs === undefined) continue;
          // One fault, one finding: who ends before it begins, or is kept for old data, is told as that.
          const ours = (found.get(sha256)?.size ?? 0) > 0;
          compared++;
          if (ours) expired++;
          if (ours && !theirs) differ["expired for us"]?.push(sha256);
          if (theirs && !ours) differ["expired for openssl"]?.push(sha256);
        }
      }
      // Those that it does not read: no DER, versions of their own.
      expect(certificates.size - compared).toBeLessThan(10);
      expect(expired).toBeGreaterThan(0);
      expect(compared).toBeGreaterThan(expired);
      expect(differ).toEqual({ "expired for us": [], "expired for openssl": [] });
    },
    120_000,
  );

  it("agrees on what expires soon, in whole days", async () => {
    const days = 30;
    const end = new Date(Date.now() + 20 * 86_400_000);
    const der = cert({ subject: "CN=soon.example.com", from: "2026-01-01", to: end.toISOString() });
    const path = join(folder, "soon.pem");
    writeFileSync(path, writePem("CERTIFICATE", der.der));
    const soon = async (within: number): Promise<boolean> => {
      const { result } = await auditPaths(nodeHost(), [path], {
        rules: rules
          .filter(({ id }) => id === "certificate-expires-soon")
          .map((one) => ({ ...one, parameters: { days: within, errorDays: 0 } }) as typeof one),
        failOn: "never",
      });
      return result.report.findings.length === 1;
    };
    const theirs = (within: number): boolean => {
      try {
        const args = ["x509", "-in", path, "-noout", "-checkend", `${within * 86_400}`];
        execFileSync("openssl", args, { stdio: "pipe" });
        return false;
      } catch {
        return true;
      }
    };
    for (const within of [days, 21, 18, 5])
      expect([within, await soon(within)]).toEqual([within, theirs(within)]);
  });
});

type Warning = "hash" | "key";

/** What keytool warns of: which certificate (its number or alias), and whether hash or key. */
function warnings(keytool: string, ...args: readonly string[]): Map<string, Set<Warning>> {
  const { stdout, stderr } = spawnSync(keytool, args, { encoding: "utf8", maxBuffer: 2 ** 28 });
  const found = new Map<string, Set<Warning>>();
  const lines = `${stdout}\n${stderr}`.matchAll(
    /^(?:The certificate #(\d+) of \d+|<(.+)>) uses an? .*\bkey which is considered|^(?:The certificate #(\d+) of \d+|<(.+)>) uses the .* signature algorithm which is considered/gm,
  );
  for (const [, number, alias, hashNumber, hashAlias] of lines) {
    const name = number ?? alias ?? hashNumber ?? hashAlias ?? "";
    const kind = number === undefined && alias === undefined ? "hash" : "key";
    found.set(name, (found.get(name) ?? new Set()).add(kind));
  }
  return found;
}

/** Rules that say what keytool's warnings say. */
const SAME = {
  hash: ["signature-md2", "signature-md4", "signature-md5", "signature-sha1"],
  key: ["key-too-small", "curve-weak"],
} as const;

describePeer(
  ["keytool17", "java17", "keytool25"],
  "keytool's warnings",
  (keytool17, java17, keytool25) => {
    let read: readonly string[] = [];
    const bundle = join(folder, "all.pem");

    beforeAll(async () => {
      const list = join(folder, "all.b64");
      const names = [...certificates.keys()];
      const encoded = [...certificates.values()].map((der) => Buffer.from(der).toString("base64"));
      writeFileSync(list, `${encoded.join("\n")}\n`);
      const { output } = await runJava(
        java17 as string,
        [compileJava(java17 as string, ["Parses"])],
        "Parses",
        [list],
      );
      const answers = output.trim().split("\n");
      read = names.filter((_, i) => answers[i] === "yes");
      const text = read.map((name) =>
        writePem("CERTIFICATE", certificates.get(name) as Uint8Array),
      );
      writeFileSync(bundle, text.join(""));
    }, 60_000);

    const tools = [
      ["17", () => keytool17 as string],
      ["25", () => keytool25 as string],
    ] as const;

    it.each(tools)("of JDK %s about certificates are ours", async (_, program) => {
      const theirs = warnings(program(), "-printcert", "-file", bundle);
      const ours = await told(/^signature-(md|sha1)|^key-too|^curve-weak/, new Date("2026-07-01"));
      const only: Record<string, number> = {};
      const count = (what: string) => {
        only[what] = (only[what] ?? 0) + 1;
      };
      let both = 0;
      for (const [i, sha256] of read.entries()) {
        for (const kind of ["hash", "key"] as const) {
          const warned = theirs.get(String(i + 1))?.has(kind) === true;
          const mine = SAME[kind].filter((id) => ours.get(sha256)?.has(id));
          if (warned && mine.length > 0) both++;
          else if (warned) count(`${kind}: keytool only`);
          else for (const id of mine) count(`${id} only`);
        }
      }
      expect(both).toBe(8);
      expect(only).toEqual({
        "curve-weak only": 1, // a binary curve, which the JDK no longer knows and does not judge
        "signature-md4 only": 2, // on none of the JDK's lists
        "signature-sha1 only": 1, // inside the parameters of RSASSA-PSS, where keytool does not look
      });
    });

    it.each(tools)("of JDK %s about stores are ours", async (_, program) => {
      const root = ca("CN=Root,O=Compared");
      const of = (name: string, more: object) =>
        cert({ subject: `CN=${name}.example.com,O=Compared`, issuer: root, ...more });
      const rsa = (name: string) => rsaKey(name, 2048);
      const signs = ca("CN=RSA Root,O=Compared", { key: rsa("root") });
      const old = (name: string, hash: string) =>
        ca(`CN=${name},O=Compared`, { key: rsa(name), hash });
      const entries = [
        personal("fine", of("fine", {}), [root]),
        personal("md5", of("md5", { issuer: signs, hash: "md5" }), [signs]),
        personal("sha1", of("sha1", { issuer: signs, hash: "sha1" }), [signs]),
        personal("small", of("small", { key: rsaKey("small", 1024) }), [root]),
        signer("root", root),
        signer("old-sha1", old("sha1", "sha1")),
        signer("old-md5", old("md5", "md5")),
      ];
      for (const [name, bytes] of [
        ["key.jks", await jks(entries)],
        ["key.p12", await p12(entries)],
      ] as const) {
        const path = join(folder, name);
        writeFileSync(path, bytes);
        const theirs = warnings(
          program(),
          "-list",
          "-v",
          "-keystore",
          path,
          "-storepass",
          PASSWORD,
        );
        const { result } = await auditPaths(nodeHost(), [path], {
          rules: rules.filter(({ id }) => /^signature-(md|sha1)|^key-too/.test(id)),
          at: new Date("2026-07-01"),
          password: `pass:${PASSWORD}`,
          failOn: "never",
        });
        const ours = result.report.findings.flatMap(({ finding }) =>
          finding.places.map(({ label }) => `${label} ${finding.rule} ${finding.severity}`),
        );
        expect([...theirs].map(([alias, kinds]) => `${alias} ${[...kinds]}`).sort()).toEqual([
          "md5 hash",
          "sha1 hash",
          "small key",
        ]);
        expect(ours).toEqual([
          "md5 signature-md5 error",
          "sha1 signature-sha1 error",
          "small key-too-small error",
          // Nobody checks a root's own signature; keytool is silent there, we say it quietly.
          "old-md5 signature-md5 warning",
          "old-sha1 signature-sha1 notice",
        ]);
      }
    });
  },
);
