import { describe, expect, it } from "vitest";
import { ca, cert, type Forged, rsaKey, signer } from "../../../scripts/fixtures/rules/forge.ts";
import { type CrlOptions, crl } from "../../../scripts/fixtures/rules/forge-crl.ts";
import type { ProfileId } from "../../../src/audit/rule.ts";
import { rules } from "../../../src/audit/rules/index.ts";
import { AuditRun } from "../../../src/audit/run.ts";
import { type SettingsSource, settingsFrom } from "../../../src/audit/settings.ts";
import { parseCrl } from "../../../src/x509/crl.ts";

/** The rules about revocation lists at their limits, and how bad each case is. */

const NOW = new Date("2026-07-01T00:00:00Z");
const root = ca("CN=List Root,O=Forge");
const leaf = cert({ subject: "CN=leaf.example.com,O=Forge", issuer: root });

interface Found {
  readonly rule: string;
  readonly severity: string;
  readonly paths: readonly string[];
}

function audit(
  lists: Readonly<Record<string, Uint8Array>>,
  trusted: readonly Forged[],
  changes: SettingsSource["rules"] = {},
): readonly Found[] {
  const profiles = new Set<ProfileId>(["default", "strict"]);
  const source = settingsFrom({ profiles, rules: changes, paths: [] });
  const run = new AuditRun({ rules, now: NOW, profiles, ...source });
  run.store({
    path: "trust.kdb",
    file: { size: 1, extension: ".kdb" },
    container: { format: "kdb", version: "6", protection: "", integrity: "verified" },
    store: { entries: trusted.map((one, i) => signer(`s${i}`, one)) },
    keys: [],
  });
  for (const [path, bytes] of Object.entries(lists)) {
    const file = { size: bytes.length, extension: ".crl" };
    run.companion({ kind: "crl", path, file, lists: [parseCrl(bytes)] });
  }
  const findings = run.finish();
  expect(run.failures).toEqual([]);
  return findings
    .filter(({ rule }) => /^crl-|revoked/.test(rule))
    .map(({ rule, severity, places }) => ({
      rule,
      severity,
      paths: places.map(({ path }) => path),
    }));
}

const told = (
  options: CrlOptions,
  trusted: readonly Forged[] = [root, leaf],
  changes: SettingsSource["rules"] = {},
): readonly string[] =>
  audit({ "a.crl": crl(root, options) }, trusted, changes).map(
    ({ rule, severity }) => `${severity} ${rule}`,
  );

describe("a certificate on a list", () => {
  it.each([
    ["a moment ago", "2026-07-01T00:00:00Z", ["error certificate-revoked"]],
    ["in a second", "2026-07-01T00:00:01Z", []],
  ])("counts as revoked from the moment that the list says: %s", (_, date, expected) => {
    expect(told({ revoked: [{ of: leaf, date }] })).toEqual(expected);
  });

  it("is told as expired instead, when it is", () => {
    const old = cert({ subject: "CN=old.example.com,O=Forge", issuer: root, to: "2026-06-30" });
    expect(told({ revoked: [{ of: old }] }, [root, old])).toEqual([]);
  });

  it("is a warning on hold and where the list's signature cannot be proved, nothing where it is wrong", () => {
    expect(told({ revoked: [{ of: leaf, reason: 6 }] })).toEqual(["warning certificate-revoked"]);
    expect(told({ revoked: [{ of: leaf, reason: 8 }] })).toEqual([]);
    expect(told({ revoked: [{ of: leaf }] }, [leaf])).toEqual([
      "warning certificate-revoked",
      "notice crl-issuer-unknown",
    ]);
    const forged = {
      revoked: [{ of: leaf }],
      signature: (octets: Uint8Array) => octets.with(9, 0),
    };
    expect(told(forged)).toEqual(["error crl-signature-wrong"]);
  });

  it("is one finding, however many lists say so", () => {
    const lists = Object.fromEntries(
      [1, 2, 3].map((number) => [`${number}.crl`, crl(root, { number, revoked: [{ of: leaf }] })]),
    );
    expect(audit(lists, [root, leaf])).toEqual([
      { rule: "certificate-revoked", severity: "error", paths: ["trust.kdb"] },
    ]);
  });
});

describe("a list", () => {
  it.each([
    [0, "2026-07-01T00:00:00Z", 0],
    [0, "2026-06-30T23:59:59Z", 1],
    [7, "2026-06-24T00:00:01Z", 0],
    [7, "2026-06-24T00:00:00Z", 1],
  ])("is out of date with %i days of grace: %s", (graceDays, to, count) => {
    const changes = { "crl-expired": { parameters: { graceDays } } };
    const found = told({ to, from: "2026-06-01" }, [root], changes);
    expect(found).toEqual(Array.from({ length: count }, () => "warning crl-expired"));
  });

  it("that stands in two files is one finding with two places", () => {
    const old = crl(root, { to: "2026-06-30" });
    expect(audit({ "a.crl": old, "b/a.crl": old }, [root])).toEqual([
      { rule: "crl-expired", severity: "warning", paths: ["a.crl", "b/a.crl"] },
    ]);
  });

  it("is worse with MD5 than with SHA-1; with neither its signature is believed or disbelieved", () => {
    const signs = ca("CN=RSA Root,O=Forge", { key: rsaKey("lists") });
    for (const [hash, expected] of [
      ["md5", "error"],
      ["sha1", "warning"],
    ] as const) {
      const broken = (octets: Uint8Array) => octets.with(9, (octets[9] ?? 0) ^ 1);
      const list = crl(signs, { hash, signature: broken });
      expect(audit({ "a.crl": list }, [signs])).toEqual([
        { rule: "crl-signature-weak", severity: expected, paths: ["a.crl"] },
      ]);
    }
  });
});
