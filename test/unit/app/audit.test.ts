import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { type AuditOptions, auditPaths } from "../../../src/app/audit.ts";
import { certificateExpired } from "../../../src/audit/rules/certificate-expired.ts";
import { certificateExpiresSoon } from "../../../src/audit/rules/certificate-expires-soon.ts";
import { findingJson } from "../../../src/render/audit/json.ts";
import { type FakeHost, fakeHost } from "../../support/fake-host.ts";

/** Two are enough to see findings: what others find in the fixtures is not asked here. */
const rules = [certificateExpired, certificateExpiresSoon];

const fixture = (path: string) => new Uint8Array(readFileSync(`certs-fixtures/${path}`));
const root = fixture("pem/root.pem");
/** The fixtures' root ends on 2126-10-29. */
const LATER = new Date("2127-01-01T00:00:00Z");

async function audit(host: FakeHost, options: AuditOptions = {}, paths = ["."]) {
  return (await auditPaths(host, paths, { rules, ...options })).result;
}

const ids = ({ report }: Awaited<ReturnType<typeof audit>>) =>
  report.findings.map(({ finding }) => finding.rule);

describe("what an audit sees", () => {
  it("stores by content, sorted, whatever their names, and nothing of ordinary files", async () => {
    const host = fakeHost({
      files: {
        "z/readme.md": "-----BEGIN CERTIFICATE-----\n",
        "b.bin": fixture("java/signers.jks"),
        "a/key.kdb": fixture("kdb/v4.kdb"),
        "a/notes.txt": "hello",
      },
    });
    const { report } = await audit(host);
    expect(report.stores.map(({ path, format, opened }) => [path, format, opened])).toEqual([
      ["a/key.kdb", "kdb", true],
      ["b.bin", "jks", true],
    ]);
    expect(report.summary).toMatchObject({ files: 4, stores: 2, refused: 0 });
  });

  it("a promise that is not kept, with its reason", async () => {
    const files = { "x.jks": "no store", "y.p12": "", "z.bks": fixture("java/empty.jks") };
    const { report } = await audit(fakeHost({ files }));
    expect(report.stores.map(({ path, code, message }) => [path, code, message])).toEqual([
      ["x.jks", "format-unknown", "this is no keystore or certificate that pki knows"],
      ["y.p12", "format-unknown", "the file is empty"],
      ["z.bks", undefined, undefined],
    ]);
  });

  it("paths of several directories by the names given; each file once", async () => {
    const host = fakeHost({ files: { "a/root.pem": root, "b/root.pem": root } });
    const { report } = await audit(host, {}, ["a", "b", "a/root.pem"]);
    expect(report.stores.map(({ path }) => path)).toEqual(["a/root.pem", "b/root.pem"]);
    expect(report.root).toBe(".");
  });

  it("nothing that .pkiignore names, in its directory and below", async () => {
    const files = {
      "a/.pkiignore": "*.pem\n!keep.pem\n/old/\n",
      "a/x.pem": root,
      "a/deep/y.pem": root,
      "a/keep.pem": root,
      "a/old/store.jks": fixture("java/signers.jks"),
      "b/x.pem": root,
    };
    const { report } = await audit(fakeHost({ files }));
    expect(report.stores.map(({ path }) => path)).toEqual(["a/keep.pem", "b/x.pem"]);
  });

  it("a named path that is not there: an error alone, told beside others", async () => {
    const host = fakeHost({ files: { "a.pem": root } });
    await expect(audit(host, {}, ["none"])).rejects.toMatchObject({ code: "file-not-found" });
    const { unseen } = await audit(host, {}, ["none", "a.pem"]);
    expect(unseen.map(({ path }) => path)).toEqual(["none"]);
  });
});

describe("how an audit opens stores", () => {
  it("with the stash beside them, and says what it knows of the password", async () => {
    const files = { "key.kdb": fixture("kdb/v4.kdb"), "key.sth": fixture("kdb/v4.sth") };
    const { report } = await audit(fakeHost({ files }));
    expect(report.stores[0]).toMatchObject({ integrity: "verified", password: "stash" });
  });

  it("with a well-known password, which is no secret", async () => {
    const host = fakeHost({ files: { "t.jks": fixture("java/empty.jks") } });
    const { report } = await audit(host);
    const [store] = report.stores;
    expect(["verified", "not-checked"]).toContain(store?.integrity);
  });

  it("with the passwords of a file, by pattern; a wrong source is not quoted", async () => {
    const files = {
      "conf/a.p12": fixture("pkcs12/openssl.p12"),
      "pw.yaml": '"conf/*.p12": env:P12\n',
      "bad.yaml": '"*": hunter2\n',
    };
    const { password } = JSON.parse(readFileSync("certs-fixtures/manifest.json", "utf8"))[
      "pkcs12/openssl.p12"
    ] ?? { password: undefined };
    const host = fakeHost({ files, env: { P12: password ?? "" } });
    const { report } = await audit(host, { passwords: "pw.yaml" });
    if (password !== undefined) {
      expect(report.stores[0]).toMatchObject({ opened: true, password: "given" });
    }
    const wrong = audit(host, { passwords: "bad.yaml" });
    await expect(wrong).rejects.toMatchObject({ code: "usage", path: "bad.yaml", where: "1:6" });
    await expect(wrong).rejects.not.toThrow(/hunter2/);
  });
});

describe("time", () => {
  it("--at looks ahead; the fingerprint stays", async () => {
    const files = { "a.pem": root, "b.pem": root };
    const first = await audit(fakeHost({ files }), { at: LATER });
    expect(ids(first)).toEqual(["certificate-expired"]);
    expect(first.report.findings[0]?.finding.places.map(({ path }) => path)).toEqual([
      "a.pem",
      "b.pem",
    ]);
    const second = await audit(fakeHost({ files }), { at: new Date("2130-01-01T00:00:00Z") });
    expect(second.report.findings[0]?.finding.fingerprint).toBe(
      first.report.findings[0]?.finding.fingerprint,
    );
    expect(ids(await audit(fakeHost({ files })))).toEqual([]);
  });
});

describe("policy", () => {
  const files = (policy: string) => ({
    "a/x.pem": root,
    "b/x.pem": root,
    "pki-policy.yaml": policy,
  });

  it("switches rules off, changes severities, by path", async () => {
    const policy = `rules:\n  certificate-expired: warning\npaths:\n  - match: /a/\n    rules:\n      certificate-expired: off\n`;
    const result = await audit(fakeHost({ files: files(policy) }), { at: LATER });
    const [finding] = result.report.findings;
    expect(finding?.finding.places.map(({ path }) => path)).toEqual(["b/x.pem"]);
    expect(finding?.finding.severity).toBe("warning");
    expect(result.failed).toBe(false);
  });

  it("fails for what is not shown as well, and says so", async () => {
    const policy = "rules:\n  certificate-expires-soon:\n    severity: warning\n    days: 40000\n";
    const audited = async (options: Partial<AuditOptions>) => {
      const host = fakeHost({ files: files(policy) });
      const { result, notices } = await auditPaths(host, ["."], {
        rules: [certificateExpiresSoon],
        ...options,
      });
      return [result.report.findings.length, result.failed, notices.length];
    };
    expect(await audited({ failOn: "warning" })).toEqual([1, true, 0]);
    expect(await audited({ failOn: "warning", minSeverity: "error" })).toEqual([0, true, 1]);
    expect(await audited({ failOn: "error", minSeverity: "error" })).toEqual([0, false, 0]);
    expect(await audited({ failOn: "never", minSeverity: "error" })).toEqual([0, false, 0]);
  });

  it("sets parameters, fail-on and min-severity", async () => {
    const policy = `fail-on: notice\nrules:\n  certificate-expires-soon:\n    severity: notice\n    days: 40000\n`;
    const result = await audit(fakeHost({ files: files(policy) }));
    expect(ids(result)).toEqual(["certificate-expires-soon"]);
    expect(result.failed).toBe(true);
    const more = await audit(fakeHost({ files: files(policy) }), { minSeverity: "warning" });
    expect(ids(more)).toEqual([]);
  });

  it.each([
    ["rules:\n  certificate-expird: off\n", "2:3"],
    ["rules:\n  certificate-expires-soon:\n    dayz: 3\n", "3:5"],
    ["rules:\n  certificate-expires-soon:\n    days: soon\n", "3:11"],
    ["rules:\n  certificate-expired: loud\n", "2:24"],
    ["profiles: [mq, nonsense]\n", "1:16"],
    ["paths:\n  - match: x\n", "2:5"],
    ["fail-on: [x]\n", "1:10"],
    ["rulez: {}\n", "1:1"],
    ["rules: &x {}\npaths: *x\n", "2:8"],
    ["profiles: [\n", "2:1"],
    ["fail-on: error\nfail-on: never\n", "2:1"],
    ["- x\n", "1:1"],
  ])("is refused with line and column: %j", async (policy, where) => {
    const refused = audit(fakeHost({ files: files(policy) }));
    await expect(refused).rejects.toMatchObject({ code: "usage", path: "pki-policy.yaml", where });
  });
});

describe("ignore entries and baselines", () => {
  const at = { at: LATER };
  const files = (ignore: string) => ({
    "a/x.pem": root,
    "b/x.pem": root,
    ".pki-ignore.yaml": ignore,
  });
  const entry = (more: string) =>
    `ignore:\n  - rule: certificate-expired\n    reason: replaced in May\n${more}`;

  it("an entry hides the places it names, with its reason", async () => {
    const result = await audit(fakeHost({ files: files(entry("    paths: /a/\n")) }), at);
    expect(result.report.findings[0]?.finding.places.map(({ path }) => path)).toEqual(["b/x.pem"]);
    expect(result.report.suppressed).toMatchObject([{ by: "ignore", reason: "replaced in May" }]);
    expect(ids(await audit(fakeHost({ files: files(entry("")) }), at))).toEqual([]);
  });

  it("an expired one hides nothing and is told; its last day still counts", async () => {
    const host = () => fakeHost({ files: files(entry("    until: 2127-01-01\n")) });
    expect(ids(await audit(host(), { at: new Date("2127-01-01T23:59:59Z") }))).toEqual([]);
    expect(ids(await audit(host(), { at: new Date("2127-01-02T00:00:00Z") }))).toEqual([
      "certificate-expired",
      "ignore-entry-expired",
    ]);
  });

  it("an unused one is told", async () => {
    const result = await audit(fakeHost({ files: files(entry("    label: nobody\n")) }), at);
    expect(ids(result)).toContain("ignore-entry-unused");
    expect(result.report.findings.at(-1)?.finding.places).toEqual([{ path: ".pki-ignore.yaml" }]);
  });

  it.each([
    ["ignore:\n  - rule: certificate-expired\n", "2:5"],
    [entry("    until: tomorrow\n"), "4:12"],
    [entry("    until: 2027-02-30\n"), "4:12"],
    [entry("    certificate: 12\n"), "4:18"],
    ["ignore:\n  - rule: nothing\n    reason: x\n", "2:11"],
  ])("is refused with line and column: %j", async (ignore, where) => {
    const refused = audit(fakeHost({ files: files(ignore) }));
    await expect(refused).rejects.toMatchObject({ code: "usage", where });
  });

  it("a baseline hides what was there and nothing new", async () => {
    const host = fakeHost({ files: { "x.pem": root } });
    const outcome = await auditPaths(host, ["."], {
      ...at,
      rules,
      baseline: "b.json",
      updateBaseline: true,
    });
    expect(ids(outcome.result)).toEqual(["certificate-expired"]);
    const [write] = outcome.writes;
    const baseline = new TextDecoder().decode(write?.bytes);
    const other = fixture("pem/other-root.pem");
    const files = { "x.pem": root, "y.pem": other, "b.json": baseline };
    const again = await audit(fakeHost({ files }), { ...at, baseline: "b.json" });
    expect(again.report.findings.flatMap(({ finding }) => finding.places[0].path)).toEqual([
      "y.pem",
    ]);
    expect(again.report.suppressed.map(({ by }) => by)).toEqual(["baseline"]);
    const damaged = fakeHost({ files: { "x.pem": root, "b.json": "{}" } });
    await expect(audit(damaged, { baseline: "b.json" })).rejects.toMatchObject({ code: "usage" });
  });
});

describe("the cache", () => {
  const files = {
    "key.kdb": fixture("kdb/v4.kdb"),
    "key.sth": fixture("kdb/v4.sth"),
    "a.jks": fixture("java/chain.jks"),
    "b.p12": fixture("pkcs12/openssl.p12"),
    "c.p12": fixture("attacks/p12-truncated.p12"),
    "x.pem": root,
  };

  it("gives the same report, without opening; holds no open key and is private", async () => {
    const options = { at: LATER, cache: "cache", profiles: ["mq", "java", "strict"] as const };
    const { result: plain } = await auditPaths(fakeHost({ files }), ["."], {
      at: LATER,
      profiles: options.profiles,
    });
    const first = await auditPaths(fakeHost({ files }), ["."], options);
    const [write] = first.writes;
    expect(write).toMatchObject({ path: "cache", private: true });
    const cached = { ...files, cache: write?.bytes as Uint8Array };
    const second = await auditPaths(fakeHost({ files: cached }), ["."], options);
    expect(second.writes).toEqual([]);
    const shown = ({ report }: typeof plain) =>
      JSON.stringify([report.findings.map(findingJson), report.stores]);
    expect(shown(first.result)).toBe(shown(plain));
    expect(shown(second.result)).toBe(shown(plain));
  });

  it("is begun anew for other passwords and another program", async () => {
    const make = await auditPaths(fakeHost({ files }), ["."], { cache: "cache", program: "1" });
    const cached = { ...files, cache: make.writes[0]?.bytes as Uint8Array };
    const other = { cache: "cache", program: "2" };
    expect((await auditPaths(fakeHost({ files: cached }), ["."], other)).writes).toHaveLength(1);
    const given = { cache: "cache", program: "1", password: "pass:other" };
    expect((await auditPaths(fakeHost({ files: cached }), ["."], given)).writes).toHaveLength(1);
  });

  it("never replaces a file that is none", async () => {
    const host = fakeHost({ files: { ...files, "notes.txt": "mine" } });
    await expect(audit(host, { cache: "notes.txt" })).rejects.toMatchObject({ code: "usage" });
  });
});
