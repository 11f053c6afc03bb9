import { spawnSync } from "node:child_process";
import {
  chmodSync,
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { parse } from "yaml";
import { auditCommand } from "../../src/cli/commands/audit.ts";
import { main } from "../../src/cli/main.ts";
import { auditFormats } from "../../src/render/audit/index.ts";
import { fakeHost } from "../support/fake-host.ts";

const yaml = (path: string) => parse(readFileSync(path, "utf8"));

/** Long options that `pki audit --help` shows. */
async function knownOptions(): Promise<ReadonlySet<string>> {
  const host = fakeHost();
  await main(host, ["audit", "--help"]);
  return new Set(host.stdout().match(/--[a-z][a-z-]+/g));
}

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "pki-ci-"));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

/** A shell with the program on its path as `pki`. */
function shell(script: string, env: Record<string, string> = {}) {
  const bin = join(folder, "bin");
  mkdirSync(bin, { recursive: true });
  const pki = join(bin, "pki");
  writeFileSync(pki, `#!/bin/sh\nexec "${process.execPath}" "${resolve("dist/pki.cjs")}" "$@"\n`);
  chmodSync(pki, 0o755);
  const { status, stdout, stderr } = spawnSync("bash", ["-c", script], {
    cwd: folder,
    encoding: "utf8",
    env: { PATH: `${bin}:${process.env.PATH}`, HOME: folder, ...env },
  });
  return { status, stdout, stderr };
}

/** A repository with one store; `faulty` is one with findings of severity error. */
function store(faulty: boolean): void {
  mkdirSync(join(folder, "conf"), { recursive: true });
  if (faulty) copyFileSync("certs-fixtures/java/keytool.jks", join(folder, "conf/app.jks"));
  else writeFileSync(join(folder, "conf/readme.txt"), "no stores here\n");
}

describe("the GitHub action", () => {
  const action = yaml("action.yml");
  const audit = (env: Record<string, string> = {}) =>
    shell(`bash "${resolve("ci/github/audit.sh")}"`, {
      PKI_PROGRAM: "pki",
      PKI_PATH: "conf",
      PKI_SARIF: "pki-audit.sarif",
      GITHUB_OUTPUT: join(folder, "output"),
      GITHUB_STEP_SUMMARY: join(folder, "summary"),
      ...env,
    });

  it("passes every input by the environment, none into the text of a script", () => {
    const steps: { run?: string; env?: Record<string, string> }[] = action.runs.steps;
    for (const { run } of steps) expect(run ?? "").not.toContain("${{");
    const passed = JSON.stringify(action.runs.steps);
    for (const name of Object.keys(action.inputs)) expect(passed).toContain(`inputs.${name}`);
    const script = readFileSync("ci/github/audit.sh", "utf8");
    for (const name of Object.keys(steps.find(({ env }) => env !== undefined)?.env ?? {})) {
      expect(script).toContain(name);
    }
  });

  it("sends SARIF by a version of the action that GitHub does not end in December 2026, as it does v3", () => {
    const uses = readFileSync("action.yml", "utf8").match(/uses: (\S+)/g);
    expect(uses).toEqual(["uses: github/codeql-action/upload-sarif@v4"]);
  });

  it("fails a job for an error, annotates it, and leaves SARIF and a summary", () => {
    store(true);
    writeFileSync(join(folder, "summary"), "before\n");
    const { status, stdout } = audit({ PKI_FORMAT: "html=audit.html\ncsv=audit.csv\n" });
    expect(status).toBe(3);
    expect(stdout).toMatch(/^::error file=conf\/app\.jks,line=1,title=[a-z0-9-]+::/m);
    expect(stdout.split("\n").at(-2)).toMatch(/^::notice title=pki audit::\d+ errors?/);
    expect(JSON.parse(readFileSync(join(folder, "pki-audit.sarif"), "utf8")).version).toBe("2.1.0");
    expect(readFileSync(join(folder, "summary"), "utf8")).toMatch(/^before\n## pki audit\n/);
    expect(readFileSync(join(folder, "output"), "utf8")).toBe(
      "exit-code=3\nsarif-file=pki-audit.sarif\n",
    );
    expect(existsSync(join(folder, "audit.html")) && existsSync(join(folder, "audit.csv"))).toBe(
      true,
    );
  });

  it("passes where nothing is wrong, or nothing is to fail it", () => {
    store(false);
    expect(audit().status).toBe(0);
    store(true);
    expect(audit({ PKI_FAIL_ON: "never" }).status).toBe(0);
  });

  it("takes a path for a path, whatever it looks like", () => {
    store(true);
    const { status, stdout } = audit({ PKI_PATH: "conf\n--help\n$(touch owned)\n; touch owned" });
    expect(existsSync(join(folder, "owned"))).toBe(false);
    expect(stdout).not.toContain("Usage");
    expect(status).not.toBe(0);
  });
});

describe("the GitLab template", () => {
  const template = yaml("ci/gitlab/pki-audit.yml");
  const job = template["pki-audit"];

  it("runs as it stands, and leaves the reports that it names", () => {
    store(true);
    const lines: string[] = job.script;
    const { status, stdout, stderr } = shell(lines.join("\n"), {
      ...template.variables,
      PKI_AUDIT_PATH: "conf",
    });
    expect(stderr).toBe("");
    expect(status).toBe(3);
    expect(stdout).toContain("app.jks");
    const { codequality, junit } = job.artifacts.reports;
    const [issue] = JSON.parse(readFileSync(join(folder, codequality), "utf8"));
    expect(issue).toMatchObject({ location: { path: "conf/app.jks", lines: { begin: 1 } } });
    expect(readFileSync(join(folder, junit), "utf8")).toContain('<testsuite name="app.jks"');
  });

  it("does not guess where the package comes from", () => {
    const first: string = job.script[0];
    const { status, stderr } = shell(first.replace("command -v pki", "command -v no-such-program"));
    expect(status).not.toBe(0);
    expect(stderr).toContain("PKI_PACKAGE");
  });
});

describe("the Jenkins example", () => {
  it("has a command that runs, with options that exist", async () => {
    const text = readFileSync("ci/jenkins/Jenkinsfile.example", "utf8");
    const script = /sh\(returnStatus: true, script: '''([\s\S]*?)'''\)/.exec(text)?.[1] ?? "";
    store(true);
    // Groovy makes one backslash of two.
    const { status, stderr } = shell(script.replaceAll("\\\\", "\\"), {
      PKI_PATH: "conf",
      PKI_PROFILE: "mq",
    });
    expect(stderr).toBe("");
    expect(status).toBe(3);
    for (const name of ["junit.xml", "report.html", "findings.csv"]) {
      expect(existsSync(join(folder, "pki-audit", name))).toBe(true);
    }
    const options = await knownOptions();
    for (const option of script.match(/--[a-z][a-z-]+/g) ?? []) expect(options).toContain(option);
  });
});

describe("the pre-commit hooks", () => {
  const hooks: { id: string; entry: string; args?: string[]; files?: string; types?: string[] }[] =
    yaml(".pre-commit-hooks.yaml");
  const entryOf = (id: string) => {
    const { entry = "", args = [] } = hooks.find((hook) => hook.id === id) ?? {};
    return [entry.replace(/^ci\//, `${resolve("ci")}/`), ...args].join(" ");
  };
  const git = (...files: string[]) =>
    shell(`git init -q . && git add ${files.join(" ")}`, { GIT_CONFIG_GLOBAL: "/dev/null" });

  it("are two, with options that exist", async () => {
    expect(hooks.map(({ id }) => id)).toEqual(["pki-audit", "pki-no-private-keys"]);
    const options = await knownOptions();
    for (const { entry } of hooks) {
      for (const option of entry.match(/--[a-z][a-z-]+/g) ?? []) expect(options).toContain(option);
    }
    expect(auditCommand.writes).toBe(false);
  });

  it.each(["a.kdb", "x/b.JKS".toLowerCase(), "c.p12", "d.pem", "e.sth", "lib/security/cacerts"])(
    "pki-audit looks at %s",
    (path) => {
      expect(new RegExp(hooks[0]?.files ?? "").test(path)).toBe(true);
    },
  );

  it.each([
    ["a JKS with a key", "java/keytool.jks", 3],
    ["a KDB with a key", "kdb/v4.kdb", 3],
    ["a PKCS#12 that nobody can open", "pkcs12/gnutls.p12", 3],
    ["certificates only", "pem/bundle.pem", 0],
  ])("pki-no-private-keys judges %s, staged", (_name, fixture, code) => {
    // The name says nothing: the content does.
    copyFileSync(`certs-fixtures/${fixture}`, join(folder, "notes.txt"));
    git("notes.txt");
    const { status, stdout } = shell(`${entryOf("pki-no-private-keys")} notes.txt`);
    expect(stdout).toMatch(code === 0 ? /no findings/ : /store-tracked-by-git/);
    expect(status).toBe(code);
  });

  it("take a file for a file, whatever its name, and say nothing of other files", () => {
    for (const name of ["--fail-on=never", "-x.jks", "notes.md"])
      writeFileSync(join(folder, name), "x");
    copyFileSync("certs-fixtures/java/keytool.jks", join(folder, "key.dat"));
    git("--", ".");
    const run = shell(`${entryOf("pki-no-private-keys")} --fail-on=never notes.md key.dat`);
    expect(run.stdout).toContain("store-tracked-by-git");
    expect(run.stdout).not.toContain("notes.md");
    expect(run.status).toBe(3);
    expect(shell(`${entryOf("pki-audit")} -x.jks`).stdout).toContain("-x.jks: this is no keystore");
  });

  it("pki-no-private-keys refuses a private key in PEM", () => {
    const { status: made } = shell(
      "openssl genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-256 -out server.txt",
    );
    expect(made).toBe(0);
    git("server.txt");
    expect(shell(`${entryOf("pki-no-private-keys")} server.txt`).status).toBe(3);
  });
});

describe("every output", () => {
  it("is written by the program", () => {
    store(true);
    const outputs = auditFormats.map(({ id }) => `--format ${id}=out.${id}`).join(" ");
    const { status, stderr } = shell(`pki audit conf --fail-on never ${outputs}`);
    expect(stderr).toBe("");
    expect(status).toBe(0);
    for (const { id } of auditFormats) {
      expect(readFileSync(join(folder, `out.${id}`), "utf8").endsWith("\n")).toBe(true);
    }
  });
});
