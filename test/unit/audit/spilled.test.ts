// Where the inventory and the findings lie makes no difference to what an audit says.
import { readdirSync, readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import type { FixtureAudit } from "../../../scripts/fixtures/rules/fixture.ts";
import { type AuditOptions, auditPaths } from "../../../src/app/audit.ts";
import type { InventoryView } from "../../../src/audit/inventory-view.ts";
import { profiles as everyProfile } from "../../../src/audit/profiles.ts";
import type { AuditReport } from "../../../src/audit/report.ts";
import { rules } from "../../../src/audit/rules/index.ts";
import { AuditRun } from "../../../src/audit/run.ts";
import { settingsFrom } from "../../../src/audit/settings.ts";
import { nodeHost } from "../../../src/io/node-host.ts";
import type { Finding } from "../../../src/model/finding.ts";
import { auditFormats } from "../../../src/render/audit/index.ts";
import { rendered } from "../../support/audit-report.ts";
import { auditFixture, openFolder } from "../../support/audited.ts";
import { spillAll } from "../../support/fake-scratch.ts";

const FOLDER = "certs-fixtures";
const profiles = everyProfile.map(({ id }) => id);
const OPTIONS: AuditOptions = {
  at: new Date("2026-11-22T00:00:00Z"),
  profiles,
  passwords: "scripts/corpus/passwords.yaml",
  failOn: "never",
};

/** Plain objects: those of a file read themselves when they are looked at. */
const plain = (findings: readonly Finding[]) =>
  findings.map(({ rule, severity, places, facts, fingerprint }) => ({
    rule,
    severity,
    places,
    facts,
    fingerprint,
  }));

const auditOf = (folder: string) =>
  JSON.parse(readFileSync(`${folder}/_audit.json`, "utf8")) as FixtureAudit;

/** Without what differs in each run. */
const plainInventory = ({ certificates, stores, refused, crls }: InventoryView) => ({
  size: certificates.size,
  certificates: [...certificates.values()].map(({ standings, ...record }) => ({
    ...record,
    standings: standings.map(({ store, label, use }) => ({ path: store.path, label, use })),
  })),
  stores: stores.map(({ path, format, passwordLength, keyLabels, trusted, personal }) => ({
    path,
    format,
    passwordLength,
    keyLabels,
    trusted,
    personal,
  })),
  refused,
  crls,
});

async function auditBoth(options: AuditOptions = OPTIONS) {
  const memory = await auditPaths(nodeHost(), [FOLDER], options);
  const { spill, scratchFiles } = spillAll();
  const file = await auditPaths(nodeHost(), [FOLDER], { ...options, spill });
  expect(scratchFiles.length).toBe(1);
  return [memory.result.report, file.result.report] as const;
}

const expectSame = (memory: AuditReport, file: AuditReport) => {
  expect(file.failures).toEqual([]);
  expect(plain(file.findings.map(({ finding }) => finding))).toEqual(
    plain(memory.findings.map(({ finding }) => finding)),
  );
  expect(plainInventory(file.inventory)).toEqual(plainInventory(memory.inventory));
  expect(file.summary).toEqual(memory.summary);
};

describe("an audit of everything, with nothing in memory", () => {
  it("finds the same, and reports the same in every format", async () => {
    const [memory, file] = await auditBoth();
    expect(memory.findings.length).toBeGreaterThan(500);
    expectSame(memory, file);
    for (const { id } of auditFormats) {
      expect(await rendered(id, file), id).toBe(await rendered(id, memory));
    }
  }, 120_000);

  it("finds the same where a policy switches rules off by path", async () => {
    const comparing = rules.filter((rule) => rule.on === "inventory");
    expect(comparing.length).toBeGreaterThan(10);
    const { settings, everywhere } = settingsFrom({
      profiles: new Set(profiles),
      rules: {},
      paths: [
        {
          covers: (path) => path.length % 3 === 0,
          rules: Object.fromEntries(comparing.map(({ id }) => [id, { severity: "off" }])),
        },
      ],
    });
    const now = new Date("2026-11-22T00:00:00Z");
    const run = (spill?: ReturnType<typeof spillAll>["spill"]) => {
      const options = { rules, now, profiles: new Set(profiles), settings, everywhere };
      return new AuditRun(spill === undefined ? options : { ...options, spill });
    };
    const runs = [run(), run(spillAll().spill)] as const;
    for (const { id } of comparing) {
      const folder = `${FOLDER}/rules/${id}`;
      for (const kind of readdirSync(folder)) {
        for (const item of await openFolder(`${folder}/${kind}`, auditOf(`${folder}/${kind}`))) {
          const moved = { ...item, path: `${kind}/${id}/${item.path}` };
          for (const one of runs) {
            if ("kind" in moved) one.companion(moved);
            else if ("store" in moved) one.store(moved);
            else one.refused(moved);
          }
        }
      }
    }
    const [memory, file] = runs.map((one) => plain(one.finish()));
    expect(file).toEqual(memory);
    expect(new Set(memory?.map(({ rule }) => rule)).size).toBeGreaterThan(20);
  }, 60_000);
});

describe("every comparing rule", () => {
  for (const rule of rules.filter((one) => one.on === "inventory")) {
    it(`${rule.id} finds the same on its fixtures`, async () => {
      const folder = `${FOLDER}/rules/${rule.id}`;
      let fired = 0;
      for (const kind of readdirSync(folder)) {
        const memory = await auditFixture(`${folder}/${kind}`, rule);
        const { spill } = spillAll();
        const file = await auditFixture(`${folder}/${kind}`, rule, undefined, spill);
        expect(file.failures).toEqual([]);
        expect(plain(file.findings)).toEqual(plain(memory.findings));
        fired += memory.findings.filter((finding) => finding.rule === rule.id).length;
      }
      expect(fired).toBeGreaterThan(0);
    });
  }
});
