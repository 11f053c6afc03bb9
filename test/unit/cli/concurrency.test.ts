import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { runCli, startCli } from "../../support/run-cli.ts";
import { pemSigners } from "../../support/signers.ts";

const WRITERS = 20;
/** Each waits as long as anybody does who gives no --lock-timeout. */
const ISSUERS = 16;
const ISSUES = process.env.PROPERTY_RUNS === undefined ? 1 : 25;
const env = { PKI_PASSWORD: "correct horse battery" };
let cwd = "";

beforeAll(async () => {
  cwd = mkdtempSync(join(tmpdir(), "pki-writers-"));
  for (const [i, text] of (await pemSigners(WRITERS + 1)).entries()) {
    writeFileSync(join(cwd, `signer-${i}.crt`), text);
  }
});
afterAll(() => rmSync(cwd, { recursive: true, force: true }));

describe("several writers at once", () => {
  it.each(["key.kdb", "trust.jks", "trust.p12", "trust.pem"])(
    `${WRITERS} processes add to %s and none loses an entry`,
    async (store) => {
      const first = runCli(["add", store, `signer-${WRITERS}.crt`, "--create"], { cwd, env });
      expect(first.stderr).toBe("");
      const runs = Array.from({ length: WRITERS }, (_, i) =>
        startCli(["add", store, `signer-${i}.crt`, "--lock-timeout", "200"], { cwd, env }),
      );
      for (const { done } of runs) expect(await done).toMatchObject({ code: 0, stderr: "" });
      const listed = runCli(["list", store, "--json"], { cwd, env });
      const subjects = (
        JSON.parse(listed.stdout) as {
          stores: { entries: { chain: { subject: string }[] }[] }[];
        }
      ).stores[0]?.entries.map((entry) => entry.chain[0]?.subject);
      expect(subjects?.sort()).toEqual(
        Array.from({ length: WRITERS + 1 }, (_, i) => `CN=signer ${i}`).sort(),
      );
      expect(readdirSync(cwd).filter((name) => /\.(tmp|lock|bak)/.test(name))).toEqual([]);
    },
    240_000,
  );

  it(`${ISSUERS} processes issue from one CA (${ISSUES} each), and none is turned away`, async () => {
    const made = runCli(["init-ca", "--key", "ec:P-256", "--subject", "CN=CA"], { cwd, env });
    expect(made.stderr).toBe("");
    const issuer = async (who: number) => {
      for (let i = 0; i < ISSUES; i++) {
        const args = ["issue", "client", `of-${who}-${i}.pem`, "--key", "ec:P-256"];
        expect(await startCli(args, { cwd, env }).done).toMatchObject({ code: 0 });
      }
    };
    await Promise.all(Array.from({ length: ISSUERS }, (_, who) => issuer(who)));
    const index = readFileSync(join(cwd, "ca/index.ndjson"), "utf8").trim().split("\n");
    const serials = index.map((line) => (JSON.parse(line) as { serial: string }).serial);
    // The CA's own certificate comes first.
    expect(new Set(serials).size).toBe(1 + ISSUERS * ISSUES);
    expect(serials).toHaveLength(1 + ISSUERS * ISSUES);
    expect(readdirSync(join(cwd, "ca")).sort()).toEqual([
      "ca.arm",
      "ca.crl",
      "ca.key",
      "index.ndjson",
    ]);
  }, 900_000);

  it("a writer that may not wait says who holds the lock", async () => {
    runCli(["create", "held.kdb"], { cwd, env });
    const lock = {
      pid: process.pid,
      host: "elsewhere",
      space: "",
      started: "",
      nonce: "0".repeat(16),
    };
    writeFileSync(join(cwd, "held.kdb.lock"), JSON.stringify(lock));
    const run = runCli(["add", "held.kdb", "signer-0.crt", "--lock-timeout", "0"], { cwd, env });
    expect(run.code).toBe(1);
    expect(run.stderr).toContain(
      `is locked by process ${process.pid} on "elsewhere" (file-locked)`,
    );
  });
});
