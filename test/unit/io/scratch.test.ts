import { mkdtempSync, readdirSync, readlinkSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { nodeHost } from "../../../src/io/node-host.ts";
import { PkiError } from "../../../src/model/error.ts";

let folder: string;
let before: string | undefined;

beforeEach(() => {
  before = process.env.TMPDIR;
  folder = mkdtempSync(join(tmpdir(), "pki-scratch-"));
  process.env.TMPDIR = folder;
});

afterEach(() => {
  if (before === undefined) delete process.env.TMPDIR;
  else process.env.TMPDIR = before;
  rmSync(folder, { recursive: true });
});

/** Where the open files of this process lie, and their permission bits. */
const openFiles = (): readonly { path: string; mode: number }[] =>
  readdirSync("/proc/self/fd").flatMap((fd) => {
    try {
      const path = readlinkSync(`/proc/self/fd/${fd}`);
      return [{ path, mode: statSync(`/proc/self/fd/${fd}`).mode & 0o777 }];
    } catch {
      return []; // the descriptor of the listing itself
    }
  });

describe("a temporary file", () => {
  it("gives back what was written, and has no name while it is open", () => {
    const file = nodeHost().scratch.open();
    expect(readdirSync(folder)).toEqual([]);
    file.write(Uint8Array.of(1, 2, 3, 4), 0);
    file.write(new Uint8Array(1_000_000).fill(9), 4);
    const into = new Uint8Array(3);
    file.read(into, 2);
    expect([...into]).toEqual([3, 4, 9]);
    expect(readdirSync(folder)).toEqual([]);
  });

  it("refuses to read what is not there", () => {
    const file = nodeHost().scratch.open();
    file.write(Uint8Array.of(1), 0);
    expect(() => file.read(new Uint8Array(2), 0)).toThrow(PkiError);
  });

  it.runIf(process.platform === "linux")("is its owner's alone (needs /proc)", () => {
    nodeHost().scratch.open();
    const ours = openFiles().filter(({ path }) => path.startsWith(folder));
    expect(ours.length).toBe(1);
    expect(ours[0]?.mode).toBe(0o600);
    expect(ours[0]?.path).toMatch(/\/pki-\d+-[0-9a-f]{16}\.tmp \(deleted\)$/);
  });

  it("says what to do where it cannot be made", () => {
    process.env.TMPDIR = join(folder, "missing");
    let error: unknown;
    try {
      nodeHost().scratch.open();
    } catch (caught) {
      error = caught;
    }
    expect(error).toMatchObject({
      code: "file-unwritable",
      message: "the temporary file cannot be made: no such file or directory",
      hint: "name a directory with more room in TMPDIR",
    });
  });
});

it("the memory is that of this process, in octets", () => {
  const memory = nodeHost().scratch.memory();
  expect(memory).toBeGreaterThan(64 * 1024 ** 2);
  expect(memory).toBeLessThan(64 * 1024 ** 4);
});
