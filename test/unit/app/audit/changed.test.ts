import {
  copyFileSync,
  mkdirSync,
  mkdtempSync,
  realpathSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { changedFiles } from "../../../../src/app/audit/changed.ts";
import { readIndex, workTreeOf } from "../../../../src/app/audit/git-index.ts";
import { auditPaths } from "../../../../src/app/audit.ts";
import { nodeHost } from "../../../../src/io/node-host.ts";
import { git } from "../../../support/git.ts";

/** A real repository on a real disk, with git itself as the judge. */

let folder = "";
const host = nodeHost();
const at = (name: string) => join(folder, name);
const write = (name: string, text: string) => {
  mkdirSync(join(at(name), ".."), { recursive: true });
  writeFileSync(at(name), text);
};
const fixture = (from: string, name: string) => {
  mkdirSync(join(at(name), ".."), { recursive: true });
  copyFileSync(`certs-fixtures/${from}`, at(name));
};
const tracked = async (directory = folder) => [
  ...((await workTreeOf(host, directory))?.tracked ?? ["no work tree"]),
];
const listed = (directory = folder) =>
  git(directory, "ls-files", "-z")
    .split("\0")
    .filter((name) => name !== "");

beforeEach(() => {
  folder = realpathSync(mkdtempSync(join(tmpdir(), "pki-git-")));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

describe("--changed-since", () => {
  const audited = async (revision: string, paths = [folder]) => {
    const { result } = await auditPaths(host, paths, { changedSince: revision, rules: [] });
    return result.report.stores.map(({ path }) => path);
  };

  beforeEach(() => {
    git(folder, "init", "-q");
    for (const name of ["same.pem", "sub/changed.pem", "staged.pem", "renamed.pem"]) {
      fixture("pem/root.pem", name);
    }
    fixture("kdb/v4.kdb", "stash changed/key.kdb");
    fixture("kdb/v4.sth", "stash changed/key.sth");
    write(".gitignore", "ignored.pem\n");
    git(folder, "add", ".");
    git(folder, "commit", "-q", "-m", "first");
    git(folder, "tag", "v1");
  });

  it("audits what is changed, staged, renamed, committed since or untracked, and nothing else", async () => {
    expect(await audited("v1")).toEqual([]);
    fixture("pem/intermediate.pem", "sub/changed.pem");
    fixture("pem/intermediate.pem", "staged.pem");
    git(folder, "add", "staged.pem");
    git(folder, "mv", "renamed.pem", 'näme "2".pem');
    fixture("pem/root.pem", "new/untracked.pem");
    fixture("pem/root.pem", "ignored.pem");
    write("stash changed/key.sth", "another stash");
    const changed = [
      "new/untracked.pem",
      'näme "2".pem',
      "stash changed/key.kdb",
      "staged.pem",
      "sub/changed.pem",
    ];
    expect((await audited("v1")).sort()).toEqual([...changed].sort());
    git(folder, "add", ".");
    git(folder, "commit", "-q", "-m", "second");
    expect((await audited("HEAD~1")).sort()).toEqual([...changed].sort());
    expect(await audited("HEAD")).toEqual([]);
  });

  it("looks at what was named only: a directory below, one file", async () => {
    fixture("pem/intermediate.pem", "sub/changed.pem");
    fixture("pem/intermediate.pem", "same.pem");
    expect(await audited("v1", [at("sub")])).toEqual(["changed.pem"]);
    expect(await audited("v1", [at("same.pem")])).toHaveLength(1);
  });

  it("in a hook of git, whose variables name another directory", async () => {
    fixture("pem/intermediate.pem", "sub/changed.pem");
    process.env.GIT_DIR = ".git";
    try {
      expect(await audited("v1", [at("sub")])).toEqual(["changed.pem"]);
    } finally {
      delete process.env.GIT_DIR;
    }
  });

  it.each(["--output=x", "-p", "v1 v2", "v1;id", "", "$(id)"])("refuses %j", async (revision) => {
    await expect(changedFiles(host, [folder], revision)).rejects.toMatchObject({ code: "usage" });
  });

  it("says so where there is no such revision, or no repository", async () => {
    await expect(audited("v9")).rejects.toMatchObject({
      code: "usage",
      where: "--changed-since",
      hint: expect.stringContaining("shallow"),
    });
    git(folder, "clone", "-q", "--depth", "1", `file://${folder}`, "shallow");
    await expect(audited("HEAD~1", [at("shallow")])).rejects.toMatchObject({ code: "usage" });
    rmSync(at(".git"), { recursive: true });
    await expect(audited("v1")).rejects.toMatchObject({
      code: "usage",
      message: "is in no work tree of git",
      path: folder,
    });
  });

  it("looks into submodules that differ and repositories that are not tracked, and not into others", async () => {
    for (const name of ["sub-a", "sub-b", "apart"]) {
      fixture("pem/root.pem", `${name}/root.pem`);
      git(at(name), "init", "-q");
      git(at(name), "add", ".");
      git(at(name), "commit", "-q", "-m", "first");
    }
    for (const name of ["sub-a", "sub-b"]) git(folder, "add", name);
    git(folder, "commit", "-q", "-m", "second");
    fixture("pem/intermediate.pem", "sub-a/new.pem");
    expect((await audited("HEAD")).sort()).toEqual([
      "apart/root.pem",
      "sub-a/new.pem",
      "sub-a/root.pem",
    ]);
  });

  it("looks at what a new link leads to", async () => {
    const outside = mkdtempSync(join(tmpdir(), "pki-outside-"));
    copyFileSync("certs-fixtures/pem/root.pem", join(outside, "root.pem"));
    symlinkSync(join(outside, "root.pem"), at("link.pem"));
    try {
      expect(await audited("HEAD")).toEqual(["link.pem"]);
    } finally {
      rmSync(outside, { recursive: true });
    }
  });
});

describe("the index", () => {
  const fill = () => {
    write("a", "1");
    write("conf/key.kdb", "2");
    write("conf/kéy 2.p12", "3");
    write(`deep/${"x".repeat(200)}/${"y".repeat(200)}`, "4");
    for (let i = 0; i < 40; i++) write(`many/file${i}.jks`, `${i}`);
    write("untracked", "5");
    git(folder, "add", "a", "conf", "deep", "many");
  };

  it.each(["2", "3", "4"])("of version %s holds what git ls-files tells", async (version) => {
    git(folder, "init", "-q");
    fill();
    git(folder, "update-index", "--index-version", version);
    // An extended flag: this is what makes git write version 3.
    git(folder, "add", "-N", "untracked");
    expect(await tracked()).toEqual(listed());
    expect(await tracked(at("conf"))).toEqual(listed());
    git(folder, "rm", "-q", "--cached", "a");
    expect(await tracked()).toEqual(listed());
  });

  it("of a repository with SHA-256", async () => {
    git(folder, "init", "-q", "--object-format=sha256");
    fill();
    expect(await tracked()).toEqual(listed());
    git(folder, "update-index", "--index-version", "4");
    expect(await tracked()).toEqual(listed());
  });

  it("of a linked work tree, and of one with SHA-256", async () => {
    for (const [name, format] of [
      ["one", "sha1"],
      ["two", "sha256"],
    ] as const) {
      mkdirSync(at(name));
      git(at(name), "init", "-q", `--object-format=${format}`);
      writeFileSync(join(at(name), "key.kdb"), "x");
      git(at(name), "add", ".");
      git(at(name), "commit", "-q", "-m", "first");
      git(at(name), "worktree", "add", "-q", at(`${name}-linked`));
      expect(await tracked(at(`${name}-linked`))).toEqual(["key.kdb"]);
    }
  });

  it("that is split is not taken for the whole", async () => {
    git(folder, "init", "-q");
    fill();
    git(folder, "update-index", "--split-index");
    write("b", "6");
    git(folder, "add", "b");
    expect(await workTreeOf(host, folder)).toBeUndefined();
  });

  it("that is damaged or empty is none", async () => {
    for (const text of ["", "DIRC", `DIRC\0\0\0\u0002\0\0\0\u0001`, `DIRC\0\0\0\u0005\0\0\0\0`]) {
      expect(() => readIndex(new TextEncoder().encode(text)), text).toThrow(RangeError);
    }
    git(folder, "init", "-q");
    expect(await workTreeOf(host, folder)).toBeUndefined();
  });

  it("tells of tracked stores, also through a link to the audited directory", async () => {
    git(folder, "init", "-q");
    fixture("kdb/v4.kdb", "repo/key.kdb");
    fixture("kdb/v4.kdb", "repo/other.kdb");
    git(folder, "add", "repo/key.kdb");
    symlinkSync(at("repo"), at("link"));
    for (const path of [folder, at("repo"), at("link")]) {
      const { result } = await auditPaths(host, [path], { profiles: ["strict"] });
      const places = result.report.findings.flatMap(({ finding }) =>
        finding.rule === "store-tracked-by-git" ? finding.places.map((one) => one.path) : [],
      );
      expect(places, path).toEqual([path === folder ? "repo/key.kdb" : "key.kdb"]);
    }
  });
});
