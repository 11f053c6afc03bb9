import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { expect, it } from "vitest";
import { rules } from "../../../../src/audit/rules/index.ts";
import { rulesPage } from "../../../../src/render/audit/rules-page.ts";

const PAGE = "docs/rules.md";

it("docs/rules.md holds every rule as it is (UPDATE=1 writes it anew)", () => {
  const fresh = rulesPage(rules);
  if (process.env.UPDATE !== undefined) writeFileSync(PAGE, fresh);
  expect(existsSync(PAGE) ? readFileSync(PAGE, "utf8") : "").toBe(fresh);
});
