import { describe, expect, it } from "vitest";
import { toHex } from "../../../src/bytes/octets.ts";
import { digest } from "../../../src/crypto/digest.ts";
import { commit, removeLeftovers } from "../../../src/io/commit.ts";
import type { FileWrite } from "../../../src/io/host.ts";
import { PkiError } from "../../../src/model/error.ts";
import { type FakeHost, fakeHost } from "../../support/fake-host.ts";

const bytes = (text: string) => new TextEncoder().encode(text);
const sha256 = (text: string) => toHex(digest("sha256", bytes(text)));
const text = (host: FakeHost, path: string) => {
  const file = host.disk.get(`/here/${path}`);
  return file === undefined ? undefined : new TextDecoder().decode(file.bytes);
};
const fresh = (path: string, content: string): FileWrite => ({
  path,
  bytes: bytes(content),
  expect: { absent: true },
  private: true,
  summary: [],
});
const change = (path: string, old: string, content: string): FileWrite => ({
  ...fresh(path, content),
  expect: { sha256: sha256(old) },
});
const codeOf = async (work: Promise<unknown>) => {
  try {
    await work;
  } catch (error) {
    if (error instanceof PkiError) return error.code;
    throw error;
  }
  return "no error";
};
const snapshot = (host: FakeHost) =>
  [...host.disk].map(([path, file]) => `${path}=${new TextDecoder().decode(file.bytes)}`).sort();

describe("commit", () => {
  it("makes a new file, private ones with mode 0600", async () => {
    const host = fakeHost();
    await commit(host, [fresh("key.kdb", "secret"), { ...fresh("ca.arm", "pem"), private: false }]);
    expect(host.disk.get("/here/key.kdb")?.mode).toBe(0o600);
    expect(host.disk.get("/here/ca.arm")?.mode).toBe(0o644);
    expect(snapshot(host)).toEqual(["/here/ca.arm=pem", "/here/key.kdb=secret"]);
  });

  it("keeps the mode of the file it replaces, and leaves nothing beside it", async () => {
    const host = fakeHost({ files: { a: "old" } });
    (host.disk.get("/here/a") as { mode: number }).mode = 0o640;
    await commit(host, [change("a", "old", "new")]);
    expect(host.disk.get("/here/a")?.mode).toBe(0o640);
    expect(snapshot(host)).toEqual(["/here/a=new"]);
  });

  it("syncs the directory after the last rename", async () => {
    const host = fakeHost({ files: { a: "old" } });
    await commit(host, [change("a", "old", "new")]);
    const renamed = host.steps.findIndex((step) => step.startsWith("rename"));
    expect(host.steps.slice(renamed + 1)).toEqual(["syncDirectory /here"]);
  });

  it("touches nothing when one expectation of several does not hold", async () => {
    const host = fakeHost({ files: { a: "old", b: "changed meanwhile" } });
    const before = snapshot(host);
    const work = commit(host, [change("a", "old", "new"), change("b", "old", "new")]);
    expect(await codeOf(work)).toBe("file-changed");
    expect(snapshot(host)).toEqual(before);
    expect(host.steps).toEqual([]);
  });

  it.each([
    ["a file that appeared", { files: { a: "x" } }, fresh("a", "new"), "file-exists"],
    ["a file that vanished", {}, change("a", "old", "new"), "file-changed"],
  ])("refuses %s", async (_name, options, write, code) => {
    expect(await codeOf(commit(fakeHost(options), [write]))).toBe(code);
  });

  it("refuses two writes to one file", async () => {
    const work = commit(fakeHost(), [fresh("a", "1"), fresh("./a", "2")]);
    expect(await codeOf(work)).toBe("usage");
  });

  it("writes nothing when its own bytes do not read back", async () => {
    const host = fakeHost({ files: { a: "old" } });
    const verify = async () => {
      throw new PkiError("internal", "does not read back");
    };
    expect(await codeOf(commit(host, [{ ...change("a", "old", "new"), verify }]))).toBe("internal");
    expect(host.steps).toEqual([]);
  });

  it("appends before it writes, and not at all when an expectation fails", async () => {
    const host = fakeHost({ files: { index: "1\n" } });
    await commit(host, [fresh("a", "new")], [{ path: "index", line: "2" }]);
    expect(text(host, "index")).toBe("1\n2\n");
    expect(host.steps[0]).toBe("append /here/index");

    const work = commit(host, [fresh("a", "again")], [{ path: "index", line: "3" }]);
    expect(await codeOf(work)).toBe("file-exists");
    expect(text(host, "index")).toBe("1\n2\n");
  });

  it("makes missing directories only when asked to", async () => {
    const host = fakeHost();
    expect(await codeOf(commit(host, [fresh("client/key.p12", "x")]))).toBe("file-unwritable");
    await commit(host, [{ ...fresh("client/key.p12", "x"), makeParents: true }]);
    expect(text(host, "client/key.p12")).toBe("x");
  });

  it("leaves every file as it was when any single step fails", async () => {
    const writes = [
      change("a", "old a", "new a"),
      change("b", "old b", "new b"),
      fresh("c", "new"),
    ];
    const files = { a: "old a", b: "old b" };
    const counting = fakeHost({ files });
    await commit(counting, writes);
    const steps = counting.steps.length;
    expect(steps).toBeGreaterThan(10);
    for (let at = 0; at < steps; at++) {
      const host = fakeHost({ files });
      const before = snapshot(host);
      host.failAt(at, "ENOSPC");
      const code = await codeOf(commit(host, writes));
      if (code === "no error") {
        // A failing link falls back to a rename: the commit went through.
        expect(snapshot(host), `step ${at}`).toEqual(snapshot(counting));
        continue;
      }
      expect(code, `step ${at}`).toBe("file-unwritable");
      const moved = counting.steps[at]?.startsWith("syncDirectory") === true;
      const cleaning = counting.steps[at]?.startsWith("remove") === true;
      if (moved || cleaning) continue; // Everything is in place by then.
      expect(snapshot(host), `step ${at}: ${counting.steps[at]}`).toEqual(before);
    }
  });

  it("keeps the old contents by name when they cannot be put back", async () => {
    const host = fakeHost({ files: { a: "old a", b: "old b" } });
    const writes = [change("a", "old a", "new a"), change("b", "old b", "new b")];
    const counting = fakeHost({ files: { a: "old a", b: "old b" } });
    await commit(counting, writes);
    const renames = counting.steps.flatMap((step, i) => (step.startsWith("rename") ? [i] : []));
    host.failAt(renames[1] as number, "EIO");
    host.failAt((renames[1] as number) + 1, "EIO"); // and putting the first one back fails as well
    expect(await codeOf(commit(host, writes))).toBe("file-unwritable");
    const backups = snapshot(host).filter((line) => line.includes(".bak="));
    expect(backups).toHaveLength(1);
    expect(backups[0]).toMatch(/^\/here\/\.a\.4711\.[0-9a-f]{8}\.bak=old a$/);
  });
});

describe("removeLeftovers", () => {
  const files = {
    "key.kdb": "store",
    ".key.kdb.123.0a1b2c3d.tmp": "half",
    ".key.kdb.lock.123.0a1b2c3d.tmp": "of one who waits for the lock",
    ".key.sth.123.0a1b2c3d.tmp": "half",
    ".other.kdb.123.0a1b2c3d.tmp": "somebody else's",
    ".key.kdb.123.0a1b2c3d.bak": "old",
    ".key.kdb.swp": "an editor's",
  };

  it("removes unfinished files of the store and its companions, and names backups", async () => {
    const host = fakeHost({ files });
    const found = await removeLeftovers(host, "/here", ["key.kdb", "key.sth"]);
    expect(found.backups).toEqual(["/here/.key.kdb.123.0a1b2c3d.bak"]);
    expect([...host.disk.keys()].sort()).toEqual([
      "/here/.key.kdb.123.0a1b2c3d.bak",
      "/here/.key.kdb.lock.123.0a1b2c3d.tmp",
      "/here/.key.kdb.swp",
      "/here/.other.kdb.123.0a1b2c3d.tmp",
      "/here/key.kdb",
    ]);
  });
});
