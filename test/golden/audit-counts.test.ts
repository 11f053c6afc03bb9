import { expect, it } from "vitest";
import { countFixtures, expectedCounts } from "../../scripts/corpus.ts";

// After a look at each difference: node scripts/run.mjs scripts/corpus.ts --update
it("the audit finds in the fixtures what it found before", async () => {
  expect(await countFixtures()).toEqual(expectedCounts());
});
