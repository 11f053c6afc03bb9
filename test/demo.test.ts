import { execFileSync } from "node:child_process";
import { cpSync, existsSync, mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { mustRun } from "./support/program.ts";
import { sharedFixture, sharedFolder } from "./support/shared.ts";

// What a newcomer runs first: npm run demo.
const folders: string[] = [];
function folder(): string {
  const made = mkdtempSync(join(tmpdir(), "pki-demo-test-"));
  folders.push(made);
  return made;
}
afterAll(() => {
  for (const one of folders) rmSync(one, { recursive: true });
});

function demo(...args: readonly string[]): string {
  return execFileSync(process.execPath, ["scripts/demo.mjs", ...args], {
    encoding: "utf8",
    stdio: ["ignore", "pipe", "pipe"],
    env: { PATH: process.env.PATH ?? "" },
  });
}

describe("the demo", () => {
  it("makes a CA and two stores, proves them, and suggests commands that work", async () => {
    const home = folder();
    const out = demo("--dir", home);
    expect(readdirSync(home).sort()).toEqual([
      "ca",
      "ca.password",
      "client.crl",
      "client.kdb",
      "client.password",
      "client.rdb",
      "client.sth",
      "server.jks",
      "server.password",
    ]);
    expect(out.match(/^proved: \w+ connects to \w+: TLSv1\.3/gm)).toHaveLength(4);
    expect(out).toContain("\nnothing to do\n");
    const suggested = [...out.matchAll(/^ {2}pki (.*?) +# /gm)].map(([, words = ""]) => words);
    expect(suggested.length).toBeGreaterThan(2);
    for (const words of suggested) await mustRun(home, words.split(" "));
  });

  it("leaves a folder alone that has something in it", () => {
    const home = folder();
    cpSync("package.json", join(home, "package.json"));
    expect(() => demo("--dir", home)).toThrow(/is not empty/);
    expect(readdirSync(home)).toEqual(["package.json"]);
  });

  const real = sharedFolder("kdb").length === 0 ? it.skip : it;
  real("does the same with a copy of key databases that GSKit wrote", () => {
    const home = folder();
    const out = demo("--dir", home, "--stores", sharedFixture("kdb") ?? "");
    expect(out.match(/both accept each other/g)).toHaveLength(6);
    expect(existsSync(join(home, "v3-mq-mutual-tls.kdb"))).toBe(true);
  });
});
