import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { describe, expect, it } from "vitest";
import { main } from "../../src/cli/main.ts";
import { fakeHost } from "../support/fake-host.ts";
import { describePeer } from "../support/peers.ts";
import { runCli } from "../support/run-cli.ts";
import {
  linesMatch,
  linesOf,
  parseTranscript,
  rewriteTranscript,
  type Step,
  type Transcript,
} from "../support/transcript.ts";
import { sameButVolatile } from "../support/volatile.ts";

/** When the transcripts were recorded. */
const NOW = new Date("2026-12-01T00:00:00Z");
const folder = import.meta.dirname;
const names = readdirSync(folder).filter((name) => name.endsWith(".txt"));
const read = (name: string) => parseTranscript(readFileSync(join(folder, name), "utf8"));

interface Ran {
  readonly stdout: string;
  readonly stderr: string;
  readonly code: number;
}

function check(step: Step, ran: Ran, same?: (recorded: string, printed: string) => boolean): void {
  const printed = linesOf(ran.stdout);
  if (!linesMatch(step.stdout, printed, same)) {
    expect(printed, `line ${step.line}: ${step.command}`).toEqual(step.stdout);
  }
  const said = linesOf(ran.stderr);
  if (!linesMatch(step.stderr, said, same)) {
    expect(said, `line ${step.line}, stderr: ${step.command}`).toEqual(step.stderr);
  }
  expect(ran.code, `line ${step.line}: exit code of ${step.command}`).toBe(step.code);
}

async function runInProcess(transcript: Transcript, update: boolean): Promise<readonly Ran[]> {
  const host = fakeHost({
    now: NOW,
    files: Object.fromEntries(transcript.files),
    env: transcript.env,
    ...(transcript.answers === undefined ? {} : { answers: transcript.answers }),
    ...(transcript.terminal === undefined
      ? {}
      : { stdoutIsTerminal: true, columns: transcript.terminal }),
  });
  const disk = () =>
    [...host.disk].map(([path, { bytes, mode }]) => [
      path,
      mode,
      Buffer.from(bytes).toString("hex"),
    ]);
  const runs: Ran[] = [];
  let out = 0;
  let err = 0;
  for (const step of transcript.steps) {
    const before = disk();
    const code = await main(host, step.argv);
    const ran = { code, stdout: host.stdout().slice(out), stderr: host.stderr().slice(err) };
    out = host.stdout().length;
    err = host.stderr().length;
    runs.push(ran);
    if (!update) check(step, ran);
    if (code !== 0) expect(disk(), `${step.command} failed and changed a file`).toEqual(before);
    expect([...host.locksHeld], "locks left").toEqual([]);
  }
  return runs;
}

describe("transcripts", () => {
  it.each(names)("%s", async (name) => {
    const transcript = read(name);
    const update = process.env.UPDATE !== undefined;
    const runs = await runInProcess(transcript, update);
    if (update) writeFileSync(join(folder, name), rewriteTranscript(transcript, runs));
  });
});

/**
 * Those that need no person: typed answers need a terminal, which mixes stdout with stderr. A real one is
 * typed on in test/unit/io/node-prompt.test.ts.
 */
const real = names.filter((name) => {
  const { answers, terminal } = read(name);
  return answers === undefined && terminal === undefined;
});

it("all transcripts but that of prompts run for real", () => {
  expect(names.filter((name) => !real.includes(name))).toEqual(["password.txt"]);
});

describe("transcripts through the real binary", () => {
  it.each(real)("%s", (name) => runReal(read(name), {}));
});

describePeer("standalone", "transcripts through the standalone executable", (standalone) => {
  it.each(real)("%s", (name) => runReal(read(name), { program: standalone }));
});

function runReal(transcript: Transcript, binary: { readonly program?: string }): void {
  const cwd = mkdtempSync(join(tmpdir(), "pki-transcript-"));
  try {
    for (const [path, bytes] of transcript.files) {
      mkdirSync(dirname(join(cwd, path)), { recursive: true });
      writeFileSync(join(cwd, path), bytes, { mode: 0o600 });
    }
    for (const step of transcript.steps) {
      const before = contents(cwd);
      const ran = runCli(step.argv, { cwd, env: transcript.env, ...binary });
      check(step, { ...ran, code: ran.code ?? -1 }, sameButVolatile(NOW, new Date()));
      if (ran.code !== 0) expect(contents(cwd), `${step.command} changed a file`).toEqual(before);
    }
  } finally {
    rmSync(cwd, { recursive: true, force: true });
  }
}

function contents(folder: string): ReadonlyMap<string, string> {
  const found = new Map<string, string>();
  for (const name of readdirSync(folder, { recursive: true, encoding: "utf8" }).sort()) {
    const path = join(folder, name);
    if (existsSync(path) && statSync(path).isFile()) {
      found.set(name, readFileSync(path).toString("hex"));
    }
  }
  return found;
}
