import { existsSync, readdirSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { rules } from "../../../src/audit/rules/index.ts";
import type { Place } from "../../../src/model/finding.ts";
import { auditFixture } from "../../support/audited.ts";

/**
 * Every rule fires on its `bad` fixture, just there, and is silent on its `good` one. The fixtures are made
 * by scripts/fixtures/rules/make.ts. Nothing else of profile `default` may fire, but for what `also` excuses.
 */

const folder = "certs-fixtures/rules";
const byId = new Map(rules.map((rule) => [rule.id, rule]));
const folders = existsSync(folder) ? readdirSync(folder).sort() : [];

const printed = ({ path, label }: Place): string =>
  label === undefined ? path : `${path}:${label}`;

describe("every rule", () => {
  it("has an id of its own, in the order of the list", () => {
    const ids = rules.map(({ id }) => id);
    expect(ids).toEqual([...new Set(ids)].sort());
    expect(ids.filter((id) => !/^[a-z0-9]+(-[a-z0-9]+)*$/.test(id))).toEqual([]);
  });

  it("has fixtures that fire it and fixtures that do not", () => {
    const lacking = rules.filter(({ id }) => {
      const kinds = existsSync(`${folder}/${id}`) ? readdirSync(`${folder}/${id}`) : [];
      return !kinds.includes("bad") || !kinds.includes("good");
    });
    expect(lacking.map(({ id }) => id)).toEqual([]);
  });

  it("has a title of one line, cites something and takes parameters by name", () => {
    for (const { id, title, cites, parameters } of rules) {
      expect(title, id).toMatch(/^[^\n.][^\n]{8,89}[^\n.]$/);
      expect(cites.length, id).toBeGreaterThan(0);
      expect(
        Object.keys(parameters ?? {}).filter((name) => !/^[a-z][A-Za-z]*$/.test(name)),
      ).toEqual([]);
    }
  });
});

describe("every fixture", () => {
  it("belongs to a rule", () => {
    expect(folders.filter((id) => !byId.has(id))).toEqual([]);
  });
});

for (const id of folders) {
  const rule = byId.get(id);
  if (rule === undefined) continue;
  describe(id, () => {
    for (const kind of readdirSync(`${folder}/${id}`).sort()) {
      const bad = /^bad(-|$)/.test(kind);
      it(`${kind}: ${bad ? "fires" : "is silent"}`, async () => {
        const { findings, failures, audit } = await auditFixture(`${folder}/${id}/${kind}`, rule);
        expect(failures).toEqual([]);
        const own = findings.filter((finding) => finding.rule === id);
        if (bad) {
          const places = own.flatMap((finding) => finding.places.map(printed)).sort();
          expect(places).toEqual(audit.places);
          expect(own.length).toBe(audit.findings ?? 1);
          for (const { facts } of own) {
            expect(rule.explain(facts)).toMatch(/^[^\n]+[.]$/);
            expect(rule.explain(facts)).not.toMatch(/undefined|NaN|\[object/);
            expect(rule.fix(facts)).toMatch(/^[^\n]+[.]$/);
            expect(rule.fix(facts)).not.toMatch(/undefined|NaN|\[object/);
          }
        } else {
          expect(own).toEqual([]);
        }
        const others = new Set(
          findings
            .map((finding) => finding.rule)
            .filter((other) => other !== id && byId.get(other)?.profiles.includes("default")),
        );
        expect([...others].sort(), "rules of profile default that fire as well").toEqual(
          Object.keys(audit.also ?? {}).sort(),
        );
      });
    }
  });
}
