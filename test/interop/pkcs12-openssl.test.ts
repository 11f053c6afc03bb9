import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { pkcs12Codec } from "../../src/codecs/pkcs12/index.ts";
import type { Entry, Store } from "../../src/model/store.ts";
import { secret } from "../support/fixtures.ts";
import { seededBytes } from "../support/mutations.ts";
import { type Identity, makeIdentity } from "../support/openssl-certificates.ts";
import { describePeer } from "../support/peers.ts";
import { run } from "../support/run.ts";
import { keyEntry, signerEntry, writeStore } from "../support/stores.ts";
import { sha256 } from "../support/view.ts";

const PASSWORD = "changeit";

/** What `openssl pkcs12 -export` is told, and what we must then say of the file. */
const WRITERS: readonly (readonly [string, readonly string[], readonly string[]])[] = [
  ["default", [], ["hmac-sha256", "pbes2-aes256-cbc-hmac-sha256", "pbes2-aes256-cbc-hmac-sha256"]],
  ["-legacy", ["-legacy"], ["hmac-sha1", "pbe-sha1-rc2-40", "pbe-sha1-3des"]],
  ["-descert", ["-legacy", "-descert"], ["hmac-sha1", "pbe-sha1-3des", "pbe-sha1-3des"]],
  ...(
    [
      ["PBE-SHA1-RC4-128", "pbe-sha1-rc4-128"],
      ["PBE-SHA1-RC4-40", "pbe-sha1-rc4-40"],
      ["PBE-SHA1-2DES", "pbe-sha1-3des-2key"],
      ["PBE-SHA1-RC2-128", "pbe-sha1-rc2-128"],
      ["PBE-MD5-DES", "pbe-md5-des"],
      ["PBE-SHA1-DES", "pbe-sha1-des"],
      ["PBE-MD5-RC2-64", "pbe-md5-rc2"],
      ["PBE-SHA1-RC2-64", "pbe-sha1-rc2"],
    ] as const
  ).map(
    ([name, id]) =>
      [
        name,
        ["-legacy", "-provider", "default", "-keypbe", name, "-certpbe", name],
        ["hmac-sha1", id, id],
      ] as const,
  ),
  ...(["AES-128-CBC", "AES-192-CBC", "DES-EDE3-CBC", "CAMELLIA-256-CBC"] as const).map(
    (name) =>
      [name, ["-keypbe", name, "-certpbe", name], ["hmac-sha256", "pbes2", "pbes2"]] as const,
  ),
  ...(["RC2-CBC", "RC2-40-CBC", "RC2-64-CBC", "DES-CBC"] as const).map(
    (name) =>
      [
        `PBES2 ${name}`,
        ["-legacy", "-provider", "default", "-keypbe", name, "-certpbe", name],
        ["hmac-sha1", "pbes2", "pbes2"],
      ] as const,
  ),
  ...(
    [
      "sha1",
      "sha224",
      "sha384",
      "sha512",
      "sha512-224",
      "sha512-256",
      "md5",
      "sha3-256",
      "sha3-512",
    ] as const
  ).map(
    (name) => [`-macalg ${name}`, ["-macalg", name], [`hmac-${name}`, "pbes2", "pbes2"]] as const,
  ),
  ["-iter 1", ["-iter", "1"], ["hmac-sha256", "pbes2", "pbes2"]],
  ["-iter 100000", ["-iter", "100000"], ["hmac-sha256", "pbes2", "pbes2"]],
  ["-nomaciter", ["-nomaciter"], ["hmac-sha256", "pbes2", "pbes2"]],
  ["-certpbe NONE", ["-certpbe", "NONE"], ["hmac-sha256", "pbes2"]],
  ["-keypbe NONE", ["-keypbe", "NONE"], ["hmac-sha256", "pbes2"]],
  ["-nomac", ["-nomac"], ["pbes2", "pbes2"]],
];

describePeer("openssl", "openssl pkcs12", (openssl) => {
  const work = mkdtempSync(join(tmpdir(), "pki-pkcs12-openssl-"));
  const at = (name: string) => join(work, name);
  let root: Identity;
  let intermediate: Identity;
  let server: Identity;
  beforeAll(() => {
    root = makeIdentity(work, "root", { ca: true });
    intermediate = makeIdentity(work, "intermediate", { ca: true, issuer: root });
    server = makeIdentity(work, "server", { key: "ec:P-256", issuer: intermediate });
    writeFileSync(at("signers.pem"), root.cert + intermediate.cert);
  });
  afterAll(() => rmSync(work, { recursive: true }));

  const passwords = (text = PASSWORD) => ({ store: secret(text) });
  const exported = async (name: string, password: string, ...args: readonly string[]) => {
    await run(openssl, [
      ...["pkcs12", "-export", "-inkey", at("server.key"), "-in", at("server.pem")],
      ...["-certfile", at("signers.pem"), "-name", "Zoë", "-passout", `pass:${password}`],
      ...["-out", at(name), ...args],
    ]);
    return new Uint8Array(readFileSync(at(name)));
  };
  const expectServer = async ({ entries }: Store, password = PASSWORD, integrity = "verified") => {
    expect(entries.map(({ label, kind }) => [label, kind])).toEqual([["Zoë", "key"]]);
    const [entry] = entries as [Entry & { kind: "key" }];
    expect(entry.chain.map(({ sha256: digest }) => digest)).toEqual(
      [server, intermediate, root].map(({ der }) => sha256(der)),
    );
    const key = await pkcs12Codec.unseal(entry.key, passwords(password));
    expect(key.use(sha256)).toBe(sha256(server.pkcs8));
    expect(integrity).not.toBe("not-checked");
  };

  it.each(WRITERS)("reads and rewrites what %s writes", async (name, args, schemes) => {
    const file = `written-${WRITERS.findIndex(([other]) => other === name)}.p12`;
    const bytes = await exported(file, PASSWORD, ...args);
    const read = await pkcs12Codec.read(bytes, passwords());
    await expectServer(read.store, PASSWORD, read.container.integrity);
    expect(read.container.integrity).toBe(name === "-nomac" ? "absent" : "verified");
    const found = read.container.protections?.map(({ scheme }) => scheme) ?? [];
    for (const scheme of schemes) {
      expect(
        found.some((one) => one.startsWith(scheme)),
        `${scheme} in ${found}`,
      ).toBe(true);
    }
    // Changed, it keeps its own protection and openssl reads it.
    const changed: Store = { entries: [...read.store.entries, signerEntry("Added", root)] };
    const random = seededBytes(7);
    const written = await pkcs12Codec.write(changed, read.container, passwords(), random);
    writeFileSync(at("changed.p12"), written);
    const again = await pkcs12Codec.read(written, passwords());
    expect(again.store.entries.map(({ label }) => label)).toEqual(["Zoë", "Added"]);
    const macless = name === "-nomac" ? 1 : 0;
    expect(again.container.protections?.slice(macless)).toEqual(read.container.protections);
    const shown = await run(openssl, [
      ...["pkcs12", "-in", at("changed.p12"), "-passin", `pass:${PASSWORD}`, "-nodes"],
      ...["-legacy", "-provider", "default"],
    ]);
    expect(shown.match(/BEGIN PRIVATE KEY/g)?.length).toBe(1);
    expect(shown.match(/BEGIN CERTIFICATE/g)?.length).toBe(3);
    expect(shown).toMatch(/MAC verified|friendlyName/);
  });

  it.each([
    ["empty", ""],
    ["with umlauts", "Schlüssel"],
    ["beyond Latin-1", "пароль"],
    ["beyond the first plane", "key 𝒳 😀"],
  ])("agrees on a password that is %s, old and new schemes", async (_, password) => {
    for (const [i, args] of [[], ["-legacy"]].entries()) {
      const bytes = await exported(`password-${i}.p12`, password, ...args);
      const read = await pkcs12Codec.read(bytes, passwords(password));
      expect(read.container.integrity).toBe("verified");
      await expectServer(read.store, password);
    }
    const path = at("our-password.p12");
    for (const { id } of pkcs12Codec.protections) {
      const entries = [keyEntry("ours", server, intermediate, root)];
      await writeStore(path, pkcs12Codec, entries, password, { protection: id });
      const shown = await run(openssl, [
        ...["pkcs12", "-in", path, "-passin", `pass:${password}`, "-nodes"],
      ]);
      expect(shown).toContain("BEGIN PRIVATE KEY");
    }
  });

  it("reads our stores: keys, chains, labels, Java's trust mark", async () => {
    for (const { id } of pkcs12Codec.protections) {
      const path = at(`ours-${id}.p12`);
      const entries = [
        keyEntry("ibmwebspheremqQM1", server, intermediate, root),
        signerEntry("Other Root", root),
      ];
      await writeStore(path, pkcs12Codec, entries, PASSWORD, { protection: id });
      const shown = await run(openssl, [
        ...["pkcs12", "-in", path, "-passin", `pass:${PASSWORD}`, "-nodes", "-info"],
      ]);
      expect(shown).toContain("friendlyName: ibmwebspheremqQM1");
      expect(shown).toContain("friendlyName: Other Root");
      // OpenSSL 3.0 shows that it is there, 3.2 and later also what it says.
      expect(shown).toContain("2.16.840.1.113894.746875.1.1: ");
      // The root is an entry and a part of the chain, and stands there once.
      expect(shown.match(/BEGIN CERTIFICATE/g)?.length).toBe(3);
      expect(shown).toMatch(id === "pbes2-aes256" ? /MAC: sha256, Iteration 10000/ : /MAC: sha1/);
    }
  });

  it("reads an empty store", async () => {
    await writeStore(at("empty.p12"), pkcs12Codec, [], PASSWORD);
    const shown = await run(openssl, [
      ...["pkcs12", "-in", at("empty.p12"), "-passin", `pass:${PASSWORD}`, "-nodes", "-info"],
    ]);
    expect(shown).toContain("MAC: sha256");
  });

  it("shows certificates in clear without a password, and says that nothing was checked", async () => {
    const bytes = await exported("clear.p12", PASSWORD, "-certpbe", "NONE");
    const read = await pkcs12Codec.read(bytes, {});
    expect(read.container.integrity).toBe("not-checked");
    expect(read.store.entries.map(({ kind }) => kind)).toEqual(["key"]);
    const hidden = await exported("hidden.p12", PASSWORD);
    await expect(pkcs12Codec.read(hidden, {})).rejects.toMatchObject({ code: "password-missing" });
  });
});
