import { readFileSync, writeFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { profiles } from "../../../src/audit/profiles.ts";
import { rules } from "../../../src/audit/rules/index.ts";
import { schemaFaults } from "../../support/json-schema.ts";

/** `UPDATE=1` writes the rules' ids into the schema, for editors that complete them. */
const file = "docs/schemas/pki-policy.schema.json";
const read = () => JSON.parse(readFileSync(file, "utf8"));
const ids = rules.map(({ id }) => id);

describe("the schema of a policy", () => {
  if (process.env.UPDATE !== undefined) {
    const schema = read();
    schema.$defs.rule.enum = ids;
    writeFileSync(file, `${JSON.stringify(schema, null, 2)}\n`);
  }

  it("knows every rule and every profile, and no other (UPDATE=1 writes the rules)", () => {
    const schema = read();
    expect(schema.$defs.rule.enum).toEqual(ids);
    expect(schema.properties.profiles.items.enum).toEqual(profiles.map(({ id }) => id));
  });

  it("takes a policy and finds a misspelt rule, in general and by path", () => {
    const good = { rules: { "signature-md5": "off", "certificate-expires-soon": { days: 45 } } };
    expect(schemaFaults(read(), { ...good, paths: [{ match: "test/", ...good }] })).toEqual([]);
    const bad = { rules: { "signature-md55": "off" } };
    expect(schemaFaults(read(), { ...bad, paths: [{ match: "test/", ...bad }] })).toEqual([
      "$.rules: signature-md55: not listed",
      "$.paths[0].rules: signature-md55: not listed",
    ]);
  });
});
