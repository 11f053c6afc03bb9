import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { main } from "../../../src/cli/main.ts";
import { fakeHost } from "../../support/fake-host.ts";
import { schemaFaults } from "../../support/json-schema.ts";

test("pki init-ca and pki issue give the JSON that docs/schemas says", async () => {
  const host = fakeHost({ env: { PKI_PASSWORD: "correct horse battery" } });
  const run = async (...argv: readonly string[]) => {
    const before = host.stdout().length;
    const code = await main(host, [...argv, "--key", "ec:P-256", "--json"]);
    const name = argv[0] as string;
    const schema = JSON.parse(readFileSync(`docs/schemas/${name}.schema.json`, "utf8"));
    const value = JSON.parse(host.stdout().slice(before));
    expect(schemaFaults(schema, value)).toEqual([]);
    expect(schemaFaults(schema, { ...value, more: 1 })).not.toEqual([]);
    expect(code).toBe(0);
    return value;
  };
  expect((await run("init-ca")).ca).toBeNull();
  expect((await run("init-ca", "sub", "--ca", "ca")).ca).toBe("ca");
  const issued = await run("issue", "peer", "qm.kdb", "--ca", "sub", "--qmgr", "QM1", "--stash");
  expect(issued).toMatchObject({
    path: "qm.kdb",
    made: true,
    label: "ibmwebspheremqqm1",
    profile: "peer",
    default: true,
    files: ["qm.kdb", "qm.rdb", "qm.crl", "qm.sth"],
  });
  expect(issued.chain).toHaveLength(3);
  const again = await run(
    "issue",
    "server",
    "qm.kdb",
    "--self-signed",
    "--label",
    "own",
    "--dry-run",
  );
  expect(again).toMatchObject({ dryRun: true, made: false, ca: null, signers: [] });
});
