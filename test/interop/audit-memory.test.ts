// What an audit keeps of a certificate that it has judged: a small record, and where all of them are more than
// memory holds, a few dozen octets. The program runs with heaps that would not hold the certificates themselves, and
// that would not hold the records.
import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { cert } from "../../scripts/fixtures/rules/forge.ts";
import { writePem } from "../../src/bytes/pem.ts";
import { runProgram } from "../support/program.ts";

const IN_EACH = 250;
/** Certificates that a heap of so many MiB is enough for. */
const CASES = [
  // Parsed certificates and what rules have read of them take five times as much.
  { certificates: 25_000, heap: 72 },
  // Records alone take 60 MiB, and what an audit does beside keeping them as much again.
  { certificates: 60_000, heap: 72 },
];

let folder: string;

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "pki-memory-"));
  // One certificate with ever other serials: that the signatures are wrong is nobody's concern without a CA.
  const { der } = cert({ subject: "CN=host.example.com,O=Memory", issuerName: "CN=Far Away" });
  const serial = 4 + 4 + 5 + 2; // behind two SEQUENCE headers, the version and the INTEGER's own header
  expect([...der.subarray(serial - 2, serial)]).toEqual([2, 16]);
  for (const { certificates } of CASES) {
    const tree = join(folder, `${certificates}`);
    mkdirSync(tree);
    for (let file = 0; file < certificates / IN_EACH; file++) {
      let text = "";
      for (let i = 0; i < IN_EACH; i++) {
        const copy = der.slice();
        new DataView(copy.buffer).setUint32(serial + 4, file * IN_EACH + i);
        text += writePem("CERTIFICATE", copy);
      }
      writeFileSync(join(tree, `bundle-${file}.pem`), text);
    }
    mkdirSync(join(folder, `tmp-${certificates}`));
  }
});

afterAll(() => rmSync(folder, { recursive: true }));

for (const { certificates, heap } of CASES) {
  it(`audits ${certificates} distinct certificates with a heap of ${heap} MiB`, async () => {
    const args = ["--at", "2026-07-01", "--fail-on", "never", "--format", "json"];
    const env = {
      NODE_OPTIONS: `--max-old-space-size=${heap}`,
      TMPDIR: join(folder, `tmp-${certificates}`),
    };
    const { code, out, err } = await runProgram(
      folder,
      ["audit", `${certificates}`, ...args],
      env,
      undefined,
    );
    expect(err).toBe("");
    expect(code).toBe(0);
    const { summary } = JSON.parse(out) as { summary: { certificates: number } };
    expect(summary.certificates).toBe(certificates);
    // The temporary file, where there was one, is gone.
    expect(readdirSync(join(folder, `tmp-${certificates}`))).toEqual([]);
  }, 120_000);
}

it("says where it stops for want of room on disk", async () => {
  const env = { NODE_OPTIONS: "--max-old-space-size=72", TMPDIR: join(folder, "missing") };
  const args = ["audit", "60000", "--format", "json", "--cache", "cache"];
  const { code, out, err } = await runProgram(folder, args, env, undefined);
  expect(err).toContain("the temporary file cannot be made: no such file or directory");
  expect(err).toContain("hint: name a directory with more room in TMPDIR");
  expect(code).toBe(1);
  expect(out).toBe("");
  expect(readdirSync(folder)).not.toContain("cache");
}, 120_000);
