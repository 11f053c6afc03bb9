import { describe, expect, it } from "vitest";
import { newStore } from "../../../src/app/new-store.ts";
import { openStore } from "../../../src/app/open.ts";
import { saveStore } from "../../../src/app/save.ts";
import { writeStash } from "../../../src/codecs/kdb/stash.ts";
import { commit } from "../../../src/io/commit.ts";
import { Secret } from "../../../src/model/secret.ts";
import { type FakeHost, fakeHost, seededRandom } from "../../support/fake-host.ts";
import { fixture } from "../../support/fixtures.ts";

const PASSWORD = "correct horse battery";
const env = { PKI_PASSWORD: PASSWORD };

/** A host with an empty key database, its companions, and no stash. */
async function withKdb(options: Parameters<typeof fakeHost>[0] = {}): Promise<FakeHost> {
  const making = fakeHost({ env });
  const made = await newStore(making, "key.kdb");
  await commit(making, await saveStore(made, made.store, []));
  const files = Object.fromEntries(
    [...making.disk].map(([path, { bytes }]) => [path.replace("/here/", ""), bytes]),
  );
  return fakeHost({ ...options, files: { ...files, ...options.files } });
}

const stash = (password: string) => writeStash(Secret.fromText(password), 2, seededRandom("x"));

describe("openStore", () => {
  it("tells the format by content and says so where the name misleads", async () => {
    const host = fakeHost({
      files: { "a.p12": fixture("java/signers.jks"), "b.crt": fixture("pem/server.der") },
    });
    const misnamed = await openStore(host, "a.p12", { purpose: "list" });
    expect(misnamed.container.format).toBe("jks");
    expect(misnamed.notices).toMatchObject([
      { path: "a.p12", message: expect.stringContaining("JKS") },
    ]);
    const loose = await openStore(host, "b.crt", { purpose: "list" });
    expect([loose.container.format, loose.notices]).toEqual(["der", []]);
  });

  it("lists a key database without a password, and verifies it with one that is at hand", async () => {
    const without = await openStore(await withKdb(), "key.kdb", { purpose: "list" });
    expect(without.container.integrity).toBe("not-checked");
    const having = await openStore(await withKdb({ env }), "key.kdb", { purpose: "list" });
    expect(having.container.integrity).toBe("verified");
  });

  it("does not change a store whose integrity nobody could check", async () => {
    await expect(
      openStore(await withKdb(), "key.kdb", { purpose: "change" }),
    ).rejects.toMatchObject({ code: "password-missing", path: "key.kdb" });
  });

  it("does not believe a list when the password at hand is wrong", async () => {
    const host = await withKdb({ env: { PKI_PASSWORD: "another" } });
    await expect(openStore(host, "key.kdb", { purpose: "list" })).rejects.toMatchObject({
      code: "password-refused",
    });
  });

  it("names the stash that does not fit, where nothing else can be tried", async () => {
    const host = await withKdb({ files: { "key.sth": stash("old password") } });
    await expect(openStore(host, "key.kdb", { purpose: "list" })).rejects.toMatchObject({
      code: "password-refused",
      message: "key.sth does not hold the password of this store",
      hint: expect.stringContaining("pki stash"),
    });
  });

  it("goes on to PKI_PASSWORD, or a question, where the stash does not fit", async () => {
    for (const more of [{ env }, { answers: [PASSWORD] }]) {
      const host = await withKdb({ files: { "key.sth": stash("old password") }, ...more });
      const opened = await openStore(host, "key.kdb", { purpose: "change" });
      expect(opened.container.integrity).toBe("verified");
      expect(opened.notices).toMatchObject([{ level: "warning", path: "key.sth" }]);
    }
  });

  it("says that a damaged stash was not used", async () => {
    const host = await withKdb({ files: { "key.sth": new Uint8Array(193) }, env });
    const opened = await openStore(host, "key.kdb", { purpose: "change" });
    expect(opened.notices[0]).toMatchObject({ path: "key.sth", level: "warning" });
  });

  it("asks again after a wrong answer, three times in all", async () => {
    const host = await withKdb({ answers: ["wrong", "wronger", PASSWORD] });
    await openStore(host, "key.kdb", { purpose: "change" });
    expect(host.prompts).toHaveLength(3);
    const hopeless = await withKdb({ answers: ["1", "2", "3", PASSWORD] });
    await expect(openStore(hopeless, "key.kdb", { purpose: "change" })).rejects.toMatchObject({
      code: "password-refused",
    });
    expect(hopeless.prompts).toHaveLength(3);
  });

  it("does not ask again where the password came from an option", async () => {
    const host = await withKdb({ answers: [PASSWORD] });
    const wrong = openStore(host, "key.kdb", { purpose: "change", password: "pass:wrong" });
    await expect(wrong).rejects.toMatchObject({ code: "password-refused" });
    expect(host.prompts).toEqual([]);
  });

  it("shows the requests beside a key database and never takes them for its own", async () => {
    const host = fakeHost({
      files: { "labels.kdb": fixture("kdb/labels.kdb"), "labels.rdb": fixture("kdb/request.rdb") },
    });
    const opened = await openStore(host, "labels.kdb", { purpose: "list" });
    expect(opened.requests.length).toBeGreaterThan(0);
    expect(opened.store.entries.every((entry) => entry.kind !== "request")).toBe(true);
  });

  it("shows a key database whose .rdb is damaged, and says what is missing", async () => {
    const host = await withKdb({ files: { "key.rdb": "not a database" }, env });
    const opened = await openStore(host, "key.kdb", { purpose: "list" });
    expect(opened.requests).toEqual([]);
    expect(opened.notices).toMatchObject([
      { level: "warning", path: "key.rdb", message: expect.stringContaining("not shown") },
    ]);
  });
});

describe("newStore", () => {
  it.each([
    ["key.kdb", "kdb"],
    ["a.jks", "jks"],
    ["a.p12", "pkcs12"],
    ["a.PFX", "pkcs12"],
  ])("%s is %s by its name", async (path, format) => {
    expect((await newStore(fakeHost({ env }), path)).container.format).toBe(format);
  });

  it("gives a key database its companions, all private", async () => {
    const host = fakeHost({ env });
    const made = await newStore(host, "key.kdb", { stash: true, stashVersion: 1, expireDays: 1 });
    expect(made.container.passwordExpires).toEqual(new Date("2026-11-23T00:00:00Z"));
    await commit(host, await saveStore(made, made.store, []));
    expect([...host.disk].map(([path, { mode }]) => [path, mode]).sort()).toEqual(
      ["crl", "kdb", "rdb", "sth"].map((name) => [`/here/key.${name}`, 0o600]),
    );
    expect(host.disk.get("/here/key.sth")?.bytes).toHaveLength(129);
  });

  it("refuses where a file of the new store is there already", async () => {
    for (const name of ["key.kdb", "key.rdb", "key.crl", "key.sth"]) {
      const host = fakeHost({ env, files: { [name]: "x" } });
      await expect(newStore(host, "key.kdb", { stash: true })).rejects.toMatchObject({
        code: "file-exists",
        path: name,
      });
    }
  });

  it.each([
    ["a.jks", { kdbVersion: "4" }],
    ["a.p12", { expireDays: 3 }],
    ["a.jks", { stash: true }],
    ["a.xyz", {}],
    ["a.kdb", { type: "xyz" }],
    ["a.der", {}],
  ])("%s with %j is a usage error", async (path, options) => {
    await expect(newStore(fakeHost({ env }), path, options)).rejects.toMatchObject({
      code: "usage",
    });
  });
});
