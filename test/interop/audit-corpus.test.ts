import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { auditPaths } from "../../src/app/audit.ts";
import type { AuditReport } from "../../src/audit/report.ts";
import { nodeHost } from "../../src/io/node-host.ts";
import { sharedFixture } from "../support/shared.ts";

/** Stores of other projects, as Java, Bouncy Castle and OpenSSL opened them. */
interface Expected {
  readonly path: string;
  readonly format: string;
  readonly storePassword: string | null;
  readonly expectOpens: boolean | null;
  readonly entries?: readonly {
    readonly leafSha256Fingerprint: string | null;
    readonly chainSha256?: readonly string[];
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

/** What others open and an audit with the right passwords does not, with how many and why. */
const REFUSED: Readonly<Record<string, readonly [count: number, why: string]>> = {
  "der format-malformed": [4, "dates that are none, bytes behind the end"],
  "pkcs12 format-malformed": [
    2,
    "bytes behind the end that are no padding; a PBMAC1 key of 256 bytes",
  ],
  "pkcs12 format-unsupported": [3, "MACs of GOST and BLAKE2"],
  "pkcs12 limit-exceeded": [1, "BER nested deeper than 64"],
};

/** Neither opened nor refused: files without certificates and private keys. */
const PASSED_OVER: Readonly<Record<string, readonly [count: number, why: string]>> = {
  der: [13, "public keys, parameters"],
};

const folder = mkdtempSync(join(tmpdir(), "pki-corpus-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** An audit that has the password of every store. */
async function audited(): Promise<AuditReport> {
  const lines = expected
    .filter(({ format, storePassword }) => READ.has(format) && storePassword !== null)
    .map(({ path, storePassword }) => {
      const pattern = `/${path.replace(/[[*?]/g, "\\$&")}`;
      return `${JSON.stringify(pattern)}: ${JSON.stringify(`pass:${storePassword}`)}\n`;
    });
  const passwords = join(folder, "passwords.yaml");
  writeFileSync(passwords, lines.join(""));
  const { result } = await auditPaths(nodeHost(), [corpus as string], { rules: [], passwords });
  return result.report;
}

const count = (kinds: readonly string[]): Record<string, number> => {
  const counts: Record<string, number> = {};
  for (const kind of kinds) counts[kind] = (counts[kind] ?? 0) + 1;
  return counts;
};
const counts = (table: typeof REFUSED): Record<string, number> =>
  Object.fromEntries(Object.entries(table).map(([kind, [number]]) => [kind, number]));

describe.skipIf(corpus === undefined || expected.length === 0)(
  "an audit of stores of other projects (needs the shared fixtures)",
  () => {
    let report: AuditReport;
    let stores: ReadonlyMap<string, AuditReport["stores"][number]>;
    beforeAll(async () => {
      report = await audited();
      stores = new Map(report.stores.map((store) => [store.path, store]));
    }, 300_000);

    it("ends, having looked at every file", () => {
      expect(report.summary.files).toBeGreaterThanOrEqual(expected.length);
      expect(report.failures).toEqual([]);
    });

    it("names each file that it could not open, with a code and words", () => {
      const refused = report.stores.filter(({ opened }) => !opened);
      expect(refused.length).toBeGreaterThan(200);
      for (const { path, code, message } of refused) {
        expect(code, path).toMatch(/^[a-z]+(-[a-z]+)+$/);
        expect(message, path).toMatch(/[a-z]{2,} [^\n]*[a-z]/);
        expect(message, path).not.toMatch(/undefined|\[object/);
      }
      // Whatever holds something is opened or named: other formats too.
      const lists = new Set(report.inventory.crls.flatMap(({ paths }) => paths));
      const silent = expected.filter(({ path }) => !stores.has(path) && !lists.has(path));
      expect(silent.filter(({ entries }) => (entries?.length ?? 0) > 0)).toEqual([]);
      const opening = silent.filter(({ expectOpens }) => expectOpens === true);
      expect(count(opening.map(({ format }) => format))).toEqual(counts(PASSED_OVER));
    });

    it("opens what others open, but for what has a reason", () => {
      const kinds = expected.flatMap(({ path, format, expectOpens }) => {
        const store = stores.get(path);
        if (!READ.has(format) || expectOpens !== true || store?.opened !== false) return [];
        return `${format} ${store.code}`;
      });
      expect(count(kinds)).toEqual(counts(REFUSED));
    });

    it("finds in each the certificates that others find, and no others", () => {
      const found = new Map<string, Set<string>>();
      for (const { sha256, standings } of report.inventory.certificates.values()) {
        for (const { store } of standings) {
          found.set(store.path, (found.get(store.path) ?? new Set()).add(sha256));
        }
      }
      const missing: string[] = [];
      const more: string[] = [];
      let compared = 0;
      for (const { path, format, expectOpens, entries } of expected) {
        if (!READ.has(format) || expectOpens !== true || stores.get(path)?.opened !== true) {
          continue;
        }
        compared++;
        const theirs = new Set(
          (entries ?? []).flatMap(({ leafSha256Fingerprint: leaf, chainSha256 }) => [
            ...(leaf === null ? [] : [leaf]),
            ...(chainSha256 ?? []),
          ]),
        );
        const ours = found.get(path) ?? new Set();
        for (const sha256 of theirs) if (!ours.has(sha256)) missing.push(path);
        if ([...ours].some((sha256) => !theirs.has(sha256))) more.push(format);
      }
      expect(compared).toBeGreaterThan(1140);
      expect(missing).toEqual([]);
      // Certificates without Java's mark of trust, which Java passes over.
      expect(count(more)).toEqual({ pkcs12: 22 });
    });
  },
);
