// What an audit keeps of a certificate that it has judged: a small record. The program runs with a heap that
// would not hold the certificates themselves.
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { cert } from "../../scripts/fixtures/rules/forge.ts";
import { writePem } from "../../src/bytes/pem.ts";
import { runProgram } from "../support/program.ts";

const FILES = 100;
const IN_EACH = 250;
/** MiB. Parsed certificates and what rules have read of them take five times as much. */
const HEAP = 72;

let folder: string;

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "pki-memory-"));
  // One certificate with ever other serials: that the signatures are wrong is nobody's concern without a CA.
  const { der } = cert({ subject: "CN=host.example.com,O=Memory", issuerName: "CN=Far Away" });
  const serial = 4 + 4 + 5 + 2; // behind two SEQUENCE headers, the version and the INTEGER's own header
  expect([...der.subarray(serial - 2, serial)]).toEqual([2, 16]);
  mkdirSync(join(folder, "tree"));
  for (let file = 0; file < FILES; file++) {
    let text = "";
    for (let i = 0; i < IN_EACH; i++) {
      const copy = der.slice();
      new DataView(copy.buffer).setUint32(serial + 4, file * IN_EACH + i);
      text += writePem("CERTIFICATE", copy);
    }
    writeFileSync(join(folder, "tree", `bundle-${file}.pem`), text);
  }
});

afterAll(() => rmSync(folder, { recursive: true }));

it(`audits ${FILES * IN_EACH} distinct certificates with a heap of ${HEAP} MiB`, async () => {
  const args = ["audit", "tree", "--at", "2026-07-01", "--fail-on", "never", "--format", "json"];
  const heap = { NODE_OPTIONS: `--max-old-space-size=${HEAP}` };
  const { code, out, err } = await runProgram(folder, args, heap, undefined);
  expect(err).toBe("");
  expect(code).toBe(0);
  const { summary } = JSON.parse(out) as { summary: { certificates: number } };
  expect(summary.certificates).toBe(FILES * IN_EACH);
}, 120_000);
