import { spawnSync } from "node:child_process";
import { describe, expect, it } from "vitest";
import { wantsColour } from "../../../../src/render/audit/colour.ts";
import { repositoryPath } from "../../../../src/render/audit/words.ts";
import { columnsOf } from "../../../../src/render/safe.ts";
import {
  estate,
  described as finding,
  inventoryOf,
  rendered,
  reportOf,
} from "../../../support/audit-report.ts";
import { parseXml } from "../../../support/xml.ts";

const many = (severity: "error" | "warning" | "notice", count: number) =>
  Array.from({ length: count }, (_, i) =>
    finding("key-shared", severity, [{ path: `${severity}${i}.kdb` }]),
  );

describe("human", () => {
  it("groups by store, the worst first, the severity in words", async () => {
    const text = await rendered("human", estate());
    const stores = text.split("\n").filter((line) => /^[a-z]+\/.*\.(kdb|jks|sth)$/.test(line));
    expect(stores).toEqual([
      "um/realm/keystore.jks",
      "mq/client/client.kdb",
      "mq/qm1/key.kdb",
      "mq/qm1/key.sth",
    ]);
    expect(text).toContain("  warning  certificate-expires-soon: ibmwebspheremqqm1\n");
    expect(text).toContain(
      "10 files, 6 stores, 9 certificates, 1 not opened: 3 errors, 2 warnings, 1 notice\n",
    );
  });

  it.each([
    [undefined, 80],
    [40, 40],
    [20, 40],
    [200, 100],
  ])("with %s columns fits %d", async (columns, width) => {
    const text = await rendered("human", estate(), { columns, colour: false });
    const widest = Math.max(...text.split("\n").map(columnsOf));
    expect(widest).toBeLessThanOrEqual(width);
    expect(widest).toBeGreaterThan(width - 15);
  });

  it("colours the severity word only where asked", async () => {
    expect(await rendered("human", estate())).not.toContain("\x1b");
    const text = await rendered("human", estate(), { columns: 80, colour: true });
    expect(text).toContain("\x1b[1;31merror\x1b[0m    certificate-expired");
    expect(text.replace(/\x1b\[[0-9;]*m/g, "")).toBe(await rendered("human", estate()));
  });

  it("says so where there is nothing to say", async () => {
    expect(await rendered("human", reportOf({ findings: [] }))).toBe(
      "3 files, 0 stores, 0 certificates: no findings\n",
    );
  });
});

describe("colour", () => {
  it.each([
    [{}, true, true],
    [{}, false, false],
    [{ TERM: "dumb" }, true, false],
    [{ NO_COLOR: "1" }, true, false],
    [{ NO_COLOR: "" }, true, true],
    [{ FORCE_COLOR: "1" }, false, true],
    [{ FORCE_COLOR: "1", TERM: "dumb" }, true, true],
    [{ FORCE_COLOR: "0" }, true, false],
    [{ FORCE_COLOR: "1", NO_COLOR: "1" }, true, false],
  ])("with %j on a terminal: %s is %s", (env: Record<string, string>, terminal, colour) => {
    expect(wantsColour((name) => env[name], terminal)).toBe(colour);
  });
});

describe("github", () => {
  it.each([9, 10, 11])("annotates ten of %d errors and counts all", async (count) => {
    const lines = (await rendered("github", reportOf({ findings: many("error", count) })))
      .trimEnd()
      .split("\n");
    expect(lines.filter((line) => line.startsWith("::error ")).length).toBe(Math.min(count, 10));
    expect(lines.at(-1)).toContain(`::${count} errors, 0 warnings, 0 notices`);
    expect(lines.at(-1)?.includes("only the first 10")).toBe(count > 10);
  });

  it("leaves room for its own notice", async () => {
    const text = await rendered("github", reportOf({ findings: many("notice", 30) }));
    expect(text.match(/^::notice /gm)).toHaveLength(10);
  });
});

describe("paths in a repository", () => {
  it.each([
    [".", "a/b.kdb", "a/b.kdb"],
    ["conf", "b.kdb", "conf/b.kdb"],
    ["./conf/", "./b.kdb", "conf/b.kdb"],
    ["conf/../etc", "b.jar!/c.jks", "etc/b.jar"],
    ["../x", "b", "../x/b"],
    ["/opt/mq", "b.kdb", "/opt/mq/b.kdb"],
    [".", "/opt/b.kdb", "/opt/b.kdb"],
  ])("%s and %s are %s", (root, path, expected) => {
    expect(repositoryPath(root, path)).toBe(expected);
  });
});

describe("csv", () => {
  it("has one line for each finding and place, under a heading", async () => {
    const rows = (await rendered("csv", estate())).trimEnd().split("\r\n");
    expect(rows).toHaveLength(1 + 8);
    expect(rows[0]).toBe(
      '"severity","rule","path","label","sha256","message","fix","cites","fingerprint"',
    );
  });

  it("takes the sting from a formula and leaves other text alone", async () => {
    const report = reportOf({
      findings: [
        finding("key-shared", "error", [{ path: "a", label: "=1+1" }], { message: 'x "=1"' }),
      ],
    });
    expect(await rendered("csv", report)).toContain(`"a","'=1+1","","x ""=1"""`);
  });
});

describe("junit", () => {
  it("fails errors and warnings, passes notices, and is XML to a parser that is not ours", async () => {
    const text = await rendered("junit", estate());
    expect(text.match(/<failure /g)).toHaveLength(7);
    expect(text.match(/<system-out>[^<]/g)).toHaveLength(1);
    expect(text.match(/<error /g)).toHaveLength(1);
    const python = "import sys, xml.dom.minidom as m; m.parseString(sys.stdin.buffer.read())";
    const { error, status, stderr } = spawnSync("python3", ["-c", python], {
      input: text,
      encoding: "utf8",
    });
    if (error === undefined) expect(stderr + status).toBe("0");
  });

  // What Windy Road's JUnit.xsd (Ant) demands; Jenkins' junit-10.xsd allows more and nothing less.
  it("has the elements, attributes and order of Ant's schema, and counts that are true", async () => {
    const suites = parseXml(await rendered("junit", estate()));
    expect([suites.name, suites.attributes]).toEqual(["testsuites", {}]);
    expect(suites.children.length).toBeGreaterThan(3);
    for (const [i, { name, attributes, children }] of suites.children.entries()) {
      expect(name).toBe("testsuite");
      expect(Object.keys(attributes).sort()).toEqual(
        "errors failures hostname id name package skipped tests time timestamp".split(" "),
      );
      expect(attributes).toMatchObject({ id: `${i}`, hostname: "localhost", time: "0" });
      expect(attributes.timestamp).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d$/);
      const cases = children.slice(1, -2);
      expect([children[0], ...children.slice(-2)].map((child) => child?.name)).toEqual([
        "properties",
        "system-out",
        "system-err",
      ]);
      const counts = { failure: 0, error: 0, skipped: 0 };
      for (const one of cases) {
        expect(one.name).toBe("testcase");
        expect(Object.keys(one.attributes).sort()).toEqual(["classname", "name", "time"]);
        expect(one.children.length).toBeLessThan(2);
        for (const outcome of one.children) counts[outcome.name as keyof typeof counts]++;
      }
      const { tests, failures, errors, skipped } = attributes;
      expect([tests, failures, errors, skipped].map(Number)).toEqual([
        cases.length,
        counts.failure,
        counts.error,
        counts.skipped,
      ]);
    }
  });
});

describe("gitlab", () => {
  it("has one issue for each finding, each with its own fingerprint", async () => {
    const issues = JSON.parse(await rendered("gitlab", estate()));
    expect(
      new Set(issues.map(({ fingerprint }: { fingerprint: string }) => fingerprint)).size,
    ).toBe(6);
    expect(issues[0]).toMatchObject({
      check_name: "certificate-expired",
      severity: "critical",
      location: { path: "conf/um/realm/keystore.jks", lines: { begin: 1 } },
    });
    expect(await rendered("gitlab", reportOf({ findings: [] }))).toBe("[]\n");
  });
});

describe("prometheus", () => {
  it("has the names and labels of x509-certificate-exporter", async () => {
    const text = await rendered("prometheus", estate());
    expect(text).toContain(
      'x509_cert_not_after{filename="key.kdb",filepath="mq/qm1/key.kdb",issuer_C="GB",issuer_O="Example",issuer_CN="Example Issuing CA 2",serial_number="662316",subject_C="GB",subject_O="Example",subject_CN="QM1"} 1796688000\n',
    );
    expect(text).toContain('pki_findings{severity="error"} 3\n');
    expect(text).toMatch(/x509_cert_error\{[^}]*integration-server\.bks"\} 1\n/);
  });

  it("writes no series twice, however alike certificates are", async () => {
    const at = [
      ["a.kdb", "x", "signer"],
      ["a.kdb", "y", "signer"],
    ] as const;
    const report = reportOf({
      findings: [],
      inventory: inventoryOf([
        { subject: "CN=a", at },
        { subject: "CN=a", at },
        { subject: "CN=a", at },
      ]),
    });
    const series = (await rendered("prometheus", report))
      .split("\n")
      .filter((line) => line.startsWith("x509_cert_not_after{"));
    expect(series).toHaveLength(3);
    expect(new Set(series).size).toBe(3);
  });
});
