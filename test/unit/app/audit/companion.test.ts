import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { ca, pem, stash } from "../../../../scripts/fixtures/rules/forge.ts";
import { crl } from "../../../../scripts/fixtures/rules/forge-crl.ts";
import { ListBudget } from "../../../../src/app/audit/companion.ts";
import { auditPaths } from "../../../../src/app/audit.ts";
import { rules } from "../../../../src/audit/rules/index.ts";
import { writePem } from "../../../../src/bytes/pem.ts";
import { parseCrl } from "../../../../src/x509/crl.ts";
import { zipOf } from "../../../support/archives.ts";
import { fakeHost } from "../../../support/fake-host.ts";

const root = ca("CN=Companion Root,O=Forge");
const list = crl(root);
const old = crl(root, { from: "2025-01-01", to: "2025-02-01" });
const armoured = (der: Uint8Array) => writePem("X509 CRL", der);
const at = new Date("2026-07-01T00:00:00Z");

async function audit(files: Record<string, string | Uint8Array>) {
  const wanted = rules.filter(({ id }) => /^crl-|^stash-orphan|^password-in/.test(id));
  const { result } = await auditPaths(fakeHost({ files }), ["."], {
    rules: wanted,
    at,
    profiles: ["strict"],
  });
  const { report } = result;
  return {
    lists: report.inventory.crls.map(({ paths }) => paths),
    stores: report.stores.map(({ path, format, opened, code }) => [path, format, opened, code]),
    findings: report.findings.map(({ finding }) => [finding.rule, finding.places[0].path]),
    files: report.summary.files,
  };
}

describe("revocation lists", () => {
  it("are told by content, as DER or PEM, alone, in archives and beside certificates", async () => {
    const { lists, stores, findings } = await audit({
      "a.bin": list,
      "b.txt": `# a comment\n${armoured(old)}`,
      "both.pem": `${pem(root)}${armoured(list)}`,
      "first.pem": `${armoured(old)}${pem(root)}`,
      "z.zip": zipOf([{ name: "c.crl", bytes: list }]),
    });
    expect(lists).toEqual([
      ["a.bin", "both.pem", "z.zip!/c.crl"],
      ["b.txt", "first.pem"],
    ]);
    expect(stores).toEqual([
      ["both.pem", "pem", true, undefined],
      ["first.pem", "pem", true, undefined],
    ]);
    expect(findings).toEqual([]); // the old one was replaced, and the CA is there
  });

  it("that cannot be read are told as refused, the others are judged", async () => {
    const { lists, stores, findings } = await audit({
      "a.crl": list.subarray(0, list.length - 1),
      "b.pem": "-----BEGIN X509 CRL-----\nMAA=\n-----END X509 CRL-----\n",
      "c.crl": old,
    });
    expect(stores).toEqual([
      ["a.crl", "crl", false, "format-malformed"],
      ["b.pem", "crl", false, "format-malformed"],
    ]);
    expect(lists).toEqual([["c.crl"]]);
    expect(findings).toContainEqual(["crl-expired", "c.crl"]);
  });

  it("are taken up to 256 MiB together", () => {
    const parsed = parseCrl(list);
    const budget = new ListBudget();
    const sized = (length: number) => ({
      kind: "crl" as const,
      path: "big.crl",
      file: { size: length, extension: ".crl" },
      lists: [{ ...parsed, der: { length } as Uint8Array }],
    });
    expect(budget.take(sized(2 ** 28))).toHaveProperty("kind", "crl");
    expect(budget.take(sized(1))).toMatchObject({
      refused: { path: "big.crl", format: "crl", code: "limit-exceeded" },
    });
  });
});

describe("a stash", () => {
  const kdb = new Uint8Array(readFileSync("certs-fixtures/kdb/v4.kdb"));

  it("is told where no store of its name stands beside it", async () => {
    const { findings } = await audit({
      "a/key.sth": stash(),
      "b/key.sth": stash(),
      "b/key.kdb": kdb,
    });
    expect(findings.filter(([rule]) => rule === "stash-orphan")).toEqual([
      ["stash-orphan", "a/key.sth"],
    ]);
  });

  it("is one by name and content", async () => {
    const { findings, stores } = await audit({ "key.sth": "hello", "x.bin": stash() });
    expect(findings).toEqual([]);
    expect(stores).toEqual([]);
  });
});

describe("settings", () => {
  it("are looked through on the disk, far beyond the first bytes", async () => {
    const far = `${"#\n".repeat(4000)}keyStorePassword=secret\n`;
    const { findings, stores, files } = await audit({
      "a.properties": far,
      "a.txt": far,
      "z.zip": zipOf([{ name: "b.properties", bytes: new TextEncoder().encode(far) }]),
    });
    expect(findings).toEqual([["password-in-settings", "a.properties"]]);
    expect(stores).toEqual([]);
    expect(files).toBeGreaterThan(2);
  });
});
