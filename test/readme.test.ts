import {
  chmodSync,
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { PASSWORD as FIXTURE_PASSWORD } from "../scripts/fixtures/rules/forge-stores.ts";
import { runCli } from "./support/run-cli.ts";

// The README's own commands, in its own order, by the program as users run it.

const env = {
  CA_PASSWORD: "a CA password for tests 1",
  QM_PASSWORD: "a queue manager's password 2",
  APP_PASSWORD: "an application's password 3",
};

const readme = readFileSync("README.md", "utf8");
const commands = [...readme.matchAll(/```console\n(.*?)```/gs)].flatMap(([, block]) =>
  (block as string)
    .split("\n")
    .filter((line) => line.startsWith("$ pki "))
    .map((line) => line.slice("$ pki ".length)),
);

/** Words of a shell line; double quotes only, which is all the README uses. */
function words(line: string): string[] {
  return [...line.matchAll(/"([^"]*)"|(\S+)/g)].map(
    ([, quoted, plain]) => quoted ?? (plain as string),
  );
}

describe("README", () => {
  let cwd = "";
  beforeAll(() => {
    cwd = mkdtempSync(join(tmpdir(), "pki-readme-"));
    mkdirSync(join(cwd, "qm1"));
    mkdirSync(join(cwd, "app"));
    for (const line of [
      "issue peer qm1/key.kdb --qmgr QM1 --self-signed --stash --password env:QM_PASSWORD",
      "issue peer app/keystore.jks --label app --self-signed --password env:APP_PASSWORD",
    ]) {
      const made = runCli(words(line), { cwd, env });
      expect(made, made.stderr).toMatchObject({ code: 0 });
    }
  });
  afterAll(() => rmSync(cwd, { recursive: true, force: true }));

  test("shows commands", () => {
    expect(commands.length).toBeGreaterThan(10);
  });

  test.each(commands)("pki %s", (line) => {
    const run = runCli(words(line), { cwd, env });
    expect(run, run.stderr).toMatchObject({ code: 0 });
    expect(run.stdout).not.toBe("");
  });

  test("the build with the MD5 certificate fails, and passes after it was issued anew", () => {
    mkdirSync(join(cwd, "conf"));
    const conf = join(cwd, "conf", "qm.kdb");
    copyFileSync("certs-fixtures/rules/signature-md5/bad/qm.kdb", conf);
    chmodSync(conf, 0o600);
    const steps = [...readme.matchAll(/```audit\n(.*?)```/gs)].flatMap(([, block]) => [
      ...(block as string).matchAll(/\$ pki (.*)\n= (\d)(?: (\S+))?/g),
    ]);
    expect(steps.length).toBe(4);
    const fixturePassword = { QM_PASSWORD: FIXTURE_PASSWORD };
    for (const [, line, code, rule] of steps) {
      const run = runCli(words(line as string), { cwd, env: { ...env, ...fixturePassword } });
      expect(run.code, `${line}\n${run.stdout}${run.stderr}`).toBe(Number(code));
      if (rule !== undefined) expect(run.stdout).toContain(rule);
    }
  });

  test("names files that exist", () => {
    const links = [...readme.matchAll(/\]\(([^)#]+)\)/g)].map(([, link]) => link as string);
    for (const link of links.filter((one) => !/^[a-z]+:/.test(one))) {
      expect(existsSync(link), link).toBe(true);
    }
  });
});
