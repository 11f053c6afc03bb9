import { readFileSync } from "node:fs";
import { beforeAll, describe, expect, it } from "vitest";
import { main } from "../../../src/cli/main.ts";
import { type FakeHost, fakeHost } from "../../support/fake-host.ts";
import { schemaFaults } from "../../support/json-schema.ts";

const schema = JSON.parse(readFileSync("docs/schemas/exchange.schema.json", "utf8"));

async function run(host: FakeHost, ...argv: readonly string[]) {
  const before = host.stdout().length;
  const code = await main(host, ["exchange", ...argv, "--json"]);
  return { code, value: JSON.parse(host.stdout().slice(before)) };
}

describe("pki exchange --json is what docs/schemas says", () => {
  let host: FakeHost;

  beforeAll(async () => {
    host = fakeHost();
    await run(host, "old", "older", "--key", "ec:P-256", "--days", "1", "--type", "kdb");
  });

  it.each<readonly string[]>([
    ["a", "b", "--type", "jks", "--key", "ec:P-256", "--explain", "--dry-run"],
    ["old", "older"],
    ["old", "older", "--no-prove"],
    ["old", "c", "--one-way", "--key", "ec:P-256"],
    ["old", "older", "--ignore-dates"],
  ])("pki exchange %j", async (...argv) => {
    const { code, value } = await run(host, ...argv);
    expect(code).toBe(0);
    expect(schemaFaults(schema, value)).toEqual([]);
  });

  it("quotes no password and no key", async () => {
    const { value } = await run(host, "old", "d", "--type", "jks", "--key", "ec:P-256");
    const password = new TextDecoder().decode(host.disk.get("/here/d/d.password")?.bytes).trim();
    expect(password).toHaveLength(28);
    const text = JSON.stringify(value) + host.stdout() + host.stderr();
    expect(text).not.toContain(password);
    expect(text).not.toContain("PRIVATE KEY");
  });
});
