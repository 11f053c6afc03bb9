import { spawnSync } from "node:child_process";
import {
  chmodSync,
  closeSync,
  existsSync,
  ftruncateSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { commit } from "../../../src/io/commit.ts";
import type { FileWrite } from "../../../src/io/host.ts";
import { nodeHost } from "../../../src/io/node-host.ts";

let folder = "";
const host = nodeHost();
const at = (...names: readonly string[]) => join(folder, ...names);
const LIMIT = 64 * 1024 * 1024;
const isRoot = process.getuid?.() === 0;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "pki-files-"));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

async function change(path: string, text: string): Promise<FileWrite> {
  const { sha256 } = await host.files.read(path, LIMIT);
  const bytes = new TextEncoder().encode(text);
  return { path, bytes, expect: { sha256 }, private: true, summary: [] };
}

describe("reading", () => {
  it("gives the bytes, their hash and the mode", async () => {
    writeFileSync(at("a"), "abc");
    chmodSync(at("a"), 0o640);
    const read = await host.files.read(at("a"), LIMIT);
    expect(new TextDecoder().decode(read.bytes)).toBe("abc");
    expect(read.sha256).toBe("ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    expect(read.mode).toBe(0o640);
  });

  it("takes an empty file and one whose size the system does not tell", async () => {
    writeFileSync(at("empty"), "");
    expect((await host.files.read(at("empty"), LIMIT)).bytes).toHaveLength(0);
    if (process.platform !== "linux") return;
    expect((await host.files.read("/proc/self/status", LIMIT)).bytes.length).toBeGreaterThan(100);
  });

  it.each([
    [-1, true],
    [0, true],
    [1, false],
  ])("takes a file of the limit %+i: %s", async (more, taken) => {
    const fd = openSync(at("large"), "w");
    ftruncateSync(fd, 1_000_000 + more);
    closeSync(fd);
    const read = host.files.read(at("large"), 1_000_000);
    if (taken) expect((await read).bytes).toHaveLength(1_000_000 + more);
    else await expect(read).rejects.toMatchObject({ code: "file-too-large" });
  });

  it("refuses directories, devices and FIFOs before opening them", async () => {
    await expect(host.files.read(folder, LIMIT)).rejects.toMatchObject({
      code: "file-unreadable",
      message: "is a directory",
    });
    await expect(host.files.read("/dev/zero", LIMIT)).rejects.toMatchObject({
      code: "file-unreadable",
    });
    if (spawnSync("mkfifo", [at("fifo")]).status !== 0) return;
    await expect(host.files.read(at("fifo"), LIMIT)).rejects.toMatchObject({
      code: "file-unreadable",
    });
  });

  it("says that a file is not there, also below a file", async () => {
    writeFileSync(at("a"), "");
    for (const path of [at("none"), at("a", "b")]) {
      await expect(host.files.read(path, LIMIT)).rejects.toMatchObject({ code: "file-not-found" });
      expect((await host.files.stat(path)).kind).toBe("absent");
    }
  });

  it.skipIf(isRoot)("says that permission is missing", async () => {
    writeFileSync(at("a"), "");
    chmodSync(at("a"), 0);
    await expect(host.files.read(at("a"), LIMIT)).rejects.toMatchObject({
      code: "file-unreadable",
      message: expect.stringContaining("permission denied"),
    });
  });
});

describe("realPath", () => {
  it("follows links, also to what does not exist yet", async () => {
    mkdirSync(at("real"));
    symlinkSync(at("real"), at("link"));
    symlinkSync("missing.kdb", at("real", "dangling"));
    const real = await host.files.realPath(at("real"));
    expect(await host.files.realPath(at("link", "new.kdb"))).toBe(join(real, "new.kdb"));
    expect(await host.files.realPath(at("link", "dangling"))).toBe(join(real, "missing.kdb"));
  });

  it("ends on a loop", async () => {
    symlinkSync(at("b"), at("a"));
    symlinkSync(at("a"), at("b"));
    expect(await host.files.realPath(at("a"))).toBe(at("a"));
  });
});

describe("commit on a real disk", () => {
  it("keeps mode and owner, and leaves nothing behind", async () => {
    writeFileSync(at("key.kdb"), "old");
    chmodSync(at("key.kdb"), 0o640);
    if (isRoot) spawnSync("chown", ["12345:12346", at("key.kdb")]);
    const { uid, gid } = statSync(at("key.kdb"));
    await commit(host, [await change(at("key.kdb"), "new")]);
    const now = statSync(at("key.kdb"));
    expect([readFileSync(at("key.kdb"), "utf8"), now.mode & 0o777]).toEqual(["new", 0o640]);
    expect([now.uid, now.gid]).toEqual([uid, gid]);
    expect(readdirSync(folder)).toEqual(["key.kdb"]);
  });

  it("makes private files with 0600 whatever the umask", async () => {
    const old = process.umask(0);
    try {
      const expect_ = { absent: true } as const;
      const bytes = Uint8Array.of(1);
      await commit(host, [{ path: at("new"), bytes, expect: expect_, private: true, summary: [] }]);
    } finally {
      process.umask(old);
    }
    expect(statSync(at("new")).mode & 0o777).toBe(0o600);
  });

  it("writes through a link and leaves the link a link", async () => {
    mkdirSync(at("elsewhere"));
    writeFileSync(at("elsewhere", "real.kdb"), "old");
    symlinkSync(at("elsewhere", "real.kdb"), at("key.kdb"));
    await commit(host, [await change(at("key.kdb"), "new")]);
    expect(lstatSync(at("key.kdb")).isSymbolicLink()).toBe(true);
    expect(readFileSync(at("elsewhere", "real.kdb"), "utf8")).toBe("new");
    expect(readdirSync(at("elsewhere"))).toEqual(["real.kdb"]);
  });

  it("does not write into a planted link of a temporary name: names are random and exclusive", async () => {
    writeFileSync(at("victim"), "untouched");
    writeFileSync(at("key.kdb"), "old");
    await commit(host, [await change(at("key.kdb"), "new")]);
    expect(readFileSync(at("victim"), "utf8")).toBe("untouched");
    await expect(host.files.createNew(at("victim"), Uint8Array.of(1), 0o600)).rejects.toMatchObject(
      {
        code: "file-exists",
      },
    );
    expect(readFileSync(at("victim"), "utf8")).toBe("untouched");
  });

  it("does not overwrite a file that appears between check and rename", async () => {
    const write: FileWrite = {
      path: at("new"),
      bytes: Uint8Array.of(1),
      expect: { absent: true },
      private: true,
      summary: [],
    };
    const racing = {
      ...host,
      files: {
        ...host.files,
        link: async (from: string, to: string) => {
          writeFileSync(to, "somebody else's");
          return host.files.link(from, to);
        },
      },
    };
    await expect(commit(racing, [write])).rejects.toMatchObject({ code: "file-exists" });
    expect(readFileSync(at("new"), "utf8")).toBe("somebody else's");
    expect(readdirSync(folder)).toEqual(["new"]);
  });

  it("says what to do where the directory is missing", async () => {
    const path = at("none", "new");
    const bytes = Uint8Array.of(1);
    const work = commit(host, [
      { path, bytes, expect: { absent: true }, private: true, summary: [] },
    ]);
    await expect(work).rejects.toMatchObject({
      code: "file-unwritable",
      path,
      hint: "make the directory first",
    });
    expect(existsSync(at("none"))).toBe(false);
  });
});

describe("append", () => {
  it("adds to the end and makes the file private", async () => {
    await host.files.append(at("index"), new TextEncoder().encode("one\n"), 0o600);
    await host.files.append(at("index"), new TextEncoder().encode("two\n"), 0o600);
    expect(readFileSync(at("index"), "utf8")).toBe("one\ntwo\n");
    expect(statSync(at("index")).mode & 0o777).toBe(0o600);
  });
});
