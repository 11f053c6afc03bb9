import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import {
  estimatedMs,
  FilesAhead,
  THREADS_FROM_MS,
  threadsWorth,
} from "../../../../src/app/audit/threads.ts";
import { type AuditOptions, auditPaths } from "../../../../src/app/audit.ts";
import { certificateExpired } from "../../../../src/audit/rules/certificate-expired.ts";
import { auditJson } from "../../../../src/render/audit/json.ts";
import { zipOf } from "../../../support/archives.ts";
import { fakeHost } from "../../../support/fake-host.ts";
import { fakeThreads } from "../../../support/fake-threads.ts";

const fixture = (path: string) => new Uint8Array(readFileSync(`certs-fixtures/${path}`));
const AT = new Date("2127-01-01T00:00:00Z");

/** Enough, by their names, for threads; hardly any of it takes long. */
const many = Object.fromEntries(
  Array.from({ length: 1300 }, (_, i) => [
    `m/${i}.jks`,
    i % 50 === 0 ? "" : `no ${i}`.padEnd(2000),
  ]),
);
const files: Record<string, Uint8Array | string> = {
  ...many,
  "a/key.kdb": fixture("kdb/v4.kdb"),
  "a/key.sth": fixture("kdb/v4.sth"),
  "a/copy.kdb": fixture("kdb/v4.kdb"),
  "b/chain.jks": fixture("java/chain.jks"),
  "b/openssl.p12": fixture("pkcs12/openssl.p12"),
  "b/cut.p12": fixture("attacks/p12-truncated.p12"),
  "b/root.pem": fixture("pem/root.pem"),
  "c/ca.crl": fixture("rules/certificate-revoked/bad/ca.crl"),
  "c/chain.pem": fixture("rules/certificate-revoked/bad-in-pem/chain.pem"),
  "c/key.kdb": fixture("rules/certificate-revoked/bad/key.kdb"),
  "c/server.xml": '<keyStore id="d" password="{xor}EzY9Oi0rJg=="/>',
  "lone.sth": fixture("kdb/v4.sth"),
  "passwords.txt": "b/* pass:password\n",
  "z.war": zipOf([
    { name: "WEB-INF/key.jks", bytes: fixture("java/chain.jks") },
    { name: "readme.txt", bytes: new TextEncoder().encode("hello") },
  ]),
};

const PROFILES = ["mq", "java", "strict"] as const;
const OPTIONS: AuditOptions = { at: AT, profiles: PROFILES, passwords: "passwords.txt" };

/** The same audit in this thread and in several; the JSON of both. */
async function both(options: AuditOptions = OPTIONS, content = files) {
  const alone = await auditPaths(fakeHost({ files: content }), ["."], options);
  const inner = fakeHost({ files: content });
  const threads = fakeThreads(inner);
  const together = await auditPaths(fakeHost({ files: content, threads }), ["."], options);
  return { alone, together, threads };
}

const shown = ({ report }: Awaited<ReturnType<typeof auditPaths>>["result"]) =>
  JSON.stringify(
    [
      auditJson(report),
      [...report.inventory.certificates.values()],
      report.inventory.stores,
      report.inventory.refused,
      report.inventory.crls,
    ],
    (name, value) => (name === "passwordTag" || name === "der" ? undefined : value),
  );

describe("an audit in threads", () => {
  it("says what it says in one, in the same order", async () => {
    const { alone, together, threads } = await both();
    expect(threads.started.length).toBe(3);
    expect(alone.result.report.summary.stores).toBeGreaterThan(4);
    expect(alone.result.report.findings.length).toBeGreaterThan(10);
    expect(shown(together.result)).toBe(shown(alone.result));
    const rules = new Set(alone.result.report.findings.map(({ finding }) => finding.rule));
    for (const rule of ["crl-expired", "password-obscured", "stash-orphan"]) {
      expect(rules).toContain(rule);
    }
  });

  it("makes and uses the same cache", async () => {
    const options = { ...OPTIONS, cache: "cache", program: "1" };
    const { alone, together } = await both(options);
    const [one] = alone.writes;
    const [other] = together.writes;
    expect(other?.bytes.length).toBe(one?.bytes.length);
    const cached = { ...files, cache: one?.bytes as Uint8Array };
    const again = await both(options, cached);
    expect(again.alone.writes).toEqual([]);
    expect(again.together.writes).toEqual([]);
    expect(shown(again.together.result)).toBe(shown(again.alone.result));
  });

  it("stops them", async () => {
    const { threads } = await both();
    expect(threads.started.map(({ alive }) => alive)).toEqual([false, false, false]);
  });

  it("refuses the file that a thread does not survive, and judges all others", async () => {
    const inner = fakeHost({ files });
    const threads = fakeThreads(inner, { dies: (path) => path === "a/copy.kdb" });
    const { result } = await auditPaths(fakeHost({ files, threads }), ["."], OPTIONS);
    const alone = await auditPaths(fakeHost({ files }), ["."], OPTIONS);
    const refused = result.report.stores.find(({ path }) => path === "a/copy.kdb");
    expect(refused).toMatchObject({ opened: false, code: "limit-exceeded" });
    const others = (report: typeof result.report) =>
      report.stores.filter(({ path }) => path !== "a/copy.kdb");
    expect(others(result.report)).toEqual(others(alone.result.report));
    expect(result.report.summary.files).toBe(alone.result.report.summary.files);
  });

  it("fails where no thread runs at all: then it is no file's fault", async () => {
    const threads = fakeThreads(fakeHost({ files }), { dies: () => true });
    const none = {
      ...threads,
      start: (...args: Parameters<typeof threads.start>) => {
        const thread = threads.start(...args);
        return {
          alive: false,
          ask: async () => Promise.reject(new Error("no thread")),
          stop: () => thread.stop(),
        };
      },
    };
    const audit = auditPaths(fakeHost({ files, threads: none }), ["."], OPTIONS);
    await expect(audit).rejects.toThrow("no thread");
  });

  it("tells what a thread ran into", async () => {
    // The policy went bad after the audit had read it.
    const inner = fakeHost({ files: { ...files, "pki-policy.yaml": "rules: 1\n" } });
    const threads = fakeThreads(inner);
    const audit = auditPaths(fakeHost({ files, threads }), ["."], OPTIONS);
    await expect(audit).rejects.toMatchObject({ code: "usage", path: "pki-policy.yaml" });
  });

  it("takes one thread for little work, and for rules that are not of the list", async () => {
    const few = { "a.pem": fixture("pem/root.pem"), "passwords.txt": "x pass:y\n" };
    expect((await both(OPTIONS, few)).threads.started).toEqual([]);
    const own = { ...certificateExpired, check: () => undefined } as typeof certificateExpired;
    expect((await both({ ...OPTIONS, rules: [own] })).threads.started).toEqual([]);
  });

  it("takes as many as there are cores, and fewer where a cache knows the stores", async () => {
    const worth = async (name: string, count: number, cached = false, size = 2000) => {
      async function* files() {
        const look = { kind: "file", size, mode: 0o600, modified: new Date(0) } as const;
        for (let i = 0; i < count; i++) yield { path: name, disk: name, named: false, look };
      }
      const ahead = await FilesAhead.of(files());
      return [2, 8, 64].map((cores) => threadsWorth(ahead, cores, cached));
    };
    expect(await worth("a.p12", 500)).toEqual([2, 8, 16]);
    expect(await worth("a.p12", 50)).toEqual([1, 1, 1]);
    expect(await worth("a.jks", 5000)).toEqual([2, 8, 16]);
    expect(await worth("a.jks", 500)).toEqual([1, 1, 1]);
    expect(await worth("a.pem", 5000)).toEqual([1, 1, 1]);
    expect(await worth("a.jks", 5000, true)).toEqual([1, 4, 16]);
    // Many certificates in few stores: to pass on what is known of them costs more than to find it out.
    expect(await worth("a.kdb", 500, false, 5_000_000)).toEqual([1, 1, 1]);
  });

  it("knows what takes long", () => {
    const file = (path: string, size: number) =>
      estimatedMs({
        path,
        disk: path,
        named: false,
        look: { kind: "file", size, mode: 0o600, modified: new Date(0) },
      });
    expect(file("a.p12", 2000)).toBeGreaterThan(10 * file("a.jks", 2000));
    expect(file("a.jks", 2000)).toBeGreaterThan(5 * file("a.txt", 2_000_000));
    expect(file("a.war", 50_000_000)).toBeGreaterThan(THREADS_FROM_MS);
  });
});
