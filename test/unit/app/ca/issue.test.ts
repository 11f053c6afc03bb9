import { beforeAll, describe, expect, test } from "vitest";
import { caFiles, checkCaKey, openCa, writeCaKey } from "../../../../src/app/ca/ca.ts";
import { type InitCaOptions, initCa } from "../../../../src/app/ca/init-ca.ts";
import { issue } from "../../../../src/app/ca/issue.ts";
import type { IssueOptions } from "../../../../src/app/ca/issue-plan.ts";
import { listStores } from "../../../../src/app/list.ts";
import { readPem } from "../../../../src/bytes/pem.ts";
import { KdfBudget } from "../../../../src/crypto/kdf.ts";
import { pkcs12Password } from "../../../../src/crypto/password.ts";
import { openSealedKey, readSealedKey } from "../../../../src/crypto/pbe.ts";
import { readPbe } from "../../../../src/crypto/pbe-scheme.ts";
import { commit } from "../../../../src/io/commit.ts";
import type { PkiError } from "../../../../src/model/error.ts";
import { Secret } from "../../../../src/model/secret.ts";
import type { Entry } from "../../../../src/model/store.ts";
import { completeChain } from "../../../../src/x509/chain.ts";
import {
  basicConstraints,
  crlDistributionPoints,
  extendedKeyUsage,
  printGeneralName,
  subjectAltNames,
} from "../../../../src/x509/extensions.ts";
import { printName } from "../../../../src/x509/name.ts";
import { type FakeHost, fakeHost } from "../../../support/fake-host.ts";

const PASSWORDS = { PKI_PASSWORD: "correct horse battery", PKI_CA_PASSWORD: "staple for the CA" };
const EC = { key: "ec:P-256" };

type Files = Readonly<Record<string, Uint8Array>>;

function hostWith(files: Files = {}, now = "2026-11-22T12:00:00Z", env = PASSWORDS): FakeHost {
  return fakeHost({ files, env, now: new Date(now) });
}

function filesOf(host: FakeHost): Files {
  return Object.fromEntries([...host.disk].map(([path, { bytes }]) => [path, bytes]));
}

async function makeCa(host: FakeHost, directory = "ca", options: InitCaOptions = {}) {
  const outcome = await initCa(host, directory, {
    ...EC,
    subject: "CN=Root,O=Example",
    ...options,
  });
  await commit(host, outcome.writes, outcome.appends);
  return outcome;
}

async function make(
  host: FakeHost,
  path: string,
  options: IssueOptions = {},
  profile: "server" | "client" | "peer" = "peer",
) {
  const outcome = await issue(host, profile, path, { ...EC, ...options });
  await commit(host, outcome.writes, outcome.appends);
  return outcome;
}

async function entriesOf(host: FakeHost, path: string): Promise<readonly Entry[]> {
  const { result } = await listStores(host, [path], {});
  expect(result.failures).toEqual([]);
  return result.stores[0]?.store.entries ?? [];
}

const failure = (code: string, detail: Partial<PkiError> = {}) =>
  expect.objectContaining<Partial<PkiError>>({ code: code as PkiError["code"], ...detail });

/** A CA whose key costs little to open: the tests below open it a hundred times. */
async function cheapCa(options: InitCaOptions): Promise<Files> {
  const host = hostWith();
  await makeCa(host, "ca", options);
  const [block] = readPem(host.disk.get("/here/ca/ca.key")?.bytes ?? new Uint8Array());
  const password = Secret.fromText(PASSWORDS.PKI_CA_PASSWORD);
  const input = password.use(pkcs12Password);
  const sealed = block?.der ?? new Uint8Array();
  const key = new Secret(await openSealedKey(sealed, input, new KdfBudget(), "ca.key"));
  const cheap = await writeCaKey(key, password, host.random, 1000);
  return { ...filesOf(host), "/here/ca/ca.key": cheap };
}

let root: Files;
let ed25519Root: Files;
beforeAll(async () => {
  root = await cheapCa({});
  ed25519Root = await cheapCa({ key: "ed25519" });
});

describe("init-ca", () => {
  test("a root: certificate, encrypted key, CRL and index, the key and the index private", async () => {
    const host = hostWith();
    const { result, notices } = await makeCa(host);
    expect(result.files).toEqual(["ca/ca.key", "ca/ca.arm", "ca/ca.crl", "ca/index.ndjson"]);
    expect(notices).toEqual([]);
    const modes = [...host.disk].map(([path, { mode }]) => [path, mode.toString(8)]);
    expect(modes).toEqual(
      expect.arrayContaining([
        ["/here/ca/ca.key", "600"],
        ["/here/ca/index.ndjson", "600"],
        ["/here/ca/ca.arm", "644"],
        ["/here/ca/ca.crl", "644"],
      ]),
    );
    const key = host.disk.get("/here/ca/ca.key")?.bytes ?? new Uint8Array();
    expect(new TextDecoder().decode(key)).toMatch(/^-----BEGIN ENCRYPTED PRIVATE KEY-----\n/);
    const { kdf, cipher } = readPbe(readSealedKey(readPem(key)[0]?.der ?? key).algorithm);
    expect(cipher.name).toBe("aes256");
    expect(kdf).toMatchObject({ kind: "pbkdf2", prf: "sha256", iterations: 600_000 });
    await checkCaKey(key, Secret.fromText(PASSWORDS.PKI_CA_PASSWORD), result.certificate);
    await expect(
      checkCaKey(key, Secret.fromText(PASSWORDS.PKI_PASSWORD), result.certificate),
    ).rejects.toThrow(failure("key-password-wrong"));
    const [line] = new TextDecoder()
      .decode(host.disk.get("/here/ca/index.ndjson")?.bytes)
      .split("\n");
    expect(JSON.parse(line ?? "")).toMatchObject({
      serial: result.certificate.serial,
      profile: "ca",
      sha256: result.certificate.sha256,
    });
  });

  test("a made-up name is another each time", async () => {
    const outcomes = ["a", "b"].map((seed) => initCa(fakeHost({ seed, env: PASSWORDS }), "ca", EC));
    const names = (await Promise.all(outcomes)).map(({ result }) =>
      printName(result.certificate.subject),
    );
    expect(names[0]).toMatch(/^CN=Root CA [0-9a-f]{8}$/);
    expect(names[0]).not.toBe(names[1]);
  });

  test("never over a CA that is there, whole or in part", async () => {
    for (const name of Object.keys(root)) {
      const host = hostWith({ [name]: root[name] as Uint8Array });
      await expect(initCa(host, "ca", EC)).rejects.toThrow(failure("file-exists"));
    }
    await expect(initCa(hostWith({ ca: new Uint8Array(1) }), "ca", EC)).rejects.toThrow(
      failure("file-exists", { path: "ca" }),
    );
  });

  test("an empty password and a short key are refused", async () => {
    const empty = hostWith({}, undefined, { ...PASSWORDS, PKI_CA_PASSWORD: "" });
    await expect(initCa(empty, "ca", EC)).rejects.toThrow(failure("password-refused"));
    await expect(initCa(hostWith(), "ca", { key: "rsa:1024" })).rejects.toThrow(
      failure("weak-refused", { where: "--key" }),
    );
    const forced = await initCa(hostWith(), "ca", { key: "rsa:1024", force: true });
    expect(forced.notices).toEqual([expect.objectContaining({ level: "warning" })]);
  });

  test("a CA below another has its chain, and stands in the index above", async () => {
    const host = hostWith(root);
    const { result } = await makeCa(host, "sub", { ca: "ca", subject: "CN=Issuing" });
    expect(result.files).toContain("sub/ca-chain.arm");
    expect(basicConstraints(result.certificate)).toMatchObject({ ca: true, pathLength: 0 });
    const sub = await openCa(host, "sub");
    expect(sub.chain.map(({ subject }) => printName(subject))).toEqual([
      "CN=Issuing",
      "CN=Root,O=Example",
    ]);
    expect(sub.index.count).toBe(0);
    const above = await openCa(host, "ca");
    expect(above.index.has(result.certificate.serial)).toBe(true);
    const third = initCa(host, "third", { ...EC, ca: "sub" });
    await expect(third).rejects.toThrow(failure("ca-unusable", { path: "sub/ca.arm" }));

    await make(host, "q.kdb", { ca: "sub", qmgr: "QM1" });
    const entries = await entriesOf(host, "q.kdb");
    expect(entries.map(({ kind, label }) => [kind, label])).toEqual([
      ["key", "ibmwebspheremqqm1"],
      ["trusted", "issuing"],
      ["trusted", "root"],
    ]);
    const key = entries[0];
    if (key?.kind !== "key") throw new Error("no key");
    expect(key.chain).toHaveLength(3);
  });
});

describe("issue", () => {
  test.each(["q.kdb", "q.jks", "q.p12", "q.pem"])(
    "%s: key, chain, and the root as signer",
    async (path) => {
      const host = hostWith(root);
      const { result } = await make(host, path, { san: ["localhost,127.0.0.1"] });
      const entries = await entriesOf(host, path);
      const key = entries.find(({ kind }) => kind === "key");
      if (key?.kind !== "key") throw new Error("no key");
      if (path !== "q.pem") expect(key.label).toBe("localhost");
      const trusted = entries.flatMap((entry) =>
        entry.kind === "trusted" ? [entry.certificate] : [],
      );
      // In a PEM file the chain is there once.
      expect(trusted).toHaveLength(path === "q.pem" ? 0 : 1);
      const { complete, chain } = completeChain(key.chain[0], [...key.chain, ...trusted]);
      expect(complete).toBe(true);
      expect(chain).toHaveLength(2);
      expect(extendedKeyUsage(key.chain[0])).toHaveLength(2);
      expect(subjectAltNames(key.chain[0]).map(printGeneralName)).toEqual([
        "DNS:localhost",
        "IP:127.0.0.1",
      ]);
      expect(result.isDefault).toBe(path === "q.kdb");
      expect(result.signers.map(({ label }) => label)).toEqual([
        path === "q.pem" ? "localhost" : "root",
      ]);
    },
  );

  test("the record is appended before any file is written, and a failed write leaves it", async () => {
    const host = hostWith(root);
    const { writes, appends } = await issue(host, "server", "q.p12", { ...EC });
    expect(appends.map(({ path }) => path)).toEqual(["ca/index.ndjson"]);
    await commit(host, writes, appends);
    const steps = host.steps.map((step) => step.split(" ")[0]);
    expect(steps[0]).toBe("append");
    const failing = hostWith(root);
    const again = await issue(failing, "server", "q.p12", { ...EC });
    failing.failAt(2, "ENOSPC");
    await expect(commit(failing, again.writes, again.appends)).rejects.toThrow(
      failure("file-unwritable"),
    );
    expect(failing.disk.has("/here/q.p12")).toBe(false);
    const ca = await openCa(failing, "ca");
    expect(ca.index.has(again.result.entry.chain[0].serial)).toBe(true);
  });

  test("whichever step fails, no certificate is on disk that the index does not know", async () => {
    for (let step = 0; ; step++) {
      const host = hostWith(root);
      const { writes, appends, result } = await issue(host, "server", "q.kdb", {
        ...EC,
        stash: true,
        outArm: "q.arm",
      });
      host.failAt(step, "EIO");
      const failed = await commit(host, writes, appends).then(
        () => false,
        () => true,
      );
      const { index } = await openCa(host, "ca");
      const known = index.has(result.entry.chain[0].serial);
      const written = result.files.filter((file) => host.disk.has(`/here/${file}`));
      if (written.length > 0) expect(known, `step ${step}`).toBe(true);
      // A step may have another way: then the commit does not fail, and everything is there.
      const allowed = failed ? [[], result.files] : [result.files];
      expect(allowed, `step ${step}`).toContainEqual(written);
      if (step >= host.steps.length) break;
    }
  });

  test("an index that somebody changed in between is not added to", async () => {
    const host = hostWith(root);
    const { writes, appends } = await issue(host, "server", "q.p12", { ...EC });
    await make(host, "other.p12");
    const before = filesOf(host);
    await expect(commit(host, writes, appends)).rejects.toThrow(
      failure("file-changed", { path: "ca/index.ndjson" }),
    );
    expect(filesOf(host)).toEqual(before);
  });

  test("a torn last line of the index is cut, said, and the new record takes its place", async () => {
    const index = root["/here/ca/index.ndjson"] as Uint8Array;
    const torn = Uint8Array.from([...index, ...new TextEncoder().encode('{"serial":"40')]);
    const host = hostWith({ ...root, "/here/ca/index.ndjson": torn });
    const { notices } = await make(host, "q.p12");
    expect(notices).toContainEqual(
      expect.objectContaining({ level: "warning", path: "ca/index.ndjson" }),
    );
    expect((await openCa(host, "ca")).index.count).toBe(2);
  });

  test("a second one goes into the same store; its signer is there, the default stays", async () => {
    const host = hostWith(root);
    await make(host, "q.kdb", { qmgr: "QM1" });
    const { result } = await make(host, "q.kdb", { label: "second", subject: "CN=second" });
    expect(result.made).toBe(false);
    expect(result.isDefault).toBe(false);
    expect(result.signers).toMatchObject([{ label: "root", state: "present" }]);
    expect((await entriesOf(host, "q.kdb")).map(({ label }) => label)).toEqual([
      "ibmwebspheremqqm1",
      "root",
      "second",
    ]);
    const third = await make(host, "q.kdb", { label: "third", setDefault: true });
    expect(third.result.isDefault).toBe(true);
  });

  test("labels: MQ's, a product's, the one asked for, the subject's", async () => {
    const host = hostWith(root);
    const label = async (options: IssueOptions, path = `${Math.floor(host.disk.size)}.p12`) =>
      (await make(host, path, options)).result.entry.label;
    expect(await label({ qmgr: "QM1" })).toBe("ibmwebspheremqqm1");
    expect(await label({ user: "Emir" })).toBe("ibmwebspheremqemir");
    expect(await label({ for: "websphere" })).toBe("default");
    expect(await label({ label: "Asked For", qmgr: "QM1" })).toBe("Asked For");
    expect(await label({ subject: "CN=Some One,O=x" })).toBe("Some One");
    expect(await label({ subject: "O=No Common Name" })).toBe("O=No Common Name");
    expect(await label({ subject: "CN=Mixed Case" }, "m.jks")).toBe("mixed case");
  });

  test("subjects: asked for, MQ's name, the first alternative name, the file's name", async () => {
    const host = hostWith(root);
    const subject = async (options: IssueOptions) => {
      const { result } = await issue(host, "server", "conf/web.p12", { ...EC, ...options });
      return printName(result.entry.chain[0].subject);
    };
    expect(await subject({ subject: "CN=a,O=b" })).toBe("CN=a,O=b");
    expect(await subject({ qmgr: "QM1", san: ["x.example"] })).toBe("CN=QM1");
    expect(await subject({ san: ["x.example"] })).toBe("CN=x.example");
    expect(await subject({})).toBe("CN=web");
  });

  test("a server without names gets its common name, but a queue manager's is no host", async () => {
    const host = hostWith(root);
    const names = async (profile: "server" | "client", options: IssueOptions) => {
      const { result } = await issue(host, profile, "a.p12", { ...EC, ...options });
      return subjectAltNames(result.entry.chain[0]).map(printGeneralName);
    };
    expect(await names("server", { subject: "CN=web.example" })).toEqual(["DNS:web.example"]);
    expect(await names("server", { qmgr: "QM1" })).toEqual([]);
    expect(await names("client", { subject: "CN=web.example" })).toEqual([]);
  });

  test("self-signed: no CA is needed, and there is no signer", async () => {
    const host = hostWith();
    const { result, appends } = await make(host, "q.jks", { selfSigned: true });
    expect(appends).toEqual([]);
    expect(result.signers).toEqual([]);
    const [entry] = await entriesOf(host, "q.jks");
    if (entry?.kind !== "key") throw new Error("no key");
    expect(completeChain(entry.chain[0], [])).toMatchObject({ complete: true });
  });

  test("the CRL's place and a file of its own", async () => {
    const host = hostWith(root);
    const { result } = await make(host, "q.p12", {
      crlUrl: ["http://crl.example/ca.crl"],
      outArm: "q.arm",
    });
    expect(crlDistributionPoints(result.entry.chain[0]).map(printGeneralName)).toEqual([
      "URI:http://crl.example/ca.crl",
    ]);
    expect(result.files).toEqual(["q.p12", "q.arm"]);
    expect(host.disk.get("/here/q.arm")?.mode).toBe(0o644);
    const bad = issue(host, "server", "r.p12", { ...EC, crlUrl: ["file:///x"] });
    await expect(bad).rejects.toThrow(failure("usage", { where: "--crl-url" }));
  });

  test("a CRL that has run out is said, to the second; one that is gone or damaged is no matter", async () => {
    const [start] = (await openCa(hostWith(root), "ca")).chain;
    const year = (Math.floor(Date.parse("2026-11-22T12:00:00Z") / 1000) + 365 * 86_400) * 1000;
    expect(start.notAfter.getTime()).toBeGreaterThan(year);
    const said = async (files: Files, time: number) =>
      (await make(hostWith(files, new Date(time).toISOString()), "q.p12")).notices.filter(
        ({ path }) => path === "ca/ca.crl",
      );
    expect(await said(root, year - 1000)).toEqual([]);
    expect(await said(root, year)).toEqual([
      {
        level: "warning",
        path: "ca/ca.crl",
        message: expect.stringContaining("has run out (2027-11-22T12:00:00.000Z)"),
      },
    ]);
    const { "/here/ca/ca.crl": _gone, ...without } = root;
    expect(await said(without, year)).toEqual([]);
    expect(await said({ ...root, "/here/ca/ca.crl": new Uint8Array(9) }, year)).toEqual([]);
  });

  test("a key in a PEM file is encrypted, unless asked otherwise", async () => {
    const text = (host: FakeHost) => new TextDecoder().decode(host.disk.get("/here/q.pem")?.bytes);
    const host = hostWith(root);
    await make(host, "q.pem");
    expect(text(host)).toContain("BEGIN ENCRYPTED PRIVATE KEY");
    const plain = hostWith(root);
    await make(plain, "q.pem", { protection: "none" });
    expect(text(plain)).toContain("BEGIN PRIVATE KEY");
    const silent = fakeHost({
      files: root,
      env: { PKI_CA_PASSWORD: PASSWORDS.PKI_CA_PASSWORD },
      now: plain.now(),
    });
    await expect(make(silent, "q.pem")).rejects.toThrow(failure("password-missing"));
  });

  test("companions of a new key database", async () => {
    const host = hostWith(root);
    const { result } = await make(host, "conf.kdb", { stash: true, stashVersion: 1 });
    expect(result.files).toEqual(["conf.kdb", "conf.rdb", "conf.crl", "conf.sth"]);
    expect(host.disk.get("/here/conf.sth")).toMatchObject({ mode: 0o600 });
    expect(host.disk.get("/here/conf.sth")?.bytes.length).toBe(129);
  });
});

describe("issue refuses", () => {
  const refused = (
    files: Files,
    path: string,
    options: IssueOptions,
    now?: string,
    env?: typeof PASSWORDS,
  ) => issue(hostWith(files, now, env), "server", path, { ...EC, ...options });

  test("no CA", async () => {
    await expect(refused({}, "q.p12", {})).rejects.toThrow(failure("usage"));
    await expect(refused({}, "q.p12", { ca: "none" })).rejects.toThrow(
      failure("file-not-found", { path: "none" }),
    );
    await expect(refused(root, "q.p12", { ca: "ca", selfSigned: true })).rejects.toThrow(
      failure("usage"),
    );
  });

  test("a wrong CA password", async () => {
    const env = { ...PASSWORDS, PKI_CA_PASSWORD: "not it" };
    await expect(refused(root, "q.p12", {}, undefined, env)).rejects.toThrow(
      failure("key-password-wrong", { path: "ca/ca.key" }),
    );
  });

  test("a CA that has expired, to the second, and one that is not valid yet", async () => {
    const { certificate } = await openCa(hostWith(root), "ca");
    const at = (date: Date, seconds: number) =>
      new Date(date.getTime() + seconds * 1000).toISOString();
    const expired = refused(root, "q.p12", {}, at(certificate.notAfter, 0));
    await expect(expired).rejects.toThrow(failure("ca-unusable", { path: "ca/ca.arm" }));
    const early = refused(root, "q.p12", {}, at(certificate.notBefore, -1));
    await expect(early).rejects.toThrow(failure("ca-unusable", { path: "ca/ca.arm" }));
    const last = await refused(root, "q.p12", {}, at(certificate.notAfter, -1));
    expect(last.result.entry.chain[0].notAfter).toEqual(certificate.notAfter);
  });

  test("a CA whose parts are not of one CA", async () => {
    const key = ed25519Root["/here/ca/ca.key"] as Uint8Array;
    await expect(refused({ ...root, "/here/ca/ca.key": key }, "q.p12", {})).rejects.toThrow(
      failure("ca-unusable", { path: "ca/ca.key" }),
    );
    const index = ed25519Root["/here/ca/index.ndjson"] as Uint8Array;
    await expect(refused({ ...root, "/here/ca/index.ndjson": index }, "q.p12", {})).rejects.toThrow(
      failure("ca-unusable", { path: "ca/index.ndjson", where: "line 1" }),
    );
    const { "/here/ca/index.ndjson": _, ...without } = root;
    await expect(refused(without, "q.p12", {})).rejects.toThrow(
      failure("ca-unusable", { path: "ca/index.ndjson" }),
    );
  });

  test("an end entity in the place of a CA", async () => {
    const host = hostWith(root);
    await make(host, "q.p12", { outArm: "leaf.arm" });
    const leaf = host.disk.get("/here/leaf.arm")?.bytes as Uint8Array;
    await expect(refused({ ...root, "/here/ca/ca.arm": leaf }, "q.p12", {})).rejects.toThrow(
      failure("ca-unusable", { path: "ca/ca.arm" }),
    );
  });

  test("a label that is taken, also in another case where the format ignores it", async () => {
    const host = hostWith(root);
    await make(host, "q.kdb", { label: "one" });
    await make(host, "q.jks", { label: "one" });
    const files = filesOf(host);
    for (const [path, label] of [
      ["q.kdb", "one"],
      ["q.jks", "ONE"],
    ] as const) {
      await expect(refused(files, path, { label })).rejects.toThrow(
        failure("label-exists", { path, where: "one" }),
      );
    }
    expect((await refused(files, "q.kdb", { label: "ONE" })).result.entry.label).toBe("ONE");
  });

  test.each(["q.kdb", "q.jks", "q.p12"])(
    "%s: --replace renews a key in its place",
    async (path) => {
      const host = hostWith(root);
      await make(host, path, { label: "one" });
      await make(host, path, { label: "two" });
      const before = await entriesOf(host, path);
      await make(host, path, { label: "ONE".toLowerCase(), replace: true });
      const after = await entriesOf(host, path);
      const leaves = (entries: readonly Entry[]) =>
        entries.flatMap((entry) =>
          entry.kind === "key" ? [[entry.label, entry.chain[0].sha256]] : [],
        );
      expect(leaves(after).map(([label]) => label)).toEqual(leaves(before).map(([label]) => label));
      expect(leaves(after)[0]?.[1]).not.toBe(leaves(before)[0]?.[1]);
      expect(leaves(after)[1]).toEqual(leaves(before)[1]);
      expect(after).toHaveLength(before.length);
    },
  );

  test("--replace takes no signer for a key", async () => {
    const host = hostWith(root);
    await make(host, "q.kdb", { label: "one" });
    await expect(make(host, "q.kdb", { label: "root", replace: true })).rejects.toThrow(
      failure("label-exists", { path: "q.kdb", where: "root" }),
    );
  });

  test("a label nobody could type", async () => {
    for (const label of ["", "a\nb", "x".repeat(129)]) {
      await expect(refused(root, "q.p12", { label })).rejects.toThrow(
        failure("usage", { where: "--label" }),
      );
    }
    const longest = await refused(root, "q.p12", { label: "x".repeat(128) });
    expect(longest.result.entry.label).toHaveLength(128);
  });

  test("the CA's own name", async () => {
    await expect(refused(root, "q.p12", { subject: "cn=root,o=EXAMPLE" })).rejects.toThrow(
      failure("usage", { where: "--subject" }),
    );
  });

  test("what the store's products cannot use, unless forced", async () => {
    const cases: readonly (readonly [Files, string, IssueOptions, string])[] = [
      [root, "q.kdb", { key: "ed25519" }, "--key"],
      [root, "q.p12", { key: "ed25519", qmgr: "QM1" }, "--key"],
      [root, "q.p12", { key: "rsa:1024" }, "--key"],
      [root, "q.jks", { key: "rsa:1536" }, "--key"],
      [root, "q.jks", { for: "ibm-http-server" }, "--for"],
      [ed25519Root, "q.kdb", {}, "--ca"],
    ];
    for (const [files, path, options, where] of cases) {
      await expect(refused(files, path, options)).rejects.toThrow(
        failure("product-refused", { path, where }),
      );
      const { notices } = await refused(files, path, { ...options, force: true });
      expect(notices).toContainEqual(expect.objectContaining({ level: "warning", path }));
    }
    expect((await refused(root, "q.p12", { key: "ed25519" })).notices).toHaveLength(1);
  });

  test("options of a new store for one that exists", async () => {
    const host = hostWith(root);
    await make(host, "q.kdb");
    const files = filesOf(host);
    for (const options of [{ stash: true }, { type: "kdb" }, { kdbVersion: "6" }]) {
      await expect(refused(files, "q.kdb", options)).rejects.toThrow(failure("usage"));
    }
  });

  test("a queue manager that is also a user, a product nobody knows, a default of no KDB", async () => {
    await expect(refused(root, "q.p12", { qmgr: "A", user: "B" })).rejects.toThrow(
      failure("usage"),
    );
    await expect(refused(root, "q.p12", { for: "nginx" })).rejects.toThrow(
      failure("usage", { where: "--for" }),
    );
    await expect(refused(root, "q.p12", { setDefault: true })).rejects.toThrow(
      failure("usage", { where: "--default" }),
    );
  });

  test("nothing is written by any of it", async () => {
    const host = hostWith(root);
    await expect(issue(host, "server", "q.kdb", { key: "ed25519" })).rejects.toThrow();
    expect(host.steps).toEqual([]);
  });
});

test("serials of one CA are never the same", async () => {
  const host = hostWith(root);
  const ca = await openCa(host, "ca");
  const before = ca.index.count;
  const { makeIdentity } = await import("../../../../src/app/ca/identity.ts");
  const { nameOf, parseValidity } = await import("../../../../src/app/ca/certificate-options.ts");
  const serials = new Set<string>();
  for (let i = 0; i < 50; i++) {
    const { chain } = await makeIdentity(host, ca, {
      profile: "client",
      subject: nameOf(`client ${i}`),
      altNames: [],
      key: { kind: "EC", curve: "P-256" },
      validity: parseValidity({}, host.now(), 30),
    });
    serials.add(chain[0].serial);
  }
  expect(serials.size).toBe(50);
  expect(ca.index.count).toBe(before + 50);
  expect(ca.index.changes().appends[0]?.line.split("\n")).toHaveLength(50);
  expect(caFiles("ca").index).toBe(ca.index.path);
});
