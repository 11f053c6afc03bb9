import { beforeAll, describe, expect, it } from "vitest";
import {
  type ExchangeResult,
  planExchange,
  proveWritten,
} from "../../../../src/app/exchange/exchange.ts";
import type { ExchangeOptions } from "../../../../src/app/exchange/gather.ts";
import { openStore } from "../../../../src/app/open.ts";
import type { Outcome } from "../../../../src/app/outcome.ts";
import { commit } from "../../../../src/io/commit.ts";
import { type FakeHost, fakeHost } from "../../../support/fake-host.ts";

const OPTIONS: ExchangeOptions = {
  oneWay: false,
  type: "jks",
  mq: [],
  label: [],
  subject: [],
  san: [],
  passwordFor: [],
  keyPasswordFor: [],
  prove: true,
  ignoreDates: false,
  explain: false,
  // Small keys: nothing here depends on their kind.
  make: { selfSigned: true, key: "ec:P-256" },
};

async function run(
  host: FakeHost,
  args: readonly string[],
  options: Partial<ExchangeOptions> = {},
): Promise<Outcome<ExchangeResult>> {
  const all = { ...OPTIONS, ...options };
  const outcome = await planExchange(host, args, all);
  await commit(host, outcome.writes, outcome.appends);
  return { ...outcome, result: await proveWritten(host, outcome.result, all) };
}

function snapshot(host: FakeHost): Record<string, string> {
  return Object.fromEntries(
    [...host.disk].map(([path, { bytes, mode }]) => [
      path,
      `${mode.toString(8)} ${Buffer.from(bytes).toString("base64")}`,
    ]),
  );
}

/** A host with other's files; a new clock, new randomness. */
function hostWith(from: FakeHost, now?: Date): FakeHost {
  return fakeHost({
    seed: "second",
    ...(now === undefined ? {} : { now }),
    files: Object.fromEntries([...from.disk].map(([path, { bytes }]) => [path, bytes])),
  });
}

describe("parties that are made", () => {
  let host: FakeHost;
  let first: Outcome<ExchangeResult>;

  beforeAll(async () => {
    host = fakeHost();
    first = await run(host, ["client", "server"]);
  });

  it("get a folder, a store, a password file and an .arm, the secrets for their owner only", () => {
    expect([...host.disk].map(([path, { mode }]) => `${path} ${mode.toString(8)}`).sort()).toEqual([
      "/here/client/client.arm 644",
      "/here/client/client.jks 600",
      "/here/client/client.password 600",
      "/here/server/server.arm 644",
      "/here/server/server.jks 600",
      "/here/server/server.password 600",
    ]);
    const password = new TextDecoder().decode(host.disk.get("/here/client/client.password")?.bytes);
    expect(password).toMatch(/^[a-z2-8]{28}\n$/);
    expect(host.prompts).toEqual([]);
  });

  it("trust each other, and are proved from what is on disk", () => {
    expect(first.result.parties).toMatchObject([
      { name: "client", signers: [{ label: "server", from: "server", state: "added" }] },
      { name: "server", signers: [{ label: "client", from: "client", state: "added" }] },
    ]);
    expect(first.result.proof?.pairs.map(({ result }) => result)).toEqual(["finished", "finished"]);
    expect(first.result.proof?.refusals).toHaveLength(10);
  });

  it("are reused: a second run asks nothing, writes nothing, and proves again", async () => {
    const before = snapshot(host);
    const second = await run(host, ["client", "server"], { type: "p12" });
    expect(second.writes).toEqual([]);
    expect(second.appends).toEqual([]);
    expect(second.result.changed).toBe(false);
    expect(second.result.proof?.pairs).toHaveLength(2);
    expect(snapshot(host)).toEqual(before);
  });

  it("take in a third without changing what the two have of each other", async () => {
    const later = hostWith(host);
    const outcome = await run(later, ["client", "server", "third"], { type: "kdb" });
    expect(outcome.result.parties.map(({ signers }) => signers.map(({ state }) => state))).toEqual([
      ["present", "added"],
      ["present", "added"],
      ["added", "added"],
    ]);
    expect([...later.disk.keys()].filter((path) => path.startsWith("/here/third/")).sort()).toEqual(
      ["arm", "crl", "kdb", "rdb", "sth"].map((extension) => `/here/third/third.${extension}`),
    );
  });

  it("keep a password that was given: no file with it is written", async () => {
    for (const [env, options] of [
      [{ PKI_PASSWORD: "correct horse battery" }, {}],
      [{ PW: "correct horse battery" }, { password: "env:PW" }],
      [{ PW: "correct horse battery" }, { passwordFor: ["a=env:PW", "b=env:PW"] }],
    ] as const) {
      const made = fakeHost({ env });
      await run(made, ["a", "b"], options);
      expect([...made.disk.keys()].sort()).toEqual([
        "/here/a/a.arm",
        "/here/a/a.jks",
        "/here/b/b.arm",
        "/here/b/b.jks",
      ]);
      const source = "PW" in env ? { password: "env:PW" } : {};
      await openStore(made, "a/a.jks", { purpose: "change", ...source });
    }
  });

  it("get MQ's labels, subjects and names as asked for", async () => {
    const made = fakeHost();
    const { result } = await run(made, ["client", "server"], {
      mq: ["server=QM1", "client=Emir"],
      subject: ["server=CN=QM1,O=Example"],
      san: ["server=DNS:mq.example.com,IP:192.0.2.1"],
    });
    expect(result.parties.map(({ label }) => label)).toEqual([
      "ibmwebspheremqemir",
      "ibmwebspheremqqm1",
    ]);
    expect(result.proof?.hostNames[1]?.names).toEqual(["DNS:mq.example.com", "IP:192.0.2.1"]);
    expect(result.proof?.pairs[0]?.clientSubject).toBe("CN=QM1,O=Example");
  });

  it("leave nothing behind when a product could not use them", async () => {
    const made = fakeHost();
    await expect(
      run(made, ["a", "b"], { type: "kdb", make: { selfSigned: true, key: "ed25519" } }),
    ).rejects.toMatchObject({ code: "product-refused" });
    expect(made.disk.size).toBe(0);
  });

  it("cannot be given contradicting wishes", async () => {
    await expect(
      run(fakeHost(), ["a", "b"], { mq: ["a=x"], label: ["a=y"] }),
    ).rejects.toMatchObject({ code: "usage", where: "--label" });
    await expect(
      run(hostWith(host), ["client", "server"], { subject: ["client=CN=x"] }),
    ).rejects.toMatchObject({ code: "usage", where: "--subject" });
  });
});

describe("stores that exist", () => {
  let made: FakeHost;

  beforeAll(async () => {
    made = fakeHost();
    // Two pairs that know nothing of each other.
    await run(made, ["a", "b"]);
    await run(made, ["c", "d"], { type: "kdb" });
  });

  it("of different formats trust each other", async () => {
    const host = hostWith(made);
    const { result, writes } = await run(host, ["a/a.jks", "c/c.kdb"], {
      passwordFor: ["a=file:a/a.password"],
    });
    expect(writes.map(({ path }) => path)).toEqual(["a/a.jks", "c/c.kdb"]);
    expect(result.parties.map(({ format, changed }) => [format, changed])).toEqual([
      ["jks", true],
      ["kdb", true],
    ]);
  });

  it("one way: only the others change", async () => {
    const host = hostWith(made);
    const { result, writes } = await run(host, ["a", "c", "d"], { oneWay: true });
    expect(writes.map(({ path }) => path)).toEqual(["c/c.kdb", "d/d.kdb"]);
    expect(result.proof?.pairs.map(({ server, client }) => `${server} ${client}`)).toEqual([
      "a c",
      "a d",
    ]);
  });

  it("are left as they are when the proof fails, and the reason names the date", async () => {
    const host = hostWith(made, new Date("2030-01-01T00:00:00Z"));
    const before = snapshot(host);
    await expect(run(host, ["a", "c"])).rejects.toMatchObject({
      code: "handshake-failed",
      message: expect.stringMatching(/CN=[ac] expired on 2027-11-22; nothing was written$/),
      hint: expect.stringContaining("--ignore-dates"),
    });
    expect(snapshot(host)).toEqual(before);
  });

  it("are written all the same with --ignore-dates, and with --no-prove", async () => {
    const later = new Date("2030-01-01T00:00:00Z");
    const host = hostWith(made, later);
    const { result } = await run(host, ["a", "c"], { ignoreDates: true });
    expect(result.proof?.pairs.every(({ datesIgnored }) => datesIgnored)).toBe(true);
    const unproved = await run(hostWith(made, later), ["a", "c"], { prove: false });
    expect(unproved.result.changed).toBe(true);
    expect(unproved.result.proof).toBeUndefined();
  });

  it("need their passwords: none is guessed, and one for all does not hide the party's own", async () => {
    const host = hostWith(made);
    await expect(run(host, ["a/a.jks", "c"])).rejects.toMatchObject({
      code: "password-missing",
      path: "a/a.jks",
    });
    const wrong = fakeHost({
      env: { PW: "not the password" },
      files: Object.fromEntries([...made.disk].map(([path, { bytes }]) => [path, bytes])),
    });
    await expect(run(wrong, ["a/a.jks", "c/c.kdb"], { password: "env:PW" })).rejects.toMatchObject({
      path: "a/a.jks",
      hint: expect.stringContaining("--password-for a=SOURCE"),
    });
    // Folder parties have their own beside them: the password file and the stash.
    expect((await run(wrong, ["a", "c"], { password: "env:PW" })).result.changed).toBe(true);
    await expect(run(wrong, ["a", "d"], { passwordFor: ["a=env:PW"] })).rejects.toMatchObject({
      path: "a/a.jks",
    });
  });

  it("two that are changed at once are not overwritten", async () => {
    const host = hostWith(made);
    const outcome = await planExchange(host, ["a", "c"], OPTIONS);
    await run(host, ["a", "d"]);
    const before = snapshot(host);
    await expect(commit(host, outcome.writes, outcome.appends)).rejects.toMatchObject({
      code: "file-changed",
    });
    expect(snapshot(host)).toEqual(before);
  });
});
