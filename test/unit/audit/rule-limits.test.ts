import { describe, expect, it } from "vitest";
import {
  ca,
  cert,
  ecKey,
  ext,
  type Forged,
  personal,
  rsaKey,
  signer,
} from "../../../scripts/fixtures/rules/forge.ts";
import type { ProfileId } from "../../../src/audit/rule.ts";
import { rules } from "../../../src/audit/rules/index.ts";
import { AuditRun } from "../../../src/audit/run.ts";
import { settingsFrom } from "../../../src/audit/settings.ts";
import type { Entry, FormatId } from "../../../src/model/store.ts";

/** The limits of rules at −1, 0 and +1, their severities, and what must never be reported. */

const NOW = new Date("2026-07-01T00:00:00Z");
const root = ca("CN=Forge Root,O=Forge");

type Stores = Readonly<Record<string, readonly Entry[]>>;

function audit(stores: Stores, profiles: readonly ProfileId[] = ["default"], format?: FormatId) {
  const set = new Set<ProfileId>(["default", ...profiles]);
  const source = settingsFrom({ profiles: set, rules: {}, paths: [] });
  const run = new AuditRun({ rules, now: NOW, profiles: set, ...source });
  for (const [path, entries] of Object.entries(stores)) {
    const extension = path.slice(path.lastIndexOf("."));
    const own = { ".jks": "jks", ".p12": "pkcs12", ".pem": "pem" }[extension] ?? "kdb";
    run.store({
      path,
      file: { size: 1, extension },
      container: {
        format: format ?? (own as FormatId),
        version: own === "kdb" ? "6" : "2",
        protection: "",
        integrity: "verified",
      },
      store: { entries },
      keys: [],
    });
  }
  const findings = run.finish();
  expect(run.failures).toEqual([]);
  return findings;
}

const of = (id: string, entries: readonly Entry[], ...profiles: readonly ProfileId[]) =>
  audit({ "qm.kdb": entries }, profiles)
    .filter(({ rule }) => rule === id)
    .map(({ severity }) => severity);

const under = (options: Partial<Parameters<typeof cert>[0]>): readonly Entry[] => [
  personal("own", cert({ subject: "CN=own,O=Forge", issuer: root, ...options })),
  signer("root", root),
];

describe("limits", () => {
  it.each([
    [(1n << 47n) - 1n, 1],
    [(1n << 48n) - 1n, 1],
    [1n << 48n, 0],
  ])("serial-too-short: %s", (serial, count) => {
    expect(of("serial-too-short", under({ serial }), "strict")).toHaveLength(count);
  });

  it.each([
    ["2026-07-07T23:59:59Z", 0],
    ["2026-07-08T00:00:00Z", 0],
    ["2026-07-08T00:00:01Z", 1],
  ])("revocation-source-missing: valid for seven days, until %s", (to, count) => {
    const entries = under({
      from: "2026-07-01",
      to,
      extensions: { crlDistributionPoints: undefined },
    });
    expect(of("revocation-source-missing", entries, "strict")).toHaveLength(count);
  });

  it.each([
    ["2030-12-31T23:59:59Z", 0],
    ["2031-01-01T00:00:00Z", 0],
    ["2031-01-01T00:00:01Z", 1],
  ])("trust-weak-root: until %s", (to, count) => {
    const old = ca("CN=RSA Root,O=Forge", { key: rsaKey("limit root"), to });
    expect(of("trust-weak-root", [signer("root", old)], "pci")).toHaveLength(count);
  });
});

describe("severities", () => {
  const isCa = under({ extensions: { basicConstraints: ext.basicConstraints(true) } });
  const middle = ca("CN=Old Middle,O=Forge", { issuer: root, version: 1 });
  const old = cert({ subject: "CN=own,O=Forge", issuer: middle });
  it.each<[string, readonly Entry[], ProfileId, string]>([
    ["serial-too-short", under({ serial: 5n }), "strict", "warning"],
    ["serial-too-short", under({ serial: 5n }), "public-tls", "error"],
    ["leaf-is-ca", isCa, "default", "warning"],
    ["leaf-is-ca", isCa, "public-tls", "error"],
    ["serial-zero", under({ serial: 0n }), "default", "error"],
    ["serial-zero", [signer("z", ca("CN=Z,O=Forge", { serial: 0n }))], "default", "warning"],
    ["version-not-3", under({ version: 1 }), "default", "warning"],
    ["version-not-3", [personal("o", old, [middle, root])], "default", "error"],
    ["chain-incomplete", under({}).slice(0, 1), "default", "error"],
  ])("%s, %#: %s", (id, entries, profile, severity) => {
    expect(of(id, entries, profile)).toEqual([severity]);
  });
});

describe("what is right, though it looks wrong", () => {
  const silent = (stores: Stores) =>
    expect(audit(stores).map(({ rule, facts }) => ({ rule, facts }))).toEqual([]);
  const own = cert({ subject: "CN=own,O=Forge", issuer: root });

  it("a CA cross-signed by another: same name and key, other issuer and serial", () => {
    const other = ca("CN=Other Root,O=Forge");
    const cross = ca("CN=Forge Root,O=Forge", { issuer: other, key: root.key });
    silent({
      "qm.kdb": [personal("own", own), signer("r", root), signer("c", cross), signer("o", other)],
    });
  });

  it("a CA renewed with its old key, and one with a new key, beside the old one", () => {
    const renewed = ca("CN=Forge Root,O=Forge", { key: root.key, to: "2040-01-01" });
    const anew = ca("CN=Forge Root,O=Forge", { key: ecKey("anew"), to: "2040-01-01" });
    silent({
      "qm.kdb": [personal("own", own), signer("r", root), signer("n", renewed), signer("a", anew)],
    });
  });

  it("the same certificates in several stores and formats", () => {
    silent({
      "a.kdb": [personal("own", own), signer("r", root)],
      "b.jks": [personal("own", own, [root])],
      "c.pem": [signer("own", own), signer("r", root)],
    });
  });

  it("self-signed peers as keytool, iKeyman and openssl req make them", () => {
    const bare = { keyUsage: undefined, extendedKeyUsage: undefined, subjectAltNames: undefined };
    const peer = (name: string, basicConstraints: Uint8Array | undefined): Forged =>
      cert({ subject: `CN=${name},O=Forge`, extensions: { ...bare, basicConstraints } });
    const keytool = peer("keytool", undefined);
    const iKeyman = peer("ikeyman", ext.basicConstraints(true));
    silent({
      "k.jks": [personal("k", keytool), signer("i", iKeyman)],
      "i.kdb": [personal("i", iKeyman), signer("k", keytool)],
    });
  });

  it("a root of version 1 from 1996, wildcards and names without a dot inside a company", () => {
    const old = ca("CN=Primary CA,O=Forge", { version: 1, from: "1996-01-29" });
    const wild = cert({
      subject: "CN=*.forge.test,O=Forge",
      issuer: old,
      extensions: { subjectAltNames: ext.subjectAltNames(["DNS:*.forge.test", "DNS:qm_1"]) },
    });
    silent({ "qm.kdb": [personal("own", wild), signer("old", old)] });
  });

  it("a certificate that is only for a client, and an offline CA's own store", () => {
    const client = cert({
      subject: "CN=emir,O=Forge",
      issuer: root,
      extensions: {
        extendedKeyUsage: ext.extendedKeyUsage(["clientAuth"]),
        subjectAltNames: undefined,
      },
    });
    silent({ "emir.jks": [personal("emir", client, [root])], "ca.p12": [personal("ca", root)] });
  });
});

describe("one fault, one finding", () => {
  it("takes all places of a certificate together", () => {
    const own = cert({ subject: "CN=own,O=Forge", issuer: root, serial: 0n });
    const findings = audit({
      "a.kdb": [personal("own", own), signer("r", root)],
      "b.jks": [personal("own", own, [root])],
    });
    expect(findings.map(({ rule, places }) => [rule, places.map(({ path }) => path)])).toEqual([
      ["serial-zero", ["a.kdb", "b.jks"]],
    ]);
  });

  it("tells a CA's fault once, however many keys stand below it", () => {
    const middle = ca("CN=Middle,O=Forge", {
      issuer: root,
      extensions: { basicConstraints: ext.basicConstraints(false) },
    });
    const keys = [1, 2, 3].map((i) =>
      personal(`k${i}`, cert({ subject: `CN=k${i},O=Forge`, issuer: middle }), [middle, root]),
    );
    expect(audit({ "a.jks": keys }).map(({ rule }) => rule)).toEqual(["ca-flag-missing"]);
  });
});
