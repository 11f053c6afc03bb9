import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { auditPaths } from "../../src/app/audit.ts";
import { nodeHost } from "../../src/io/node-host.ts";
import { sharedFixture } from "../support/shared.ts";

/** Stores of other projects, as Java, Bouncy Castle and OpenSSL opened them. */
interface Expected {
  readonly path: string;
  readonly format: string;
  readonly storePassword: string | null;
  readonly expectOpens: boolean;
  readonly entries?: readonly {
    readonly kind: string;
    readonly leafSha256Fingerprint: string | null;
  }[];
}

const corpus = sharedFixture("corpus");
const manifest = corpus === undefined ? undefined : sharedFixture("corpus/manifest.ndjson");
const expected: readonly Expected[] =
  manifest === undefined
    ? []
    : readFileSync(manifest, "utf8")
        .split("\n")
        .filter((line) => line !== "")
        .map((line) => JSON.parse(line) as Expected);

/** Formats that are read so far; others are refused as `format-unsupported`. */
const READ = new Set(["jks", "pkcs12", "pem", "der"]);

/** Why a store that others open is not opened by an audit without its password. */
const REASONS: Readonly<Record<string, string>> = {
  "password-missing": "its password is not among the well-known ones, and nobody gave it",
  "format-unsupported": "an algorithm or a variant that is not read",
  "format-malformed": "structure that we refuse and others overlook",
  "limit-exceeded": "more key derivation than we spend on one file",
};

describe.skipIf(corpus === undefined || expected.length === 0)(
  "an audit of stores of other projects (needs the shared fixtures)",
  () => {
    it("ends, names all it could not open, and agrees with the manifest", async () => {
      const { result } = await auditPaths(nodeHost(), [corpus as string], { rules: [] });
      const { report } = result;
      const seen = new Map(report.stores.map((store) => [store.path, store]));
      for (const store of report.stores) {
        if (!store.opened) expect(`${store.code}${store.message}`, store.path).not.toBe("");
      }
      const silent = expected.filter(
        ({ path, format }) => !["csr", "crl"].includes(format) && !seen.has(path),
      );
      expect(silent.filter(({ entries }) => (entries?.length ?? 0) > 0)).toEqual([]);

      const found = new Map<string, Set<string>>();
      for (const { sha256, standings } of report.inventory.certificates.values()) {
        for (const { store } of standings) {
          const set = found.get(store.path) ?? new Set();
          found.set(store.path, set.add(sha256));
        }
      }
      const strange: string[] = [];
      for (const { path, format, expectOpens, entries } of expected) {
        if (!READ.has(format) || !expectOpens) continue;
        const store = seen.get(path);
        if (store?.opened === false) {
          if (REASONS[store.code ?? ""] === undefined) strange.push(`${path}: ${store.code}`);
          continue;
        }
        const leaves = (entries ?? []).flatMap(({ leafSha256Fingerprint: leaf }) => leaf ?? []);
        const missing = leaves.filter((leaf) => !found.get(path)?.has(leaf));
        if (missing.length > 0) strange.push(`${path}: ${missing.length} certificates missing`);
      }
      expect(strange).toEqual([]);
    }, 300_000);
  },
);
