// An audit of more than memory holds: where the rest goes, what goes there, and a disk that is full.
import { readFileSync } from "node:fs";
import { beforeAll, describe, expect, it } from "vitest";
import { cert } from "../../../../scripts/fixtures/rules/forge.ts";
import { roomOf } from "../../../../src/app/audit/room.ts";
import { type AuditOptions, auditPaths } from "../../../../src/app/audit.ts";
import { readPem, writePem } from "../../../../src/bytes/pem.ts";
import { auditJson } from "../../../../src/render/audit/json.ts";
import { fakeHost } from "../../../support/fake-host.ts";
import { fakeScratch } from "../../../support/fake-scratch.ts";

const fixture = (path: string) => new Uint8Array(readFileSync(`certs-fixtures/${path}`));
const MIB = 1024 * 1024;
/** Enough for an inventory that is no small one. */
const COUNT = 3000;
const OPTIONS: AuditOptions = {
  at: new Date("2026-11-22T00:00:00Z"),
  password: "pass:fixture-password",
};

const files: Record<string, Uint8Array | string> = {
  "key.p12": fixture("pkcs12/openssl.p12"),
  "chain.jks": fixture("java/chain.jks"),
};

beforeAll(() => {
  const { der } = cert({ subject: "CN=host.example.com,O=Room", issuerName: "CN=Far Away" });
  let text = "";
  for (let i = 0; i < COUNT; i++) {
    const copy = der.slice();
    new DataView(copy.buffer).setUint32(19, i); // inside the serial number
    text += writePem("CERTIFICATE", copy);
  }
  files["z-bundle.pem"] = text;
});

describe("room", () => {
  const room = (memory: number) => roomOf({ ...fakeHost(), scratch: fakeScratch(memory).scratch });

  it("is a twelfth of the memory, 2 MiB at least and 112 MiB at most", () => {
    expect(room(1200 * MIB).isOver(100 * MIB)).toBe(false);
    expect(room(1200 * MIB).isOver(100 * MIB + 1)).toBe(true);
    expect(room(1).isOver(2 * MIB - 1)).toBe(false);
    expect(room(1).isOver(2 * MIB)).toBe(true);
    expect(room(2 ** 50).isOver(112 * MIB)).toBe(false);
    expect(room(2 ** 50).isOver(112 * MIB + 1)).toBe(true);
  });
});

describe("an audit that outgrows memory", () => {
  it("says what it says in memory", async () => {
    const [large, small] = [fakeHost({ files }), fakeHost({ files, memory: 1 })];
    const expected = auditJson((await auditPaths(large, ["."], OPTIONS)).result.report);
    const { report } = (await auditPaths(small, ["."], OPTIONS)).result;
    expect(large.scratchFiles).toEqual([]);
    expect(small.scratchFiles.length).toBe(1);
    expect(report.summary.certificates).toBeGreaterThan(COUNT);
    expect(JSON.stringify(auditJson(report))).toBe(JSON.stringify(expected));
    expect(small.steps).toEqual([]);
  });

  it("puts neither keys nor passwords into its file", async () => {
    const identity = {
      "rsa.pem": fixture("pem/rsa.pem"),
      "rsa-key.pem": fixture("pem/rsa-key.pem"),
    };
    const host = fakeHost({ files: { ...files, ...identity } });
    const { scratch, scratchFiles } = fakeScratch(0);
    // What is still buffered in the end is of the bundle, which comes last.
    const spill = { isOver: () => true, open: scratch.open };
    const { report } = (await auditPaths(host, ["."], { ...OPTIONS, spill })).result;
    expect(report.stores.some(({ password }) => password === "given")).toBe(true);
    const written = Buffer.from(scratchFiles[0]?.bytes ?? []);
    expect(written.includes("host.example.com")).toBe(true);
    expect(written.includes("fixture-password")).toBe(false);
    const [block] = readPem(identity["rsa-key.pem"]);
    const key = block?.der ?? new Uint8Array(0);
    const [certificate] = readPem(identity["rsa.pem"]);
    // A PKCS#8 key has its modulus in front; primes and exponents are the last two thirds.
    const inCertificate = (part: Uint8Array) =>
      Buffer.from(certificate?.der ?? []).includes(Buffer.from(part));
    expect(inCertificate(key.subarray(60, 76))).toBe(true);
    expect(written.includes(Buffer.from(key.subarray(60, 76)))).toBe(true);
    for (let at = Math.ceil(key.length * 0.4); at + 8 <= key.length; at += 4) {
      expect(written.includes(Buffer.from(key.subarray(at, at + 8))), `octet ${at}`).toBe(false);
    }
  });

  it("ends with a clear error where the disk is full, and changes nothing", async () => {
    const host = fakeHost({ files, memory: 1 });
    host.failScratch("ENOSPC");
    const options = { ...OPTIONS, cache: "cache", baseline: "b", updateBaseline: true };
    await expect(auditPaths(host, ["."], options)).rejects.toMatchObject({
      code: "file-unwritable",
    });
    expect(host.steps).toEqual([]);
  });
});
