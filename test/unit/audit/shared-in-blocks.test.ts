import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { sharedFactors } from "../../../src/audit/batch-gcd.ts";
import { rules } from "../../../src/audit/rules/index.ts";
import { AuditRun } from "../../../src/audit/run.ts";
import { settingsFrom } from "../../../src/audit/settings.ts";
import { sharedInBlocks } from "../../../src/audit/shared-in-blocks.ts";
import type { OpenedStore } from "../../../src/model/inventory.ts";
import { openFolder } from "../../support/audited.ts";

/** Primes of 13 bits. */
const PRIMES = [4099n, 4111n, 4127n, 4129n, 4133n, 4139n, 4153n, 4157n, 4159n, 4177n, 4201n, 4211n];
const prime = fc.constantFrom(...PRIMES);

type Eight = readonly [bigint, bigint, bigint, bigint, bigint, bigint, bigint, bigint];

describe("shared factors of blocks", () => {
  it("are those of all numbers at once", () => {
    const product = fc.tuple(prime, prime).filter(([p, q]) => p !== q);
    const moduli = fc.uniqueArray(
      product.map(([p, q]) => p * q),
      { minLength: 3, maxLength: 20 },
    );
    const asText = (found: ReturnType<typeof sharedFactors>) =>
      found
        .map(({ factor, members }) => `${factor}: ${members}`)
        .sort()
        .join("\n");
    fc.assert(
      fc.property(moduli, (numbers) => {
        // 25 or 26 bits each: three to a block.
        const found = sharedInBlocks(numbers, 160).filter(({ members }) => members.length > 1);
        const whole = sharedFactors(numbers).filter(({ members }) => members.length > 1);
        expect(asText(found)).toBe(asText(whole));
      }),
    );
  });

  it("are found between every two blocks, and within each", () => {
    const [a, b, c, d, e, f, g, h] = PRIMES as readonly bigint[] as Eight;
    const numbers = [a * b, c * d, a * e, f * g, c * h];
    const found = sharedInBlocks(numbers, 52);
    expect([...found].sort((x, y) => Number(x.factor - y.factor))).toEqual([
      { factor: a, members: [0, 2] },
      { factor: c, members: [1, 4] },
    ]);
  });
});

describe("more RSA keys than are compared", () => {
  const FOLDER = "certs-fixtures/rules/key-factor-shared/bad";
  const audit = async (keys: number) => {
    const profiles = new Set(["default" as const]);
    const parameters = { keys };
    const changes = { "key-factor-shared": { parameters } };
    const options = settingsFrom({ profiles, rules: changes, paths: [] });
    const run = new AuditRun({ rules, now: new Date("2026-07-01"), profiles, ...options });
    for (const item of await openFolder(FOLDER, {})) run.store(item as OpenedStore);
    const found = run.finish().filter(({ rule }) => rule === "key-factor-shared");
    return { found: found.length, notes: run.notes };
  };

  it("are told: never silently fewer", async () => {
    expect(await audit(65_536)).toEqual({ found: 1, notes: [] });
    expect(await audit(1)).toEqual({
      found: 0,
      notes: ["1 of 3 RSA keys were compared for shared factors"],
    });
  });
});
