import { chmodSync, copyFileSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { Gskit, type GskitAttempt } from "../support/gskit.ts";
import { describePeer } from "../support/peers.ts";
import { mustRun, runProgram } from "../support/program.ts";
import { serveStore } from "../support/served.ts";
import { sharedFixture } from "../support/shared.ts";
import { listenTls, type TlsListener } from "../support/tls-listener.ts";

// What the commands of the real program make, judged by GSKit: docs/interop.md.
const FINISHED = 420;
const UNTRUSTED = 414;
const PASSWORD = "correct horse battery";
const env = { PKI_PASSWORD: PASSWORD };

const realStores = ["v3-mq-mutual-tls", "v4-ihs-plugin-key", "v6-mixed"];

describePeer("gskit", "GSKit and the program", (python) => {
  const folder = mkdtempSync(join(tmpdir(), "pki-gskit-"));
  const at = (name: string): string => join(folder, name);
  const gskit = new Gskit(python);

  beforeAll(async () => {
    await mustRun(folder, ["init-ca", "--subject", "CN=Test Root", "--key", "rsa:2048"], env);
    await mustRun(folder, ["issue", "server", "server.p12", "--san", "DNS:localhost"], env);
  }, 60_000);
  afterAll(() => {
    gskit.stop();
    rmSync(folder, { recursive: true });
  });

  /** One attempt against a listener that serves `store`: GSKit's code and the client it presented. */
  async function attempt(
    served: string,
    wanted: Omit<GskitAttempt, "port">,
    asksForClient = true,
  ): Promise<{ readonly code: number | null; readonly client: string | undefined }> {
    const { ca, ...own } = await serveStore(at(served), PASSWORD);
    const listener: TlsListener = await listenTls(asksForClient ? { ...own, ca } : own);
    try {
      const { code } = await gskit.connect({ ...wanted, port: listener.port });
      const session = listener.sessions.at(-1);
      return { code, client: session?.authorized === true ? session.clientName : undefined };
    } finally {
      await listener.close();
    }
  }

  describe("pki issue", () => {
    for (const version of ["3", "4", "6"]) {
      for (const stash of ["1", "2"]) {
        it(`makes a V${version} database with stash v${stash} that gets through`, async () => {
          const name = `issued-${version}-${stash}`;
          const options = ["--kdb-version", version, "--stash", "--stash-version", stash];
          await mustRun(
            folder,
            ["issue", "client", `${name}.kdb`, "--user", name, ...options],
            env,
          );
          const label = `ibmwebspheremq${name}`;
          const files = { store: at(`${name}.kdb`), stash: at(`${name}.sth`) };
          expect(await attempt("server.p12", { ...files, label })).toEqual({
            code: FINISHED,
            client: name,
          });
        });
      }
    }

    for (const protection of ["pbes2-aes256", "pbe-sha1-3des"]) {
      it(`makes a PKCS#12 protected by ${protection} that gets through`, async () => {
        const name = `issued-${protection}.p12`;
        const options = ["--user", "emir", "--protection", protection];
        await mustRun(folder, ["issue", "client", name, ...options], env);
        const store = { store: at(name), password: PASSWORD, label: "ibmwebspheremqemir" };
        expect(await attempt("server.p12", store)).toEqual({ code: FINISHED, client: "emir" });
      });
    }

    for (const key of ["rsa:4096", "ec:P-256", "ec:P-384", "ec:P-521"]) {
      it(`makes a ${key} key that gets through`, async () => {
        const name = `key-${key.replace(":", "-")}.kdb`;
        await mustRun(folder, ["issue", "client", name, "--user", "emir", "--key", key], env);
        const store = { store: at(name), password: PASSWORD, label: "ibmwebspheremqemir" };
        expect(await attempt("server.p12", store)).toEqual({ code: FINISHED, client: "emir" });
      });
    }

    it("puts the whole chain of a CA below the root into the store", async () => {
      const below = ["init-ca", "issuing", "--ca", "ca", "--subject", "CN=Issuing"];
      await mustRun(folder, [...below, "--key", "rsa:2048"], env);
      const options = ["--user", "below", "--ca", "issuing"];
      await mustRun(folder, ["issue", "client", "below.kdb", ...options], env);
      const store = { store: at("below.kdb"), password: PASSWORD, label: "ibmwebspheremqbelow" };
      expect(await attempt("server.p12", store)).toEqual({ code: FINISHED, client: "below" });
    });

    it("refuses an Ed25519 key for a key database, as GSKit does with 403 when forced", async () => {
      const issue = ["issue", "client", "ed.kdb", "--user", "emir", "--key", "ed25519"];
      const refused = await runProgram(folder, issue, env);
      expect(refused.code).toBe(1);
      expect(refused.err).toContain("(product-refused)");
      await mustRun(folder, [...issue, "--force"], env);
      const store = { store: at("ed.kdb"), password: PASSWORD, label: "ibmwebspheremqemir" };
      expect(await attempt("server.p12", store)).toEqual({ code: 403, client: undefined });
    });
  });

  describe("pki exchange", () => {
    for (const version of ["3", "4", "6"]) {
      it(`turns 414 into a mutual handshake: a V${version} client and a JKS server`, async () => {
        const [client, server] = [`client-${version}`, `server-${version}`];
        const own = ["--user", client, "--self-signed", "--kdb-version", version, "--stash"];
        await mustRun(folder, ["issue", "client", `${client}.kdb`, ...own], env);
        const host = ["--san", "DNS:localhost", "--self-signed"];
        await mustRun(folder, ["issue", "server", `${server}.jks`, ...host], env);
        const files = { store: at(`${client}.kdb`), stash: at(`${client}.sth`) };
        const label = `ibmwebspheremq${client}`;

        const before = await attempt(`${server}.jks`, { ...files, label });
        expect(before).toEqual({ code: UNTRUSTED, client: undefined });

        await mustRun(folder, ["exchange", `${client}.kdb`, `${server}.jks`], env);
        const after = await attempt(`${server}.jks`, { ...files, label });
        expect(after).toEqual({ code: FINISHED, client });
      });
    }

    it("makes two parties from nothing but their names", async () => {
      const mq = ["--mq", "qm=QM1,app=emir", "--san", "qm=DNS:localhost"];
      await mustRun(folder, ["exchange", "app", "qm", "--type", "kdb", ...mq], env);
      const files = { store: at("app/app.kdb"), stash: at("app/app.sth") };
      const seen = await attempt("qm/qm.kdb", { ...files, label: "ibmwebspheremqemir" });
      expect(seen).toEqual({ code: FINISHED, client: "app" });
    });
  });

  describe("a key database that GSKit itself wrote", () => {
    for (const name of realStores) {
      const kdb = sharedFixture(`kdb/${name}.kdb`);
      const stash = sharedFixture(`kdb/${name}.sth`);
      it.skipIf(kdb === undefined || stash === undefined)(
        `${name} still opens after pki add, and trusts what was added`,
        async () => {
          // Their own certificates are old and weak, so the server asks for none: trust is judged alone.
          copyFileSync(kdb ?? "", at(`${name}.kdb`));
          copyFileSync(stash ?? "", at(`${name}.sth`));
          chmodSync(at(`${name}.kdb`), 0o600);
          chmodSync(at(`${name}.sth`), 0o600);
          const files = { store: at(`${name}.kdb`), stash: at(`${name}.sth`) };
          expect((await attempt("server.p12", files, false)).code).toBe(UNTRUSTED);
          await mustRun(folder, ["add", `${name}.kdb`, "ca/ca.arm", "--label", "test root"]);
          expect((await attempt("server.p12", files, false)).code).toBe(FINISHED);
        },
      );
    }
  });

  it("refuses, with 408, a database whose password the program would refuse as well", async () => {
    await mustRun(folder, ["issue", "client", "locked.kdb", "--user", "emir"], env);
    const wrong = { PKI_PASSWORD: "not the password" };
    const list = await runProgram(folder, ["list", "locked.kdb"], wrong);
    expect(list.code).toBe(4);
    const store = { store: at("locked.kdb"), password: wrong.PKI_PASSWORD };
    expect((await attempt("server.p12", store)).code).toBe(408);
  });
});
