import { readdirSync, readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { main } from "../../../src/cli/main.ts";
import { type FakeHost, fakeHost } from "../../support/fake-host.ts";
import { fixture } from "../../support/fixtures.ts";
import { schemaFaults } from "../../support/json-schema.ts";

const schema = (name: string) =>
  JSON.parse(readFileSync(`docs/schemas/${name}.schema.json`, "utf8"));

async function run(host: FakeHost, ...argv: readonly string[]) {
  const before = host.stdout().length;
  const code = await main(host, [...argv, "--json"]);
  return { code, value: JSON.parse(host.stdout().slice(before)) };
}

const files = {
  "root.pem": fixture("pem/root.pem"),
  "bundle.pem": fixture("pem/bundle.pem"),
  "identity.pem": fixture("pem/identity.pem"),
  "request.pem": fixture("pem/request.pem"),
  "keytool.jks": fixture("java/keytool.jks"),
};
const env = { PKI_PASSWORD: "correct horse battery", KEY: "fixture-password" };

/** A host with a key database that holds a key, signers and an expiry. */
async function prepared(): Promise<FakeHost> {
  const host = fakeHost({ files, env, now: new Date("2026-12-01T00:00:00Z") });
  await main(host, ["create", "key.kdb", "--expire", "30", "--stash"]);
  await main(host, ["add", "key.kdb", "identity.pem", "--key", "--from-password", "env:KEY"]);
  expect(host.stderr()).toBe("");
  return host;
}

describe("JSON outputs are what docs/schemas says", () => {
  it.each<[string, readonly string[]]>([
    ["list", ["list", "key.kdb"]],
    ["list", ["list", "key.kdb", "nothing.kdb", "bundle.pem"]],
    ["list", ["list", "request.pem"]],
    ["show", ["show", "key.kdb"]],
    ["show", ["show", "request.pem"]],
    ["create", ["create", "new.kdb", "--expire", "9"]],
    ["create", ["create", "new.p12", "--dry-run"]],
    ["extract", ["extract", "bundle.pem", "CN=Fixture Root,O=Fixture,C=GB"]],
    ["extract", ["extract", "bundle.pem", "CN=Fixture Root,O=Fixture,C=GB", "-o", "x", "--der"]],
    ["add", ["add", "key.kdb", "root.pem", "--label", "again"]],
    ["add", ["add", "new.jks", "bundle.pem", "--create"]],
    ["stash", ["stash", "key.kdb", "--stash-version", "1"]],
    ["unstash", ["unstash", "key.kdb", "-o", "pw.txt"]],
    ["error", ["list", "nothing.kdb"]],
    ["error", ["frobnicate"]],
    ["error", ["list", "--frobnicate"]],
  ])("%s: pki %j", async (name, argv) => {
    const { value } = await run(await prepared(), ...argv);
    expect(schemaFaults(schema(name), value)).toEqual([]);
  });

  it("every schema is used here", () => {
    const own = ["add", "create", "error", "extract", "list", "show", "stash", "unstash"];
    const names = readdirSync("docs/schemas").map((name) => name.replace(".schema.json", ""));
    expect(own.filter((name) => !names.includes(name))).toEqual([]);
  });

  it("a schema refuses what is not in it", () => {
    const good = { schemaVersion: 1, stores: [] };
    expect(schemaFaults(schema("list"), good)).toEqual([]);
    for (const bad of [
      {},
      { ...good, schemaVersion: 2 },
      { ...good, more: 1 },
      { ...good, stores: {} },
    ]) {
      expect(schemaFaults(schema("list"), bad)).not.toEqual([]);
    }
  });
});

describe("pki list --json", () => {
  it("has what scripts rely on", async () => {
    const { value } = await run(await prepared(), "list", "key.kdb");
    const [store] = value.stores;
    expect(store).toMatchObject({
      path: "key.kdb",
      format: "kdb",
      version: "4",
      integrity: "verified",
      protection: "pbe-sha1-3des",
      passwordExpires: "2026-12-31T00:00:00Z",
    });
    const [key] = store.entries.filter((entry: { kind: string }) => entry.kind === "key");
    expect(key).toMatchObject({ created: null, default: false });
    expect(key.chain.map((link: { subject: string }) => link.subject)[0]).toBe(
      "CN=server.example.com,O=Fixture,C=GB",
    );
    expect(key.chain[0]).toMatchObject({
      publicKey: { algorithm: "EC", bits: 256, curve: "P-256" },
      subjectAltNames: ["DNS:server.example.com", "IP:192.0.2.1"],
    });
  });

  it("tells a request from a certificate", async () => {
    const { value } = await run(await prepared(), "list", "request.pem");
    expect(value.stores[0].entries[0]).toMatchObject({ kind: "request", chain: [] });
  });

  it("gives dates of a JKS as they are", async () => {
    const { value } = await run(fakeHost({ files }), "list", "keytool.jks");
    expect(value.stores[0].integrity).toBe("not-checked");
    for (const entry of value.stores[0].entries) {
      expect(entry.created).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/);
    }
  });
});
