import { describe, expect, it } from "vitest";
import type { ProfileId } from "../../../src/audit/rule.ts";
import { rules } from "../../../src/audit/rules/index.ts";
import type { Severity } from "../../../src/model/finding.ts";
import { auditFixture } from "../../support/audited.ts";

/**
 * What an expert of the field calls an error is one here: time, algorithms and keys, serials, chain and trust,
 * stores. Where it is one for some products only, it is silent or milder in `default`.
 */

const byId = new Map(rules.map((rule) => [rule.id, rule]));

/** The severities that the rule gives its fixture; empty where it is silent. */
async function severities(fixture: string, ...profiles: readonly ProfileId[]) {
  const [id = ""] = fixture.split("/");
  const rule = byId.get(id);
  if (rule === undefined) throw new Error(`no rule ${id}`);
  const folder = `certs-fixtures/rules/${fixture}`;
  const { findings, failures } = await auditFixture(folder, rule, ["default", ...profiles]);
  expect(failures).toEqual([]);
  return findings.filter((finding) => finding.rule === id).map(({ severity }) => severity);
}

describe("an error in every profile", () => {
  it.each([
    // time
    "certificate-expired/bad",
    "certificate-not-yet-valid/bad",
    "validity-reversed/bad",
    "key-database-password-expired/bad",
    // algorithms and keys
    "signature-md2/bad",
    "signature-md4/bad",
    "signature-md5/bad",
    "signature-sha1/bad",
    "signature-algorithm-mismatch/bad",
    "key-too-small/bad",
    "key-too-small/bad-curve",
    "rsa-exponent/bad",
    "key-factor-shared/bad",
    "key-roca/bad",
    "key-debian/bad",
    "ec-point-invalid/bad",
    "key-dsa/bad",
    "key-mismatch/bad",
    "key-known-demo/bad",
    "key-known-demo/bad-websphere",
    // serial, version, DER
    "serial-duplicate/bad",
    "serial-zero/bad",
    "serial-negative/bad",
    "version-not-3/bad-issuer",
    "extension-duplicate/bad",
    // chain and trust
    "chain-incomplete/bad",
    "chain-incomplete/bad-java",
    "chain-signature-wrong/bad",
    "peer-not-trusted/bad-one-way",
    "ca-key-in-store/bad",
    "ca-flag-missing/bad",
    "ca-key-usage-missing/bad",
    "path-length-exceeded/bad",
    "name-constraints-violated/bad",
    "extension-critical-unknown/bad",
    "issuer-test-ca/bad",
    // stores
    "store-integrity-failed/bad",
    "store-extension-mismatch/bad-unopened",
    "label-duplicate/bad-java",
    "password-well-known/bad",
    "stash-wrong/bad",
    "stash-readable/bad",
    "private-key-unencrypted/bad",
    "store-writable-by-others/bad",
    "file-ebcdic/bad",
    "file-utf16/bad",
    "request-answered/bad",
    "certificate-required-missing/bad",
  ])("%s", async (fixture) => {
    expect(await severities(fixture)).toEqual(["error"]);
  });
});

describe("an error where a product makes it one", () => {
  it.each<[fixture: string, profile: ProfileId, there: Severity, alone: readonly Severity[]]>([
    ["chain-same-name/bad", "mq", "error", []],
    ["chain-same-name/bad", "strict", "warning", []],
    ["trust-public-bundle/bad", "mq", "error", ["warning"]],
    ["trust-public-bundle/bad", "ihs", "error", ["warning"]],
    ["trust-public-bundle/bad", "um", "error", ["warning"]],
    ["trust-public-bundle/bad", "sap", "error", ["warning"]],
    ["trust-public-bundle/bad", "pci", "error", ["warning"]],
    ["trust-one-way/bad-peer", "mq", "error", []],
    ["trust-one-way/bad-peer", "um", "error", []],
    ["trust-one-way/bad-peer", "strict", "notice", []],
    // Only the same CA is trusted: they need not be peers.
    ["trust-one-way/bad", "mq", "notice", []],
    ["key-copied/bad-queue-managers", "mq", "error", []],
    ["key-copied/bad-queue-managers", "pci", "error", []],
    ["key-copied/bad", "pci", "error", []],
    ["key-copied/bad", "mq", "warning", []],
    ["key-copied/bad", "strict", "warning", []],
    ["stash-missing/bad", "mq", "error", []],
    ["stash-missing/bad", "ihs", "error", []],
    ["store-type-unsuited/bad", "mq", "error", []],
    ["file-byte-order-mark/bad", "java", "error", []],
    ["file-byte-order-mark/bad", "strict", "warning", []],
    ["leaf-is-ca/bad", "public-tls", "error", ["warning"]],
    ["purpose-missing/bad", "public-tls", "error", []],
    ["san-missing/bad", "public-tls", "error", []],
    ["validity-too-long/bad-public", "public-tls", "error", []],
  ])("%s under %s: %s", async (fixture, profile, there, alone) => {
    expect(await severities(fixture, profile)).toEqual([there]);
    expect(await severities(fixture)).toEqual(alone);
  });
});
