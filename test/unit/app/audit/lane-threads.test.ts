import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { FilesAhead, laneThreadsWorth } from "../../../../src/app/audit/threads.ts";
import { type AuditOptions, auditPaths } from "../../../../src/app/audit.ts";
import { pkcs12Codec } from "../../../../src/codecs/pkcs12/index.ts";
import { auditJson } from "../../../../src/render/audit/json.ts";
import { fakeHost } from "../../../support/fake-host.ts";
import { type FakeThreads, fakeThreads } from "../../../support/fake-threads.ts";
import { secret } from "../../../support/fixtures.ts";
import { seededBytes } from "../../../support/mutations.ts";

const fixture = (path: string) => new Uint8Array(readFileSync(`certs-fixtures/${path}`));
const OPTIONS: AuditOptions = {
  at: new Date("2127-01-01T00:00:00Z"),
  password: "pass:fixture-password",
};

/** As we write it: a MAC and contents behind 10,000 iterations each; the fixtures have 100. */
async function written(): Promise<Uint8Array> {
  const passwords = { store: secret("fixture-password") };
  const { store } = await pkcs12Codec.read(fixture("pkcs12/openssl.p12"), passwords);
  return pkcs12Codec.write(
    store,
    pkcs12Codec.create({}, seededBytes(2)),
    passwords,
    seededBytes(1),
  );
}

/** By their names enough for threads that derive keys; most of them are no stores. */
const files: Record<string, Uint8Array | string> = {
  ...Object.fromEntries(Array.from({ length: 80 }, (_, i) => [`m/${i}.p12`, `no ${i}`])),
  ...Object.fromEntries(
    await Promise.all(Array.from({ length: 5 }, async (_, i) => [`s/${i}.p12`, await written()])),
  ),
  "legacy.p12": fixture("pkcs12/openssl-legacy.p12"),
  "openssl.p12": fixture("pkcs12/openssl.p12"),
  "cut.p12": fixture("attacks/p12-truncated.p12"),
  "chain.jks": fixture("java/chain.jks"),
};

async function audited(threads?: FakeThreads) {
  const host = fakeHost(threads === undefined ? { files } : { files, threads });
  const { result } = await auditPaths(host, ["."], OPTIONS);
  return JSON.stringify(auditJson(result.report));
}

describe("threads that derive keys", () => {
  it("change nothing of the report, and are stopped", async () => {
    const threads = fakeThreads(fakeHost({ files: {} }));
    const alone = await audited();
    expect(alone.match(/"integrity":"verified"/g)?.length).toBe(8);
    expect(await audited(threads)).toBe(alone);
    expect(threads.started.length).toBe(3);
    expect(threads.started.some(({ alive }) => alive)).toBe(false);
  });

  it("leave their work to the one that judges where they die", async () => {
    const threads = fakeThreads(fakeHost({ files: {} }), { dies: () => true });
    expect(await audited(threads)).toBe(await audited());
    expect(threads.started.length).toBe(3);
  });

  it("get states and no password", async () => {
    const threads = fakeThreads(fakeHost({ files: {} }));
    const asked: unknown[] = [];
    const watched: FakeThreads = {
      ...threads,
      start(setup, transfer) {
        const thread = threads.start(setup, transfer);
        return {
          ...thread,
          alive: true,
          ask(message) {
            asked.push(message);
            return thread.ask(message);
          },
        };
      },
    };
    await audited(watched);
    expect(asked.length).toBeGreaterThan(12);
    for (const message of asked) {
      const { hash, state, turns } = message as Record<string, unknown>;
      expect({ hash, state, turns }).toEqual(message);
      // What was taken out is overwritten.
      expect((state as Uint32Array).every((word) => word === 0)).toBe(true);
    }
  });

  it("are for what is mostly derived, on few cores", async () => {
    const worth = async (name: string, count: number, cached = false, others = 0) => {
      async function* walked() {
        const look = { kind: "file", size: 2000, mode: 0o600, modified: new Date(0) } as const;
        for (let i = 0; i < count + others; i++) {
          const path = i < count ? name : "a.jks";
          yield { path, disk: path, named: false, look };
        }
      }
      const ahead = await FilesAhead.of(walked());
      return [1, 2, 4, 5].map((cores) => laneThreadsWorth(ahead, cores, cached));
    };
    expect(await worth("a.p12", 500)).toEqual([0, 2, 4, 0]);
    expect(await worth("a.p12", 60)).toEqual([0, 0, 0, 0]);
    expect(await worth("a.p12", 500, true)).toEqual([0, 0, 0, 0]);
    expect(await worth("a.p12", 100, false, 100)).toEqual([0, 2, 4, 0]);
    expect(await worth("a.p12", 100, false, 800)).toEqual([0, 0, 0, 0]);
    expect(await worth("a.jks", 5000)).toEqual([0, 0, 0, 0]);
  });
});
