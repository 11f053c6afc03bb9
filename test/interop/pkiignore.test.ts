import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { Walk } from "../../src/app/audit/walk.ts";
import { nodeHost } from "../../src/io/node-host.ts";
import { git } from "../support/git.ts";

/** A `.pkiignore` means what a `.gitignore` of the same text means to git. */

let folder = "";
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "pki-ignore-"));
  git(folder, "init", "-q");
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const isList = (path: string) => /(?:^|\/)\.(?:git|pki)ignore$/.test(path);

function write(files: Readonly<Record<string, string>>): void {
  for (const [path, text] of Object.entries(files)) {
    const list = path.endsWith("ignore");
    mkdirSync(join(folder, path, ".."), { recursive: true });
    for (const name of list
      ? [`${path.slice(0, -6)}.gitignore`, `${path.slice(0, -6)}.pkiignore`]
      : [path]) {
      writeFileSync(join(folder, name), text);
    }
  }
}

async function audited(): Promise<readonly string[]> {
  const paths: string[] = [];
  for await (const { path } of new Walk(nodeHost()).files([folder])) paths.push(path);
  return paths.filter((path) => !isList(path)).sort();
}

function ofGit(): readonly string[] {
  const paths = git(folder, "ls-files", "-z", "--others", "--exclude-standard").split("\0");
  return paths.filter((path) => path !== "" && !isList(path)).sort();
}

describe.skipIf(process.platform === "win32")("a .pkiignore", () => {
  it("in a directory takes back what one above it ignores", async () => {
    write({
      ignore: "*.kdb\n",
      "conf/ignore": "!key.kdb\n",
      "conf/key.kdb": "",
      "conf/a.kdb": "",
      "key.kdb": "",
    });
    expect(await audited()).toEqual(["conf/key.kdb"]);
    expect(ofGit()).toEqual(["conf/key.kdb"]);
  });

  it("tells capitals from small letters", async () => {
    write({ ignore: "Test/\n*.P12\n", "test/a.p12": "", "Test/b.p12": "", "c.P12": "" });
    expect(await audited()).toEqual(["test/a.p12"]);
    expect(ofGit()).toEqual(["test/a.p12"]);
  });

  // Pseudo-random, the same every time: directories, files and patterns of the parts that are difficult.
  it.each(Array.from({ length: 40 }, (_, i) => [i + 1]))("of chance %d", async (start) => {
    let seed = start;
    const below = (count: number) => {
      seed = (seed * 1_103_515_245 + 12_345) & 0x7fffffff;
      return (seed >> 8) % count;
    };
    const pick = (list: readonly string[]) => list[below(list.length)] as string;
    const directories = [""];
    for (let i = 0; i < 6; i++)
      directories.push(join(pick(directories), pick(["a", "b", "A", "c"]), "/"));
    const files: Record<string, string> = {};
    for (let i = 0; i < 25; i++) files[`${pick(directories)}${pick(NAMES)}.f`] = "";
    for (const directory of ["", pick(directories)]) {
      const patterns = Array.from({ length: 1 + below(4) }, () => {
        const parts = Array.from({ length: 1 + below(3) }, () => pick(PARTS)).join("/");
        return `${below(3) === 0 ? "!" : ""}${below(4) === 0 ? "/" : ""}${parts}${below(4) === 0 ? "/" : ""}`;
      });
      files[`${directory}ignore`] = patterns.join("\n");
    }
    write(files);
    expect(await audited()).toEqual(ofGit());
  });
});

const NAMES = ["key", "x.p12", "a b", "#c", "!d", "[e]", "b*", "f\\"];
const PARTS = [
  ..."a b A * ** *.f key.* ? [ab] [!a] x.p12.f \\#c.f \\!d* #c !d \\[e\\]* b\\** [a-c]* f\\\\.f".split(
    " ",
  ),
  "a b.f",
  "a b.f ",
];
