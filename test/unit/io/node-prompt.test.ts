import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { columnsOf } from "../../../src/render/safe.ts";
import { fixture } from "../../support/fixtures.ts";
import { describePeer } from "../../support/peers.ts";
import { cliCommand, runCli } from "../../support/run-cli.ts";

const PASSWORD = "pässwörd battery";
const hasPython = spawnSync("python3", ["-c", "import pty"]).status === 0;
let cwd = "";

/** Another executable than the one under Node. */
let program: string | undefined;

beforeEach(() => {
  program = undefined;
});
beforeAll(() => {
  cwd = mkdtempSync(join(tmpdir(), "pki-terminal-"));
  writeFileSync(join(cwd, "root.pem"), fixture("pem/root.pem"));
});
afterAll(() => rmSync(cwd, { recursive: true, force: true }));

/** Types on a real terminal: each text after the words it waits for. */
function onTerminal(args: readonly string[], ...steps: readonly (readonly [string, string])[]) {
  const binary = program === undefined ? cliCommand() : [program];
  const driver = resolve("test/support/python/terminal.py");
  const command = [driver, "80", JSON.stringify(steps), ...binary, ...args];
  const { PATH = "" } = process.env;
  const env = { PATH, HOME: cwd, LANG: "C.UTF-8", TERM: "xterm" };
  const run = spawnSync("python3", command, { cwd, env, encoding: "utf8", timeout: 120_000 });
  expect(run.stderr).toBe("");
  return JSON.parse(run.stdout) as { seen: string; code: number; echo: boolean | null };
}

function terminalTests(): void {
  it("asks twice for a new password, without echo, and takes the line editing that people expect", () => {
    const made = onTerminal(
      ["create", "key.kdb"],
      // Ctrl-U begins anew; a backspace takes one character, of however many bytes.
      ["new password for key.kdb: ", `rubbish\u0015${PASSWORD}ü\u007f\r`],
      ["the same again: ", `${PASSWORD}\r`],
    );
    expect(made.code).toBe(0);
    expect(made.seen).not.toContain("battery");
    const env = { PKI_PASSWORD: PASSWORD };
    expect(runCli(["list", "key.kdb"], { cwd, env }).stdout).toContain("integrity verified");
  });

  it("asks again after a wrong one", () => {
    const run = onTerminal(
      ["add", "key.kdb", "root.pem"],
      ["password of key.kdb: ", "wrong\r"],
      ["that is not it", `${PASSWORD}\r`],
    );
    expect(run.code).toBe(0);
    expect(run.seen).toContain("added signer");
  });

  it("ends with 130 on Ctrl-C, with the echo on again and nothing left behind", () => {
    const run = onTerminal(["add", "key.kdb", "root.pem"], ["password of", "corr\u0003"]);
    expect(run.code).toBe(130);
    expect(run.seen).toContain("(interrupted)");
    expect(run.echo).not.toBe(false);
    const add = runCli(["add", "key.kdb", "root.pem", "--lock-timeout", "0"], {
      cwd,
      env: { PKI_PASSWORD: PASSWORD },
    });
    expect(add).toMatchObject({ code: 0, stderr: "" });
  });

  it("fits a list into 80 columns", () => {
    const { seen } = onTerminal(["list", "key.kdb"]);
    const lines = seen.split(/\r?\n/).slice(1);
    expect(lines.filter((line) => columnsOf(line) > 80)).toEqual([]);
    expect(seen).toContain("CN=Fixture Root,O=Fixtu");
  });

  it("does not print DER to it", () => {
    const run = onTerminal(["extract", "root.pem", "CN=Fixture Root,O=Fixture,C=GB", "--der"]);
    expect(run.code).toBe(2);
    expect(run.seen).toContain("DER is not for a terminal");
  });
}

describe.skipIf(!hasPython)("on a terminal (needs python3)", terminalTests);

describePeer("standalone", "the standalone executable on a terminal", (standalone) => {
  beforeAll(() => {
    for (const name of ["key.kdb", "key.rdb", "key.crl"]) rmSync(join(cwd, name), { force: true });
  });
  beforeEach(() => {
    program = standalone;
  });
  terminalTests();
});

describe("without a terminal", () => {
  it("never waits", () => {
    const run = runCli(["add", "key.kdb", "root.pem"], { cwd, input: "", timeoutMs: 30_000 });
    expect(run.code).toBe(4);
    expect(run.stderr).toContain("(password-missing)");
  });

  it("a reader that stops listening is no error", () => {
    const command = [...cliCommand(), "help"].map((word) => `'${word}'`).join(" ");
    const run = spawnSync("sh", ["-c", `${command} | head -c 1`], { encoding: "utf8" });
    expect(run.stderr).toBe("");
    expect(run.stdout).toHaveLength(1);
  });

  it.skipIf(process.platform !== "linux")("a full device is one", () => {
    const command = [...cliCommand(), "help"].map((word) => `'${word}'`).join(" ");
    const run = spawnSync("sh", ["-c", `${command} > /dev/full`], { encoding: "utf8" });
    expect(run.stderr).toContain("standard output: no space left on the device (file-unwritable)");
    expect(run.status).toBe(1);
  });
});
