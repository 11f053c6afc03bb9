import { type ChildProcess, spawn } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { openssl } from "../support/openssl-certificates.ts";
import { describePeer } from "../support/peers.ts";
import { mustRun } from "../support/program.ts";
import { serveStore } from "../support/served.ts";
import { listenTls } from "../support/tls-listener.ts";

// openssl verifies what our CA issues, and its s_client and s_server use our PEM and PKCS#12 stores.
const PASSWORD = "correct horse battery";
const env = { PKI_PASSWORD: PASSWORD };

interface Ended {
  readonly code: number | null;
  readonly text: string;
}

describePeer("openssl", "openssl's TLS", (program) => {
  const folder = mkdtempSync(join(tmpdir(), "pki-openssl-"));
  const at = (name: string): string => join(folder, name);
  const root = at("ca/ca.arm");

  beforeAll(async () => {
    await mustRun(folder, ["init-ca", "--subject", "CN=Test Root", "--key", "ec:P-384"], env);
    const below = ["init-ca", "issuing", "--ca", "ca", "--subject", "CN=Issuing"];
    await mustRun(folder, [...below, "--key", "rsa:2048"], env);
    const host = ["--san", "DNS:localhost", "--ca", "issuing"];
    await mustRun(folder, ["issue", "server", "server.kdb", ...host], env);
    await mustRun(folder, ["issue", "server", "server.p12", ...host], env);
    await mustRun(folder, ["issue", "client", "client.pem", "--subject", "CN=emir"], env);
    const alone = ["--subject", "CN=stranger", "--self-signed"];
    await mustRun(folder, ["issue", "client", "stranger.pem", ...alone], env);
  }, 120_000);
  afterAll(() => rmSync(folder, { recursive: true }));

  /** s_client with a PEM store of ours as key and certificate, trusting our root. */
  function connect(port: number, store: string, ...more: string[]): Promise<Ended> {
    const own = ["-cert", at(store), "-key", at(store), "-pass", "env:PKI_PASSWORD"];
    const trust = ["-CAfile", root, "-verify_return_error", "-verify_hostname", "localhost"];
    const to = ["-connect", `localhost:${port}`, "-servername", "localhost"];
    return ended(start(program, ["s_client", ...to, ...own, ...trust, ...more]), "hello\n");
  }

  it("s_client gets through to the content of our KDB, through a CA below the root", async () => {
    const { key, cert } = await serveStore(at("server.kdb"), PASSWORD);
    const ca = readFileSync(root, "utf8");
    const listener = await listenTls({ key, cert, ca, strict: true, awaitBytes: true });
    const client = await connect(listener.port, "client.pem");
    await listener.close();
    expect(client.text).toContain("depth=2 CN = Test Root");
    expect(listener.sessions).toEqual([
      { protocol: "TLSv1.3", authorized: true, clientName: "emir", firstBytes: "hello\n" },
    ]);
  });

  it("s_server serves our PKCS#12, takes our client and refuses a stranger", async () => {
    // openssl reads the PKCS#12 itself: what it takes out is what it serves.
    const own = ["-in", at("server.p12"), "-passin", `pass:${PASSWORD}`, "-nodes"];
    openssl("pkcs12", ...own, "-nocerts", "-out", at("served.key"));
    openssl("pkcs12", ...own, "-clcerts", "-nokeys", "-out", at("served.crt"));
    openssl("pkcs12", ...own, "-cacerts", "-nokeys", "-out", at("served.chain"));
    const port = await freePort();
    const files = ["-key", at("served.key"), "-cert", at("served.crt")];
    const chain = ["-cert_chain", at("served.chain"), "-CAfile", root];
    const strict = ["-Verify", "3", "-verify_return_error", "-naccept", "2"];
    const server = start(program, [
      ...["s_server", "-accept", `localhost:${port}`],
      ...files,
      ...chain,
      ...strict,
    ]);
    const done = ended(server);
    await accepting(server);
    const welcome = await connect(port, "client.pem");
    // In TLS 1.3 the client is through before the server has judged it, and may leave without hearing of it.
    const refused = await connect(port, "stranger.pem", "-tls1_2");
    const { text } = await done;
    expect(welcome.text).toContain("depth=2 CN = Test Root");
    expect(text).toContain("depth=0 CN = emir");
    expect(text).toContain("verify error:num=18:self-signed certificate");
    expect(refused.text).toContain("tlsv1 alert unknown ca");
  });

  describe("verify", () => {
    async function extracted(store: string, label: string): Promise<string> {
      const file = `${store}.arm`;
      await mustRun(folder, ["extract", store, label, "-o", file], env);
      return at(file);
    }

    it("takes what the CA below the root issued, by its strictest rules", async () => {
      const leaf = await extracted("server.kdb", "localhost");
      const strict = ["-x509_strict", "-purpose", "sslserver", "-verify_hostname", "localhost"];
      const chain = ["-CAfile", root, "-untrusted", at("issuing/ca.arm")];
      expect(openssl("verify", ...strict, ...chain, leaf)).toBe(`${leaf}: OK\n`);
      const client = ["-purpose", "sslclient", ...chain, leaf];
      expect(() => openssl("verify", ...client)).toThrow(/unsuitable certificate purpose/);
    });

    it("tells two self-signed certificates of one name apart, old and renewed, in either order", async () => {
      const files: string[] = [];
      for (const name of ["old", "renewed"]) {
        const own = ["--subject", "CN=twin", "--self-signed"];
        await mustRun(folder, ["issue", "client", `${name}.p12`, ...own], env);
        files.push(await extracted(`${name}.p12`, "twin"));
      }
      for (const order of [files, files.toReversed()]) {
        writeFileSync(at("both.pem"), order.map((file) => readFileSync(file, "utf8")).join(""));
        const text = openssl("verify", "-CAfile", at("both.pem"), ...files);
        expect(text).toBe(files.map((file) => `${file}: OK\n`).join(""));
      }
    });
  });
});

function start(program: string, args: readonly string[]): ChildProcess {
  return spawn(program, args, { env: { ...process.env, ...env, SSL_CERT_FILE: "/dev/null" } });
}

/** Feeds `input` and the end of it, which makes s_client leave; then waits. */
function ended(child: ChildProcess, input?: string): Promise<Ended> {
  let text = "";
  child.stdout?.on("data", (bytes) => {
    text += bytes;
  });
  child.stderr?.on("data", (bytes) => {
    text += bytes;
  });
  // The server may have hung up already.
  child.stdin?.on("error", () => {});
  if (input !== undefined) child.stdin?.end(input);
  return new Promise((wake) => child.once("close", (code) => wake({ code, text })));
}

/** Waits until s_server says that it accepts. */
function accepting(server: ChildProcess): Promise<void> {
  return new Promise((wake) => {
    server.stdout?.on("data", (bytes) => {
      if (String(bytes).includes("ACCEPT")) wake();
    });
    server.once("close", () => wake());
  });
}

/** A port that nobody uses at the moment; s_server cannot be asked which one it took. */
function freePort(): Promise<number> {
  return new Promise((wake) => {
    const server = createServer();
    server.listen(0, "localhost", () => {
      const address = server.address();
      const port = typeof address === "object" && address !== null ? address.port : 0;
      server.close(() => wake(port));
    });
  });
}
