import { execFileSync, spawn } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import tls from "node:tls";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Codec, NewContainer } from "../../src/codecs/codec.ts";
import { jksCodec } from "../../src/codecs/java/index.ts";
import { kdbCodec } from "../../src/codecs/kdb/index.ts";
import { pkcs12Codec } from "../../src/codecs/pkcs12/index.ts";
import { compileJava, runJava } from "../support/java.ts";
import { makeIdentity } from "../support/openssl-certificates.ts";
import { describePeer } from "../support/peers.ts";
import { type Served, serveStore } from "../support/served.ts";
import { keyEntry, signerEntry, writeStore } from "../support/stores.ts";
import { listenTls } from "../support/tls-listener.ts";

// A Java program with nothing but the JDK uses our JKS and PKCS#12 files, against the content of our KDB.
const PASSWORD = "correct horse battery";

interface Kind {
  readonly title: string;
  readonly type: "JKS" | "PKCS12";
  readonly codec: Codec;
  readonly options: NewContainer;
}

const kinds: readonly Kind[] = [
  { title: "JKS version 2", type: "JKS", codec: jksCodec, options: { version: "2" } },
  { title: "JKS version 1", type: "JKS", codec: jksCodec, options: { version: "1" } },
  ...pkcs12Codec.protections.map(
    ({ id }): Kind => ({
      title: `PKCS#12 protected by ${id}`,
      type: "PKCS12",
      codec: pkcs12Codec,
      options: { protection: id },
    }),
  ),
];

describePeer(["openssl", "java17", "keytool17"], "the JDK's TLS", (_openssl, java17) => {
  const folder = mkdtempSync(join(tmpdir(), "pki-jsse-"));
  const files = new Map<string, { readonly trusting: string; readonly stranger: string }>();
  let classes: string;
  let kdb: Served;
  let strangerKdb: Served;

  beforeAll(async () => {
    classes = compileJava(java17, ["Jsse"]);
    const root = makeIdentity(folder, "root", { ca: true });
    const between = makeIdentity(folder, "between", { ca: true, issuer: root });
    const queueManager = makeIdentity(folder, "qm1", { issuer: between, san: "DNS:localhost" });
    const client = makeIdentity(folder, "emir", { san: "DNS:localhost" });
    const stranger = makeIdentity(folder, "stranger", { san: "DNS:localhost" });

    const own = keyEntry("ibmwebspheremqqm1", queueManager);
    const signers = [signerEntry("between", between), signerEntry("root", root)];
    const path = join(folder, "qm1.kdb");
    await writeStore(path, kdbCodec, [own, ...signers, signerEntry("emir", client)], PASSWORD);
    kdb = await serveStore(path, PASSWORD);
    const other = join(folder, "other.kdb");
    await writeStore(other, kdbCodec, [own, ...signers], PASSWORD);
    strangerKdb = await serveStore(other, PASSWORD);

    for (const { title, codec, options } of kinds) {
      const extension = codec.extensions[0];
      const stem = title.replaceAll(/\W+/g, "-");
      const trusting = join(folder, `${stem}${extension}`);
      const unknowing = join(folder, `${stem}-stranger${extension}`);
      const mine = keyEntry("ibmwebspheremqemir", client);
      await writeStore(trusting, codec, [mine, signerEntry("ca", root)], PASSWORD, options);
      await writeStore(
        unknowing,
        codec,
        [mine, signerEntry("stranger", stranger)],
        PASSWORD,
        options,
      );
      files.set(title, { trusting, stranger: unknowing });
    }
  }, 120_000);
  afterAll(() => {
    rmSync(folder, { recursive: true });
    rmSync(classes, { recursive: true });
  });

  function fileOf(title: string, which: "trusting" | "stranger"): string {
    return files.get(title)?.[which] ?? "";
  }

  for (const release of ["17", "25"] as const) {
    describePeer([`java${release}`, `keytool${release}`], `of JDK ${release}`, (java, keytool) => {
      describe.each(kinds)("$title", ({ title, type }) => {
        it("is a Java client's key and trust against the content of our KDB", async () => {
          const listener = await listenTls({ ...kdb, strict: true, awaitBytes: true });
          const args = ["client", String(listener.port), type, PASSWORD];
          const stores = [fileOf(title, "trusting"), fileOf(title, "stranger")];
          const run = await runJava(java, [classes], "Jsse", [...args, ...stores]);
          await listener.close();
          const [trusting, stranger] = run.output.split("\n");
          expect(trusting).toBe("ok TLSv1.3 peer=CN=qm1,O=Test");
          expect(stranger).toMatch(/^failed .*unable to find valid certification path/);
          expect(listener.sessions).toEqual([
            { protocol: "TLSv1.3", authorized: true, clientName: "emir", firstBytes: "hello" },
          ]);
        });

        it("is a Java server's key and trust; a client of our KDB gets in, a stranger does not", async () => {
          const server = await javaServer(java, classes, type, fileOf(title, "trusting"), 2);
          // The queue manager's chain ends in the root that the Java store trusts.
          expect(await tlsClient(server.port, kdb)).toMatch(/^TLSv1.3 emir/);
          // A KDB without the Java side's certificate refuses the server in turn.
          expect(await tlsClient(server.port, strangerKdb)).toBe("DEPTH_ZERO_SELF_SIGNED_CERT");
          const lines = await server.lines;
          expect(lines[0]).toBe("ok TLSv1.3 peer=CN=qm1,O=Test");
          expect(lines[1]).toMatch(/^failed /);
        });

        it("is listed by keytool", () => {
          const args = ["-list", "-keystore", fileOf(title, "trusting"), "-storepass", PASSWORD];
          const text = execFileSync(keytool, ["-J-Duser.language=en", ...args], {
            encoding: "utf8",
            stdio: ["ignore", "pipe", "ignore"],
          });
          expect(text).toContain("Your keystore contains 2 entries");
          expect(text).toMatch(/^ibmwebspheremqemir, .*PrivateKeyEntry/m);
          expect(text).toMatch(/^ca, .*trustedCertEntry/m);
        });
      });
    });
  }
});

/** Starts `Jsse server`; `lines` gives what it printed after its port once it has ended. */
async function javaServer(
  java: string,
  classes: string,
  type: string,
  store: string,
  clients: number,
): Promise<{ readonly port: number; readonly lines: Promise<readonly string[]> }> {
  const args = ["-XX:TieredStopAtLevel=1", "-cp", classes, "Jsse", "server", type, PASSWORD, store];
  const child = spawn(java, [...args, String(clients)], { stdio: ["ignore", "pipe", "inherit"] });
  const lines: string[] = [];
  const reader = createInterface(child.stdout);
  const first = await new Promise<string>((wake) => reader.once("line", wake));
  reader.on("line", (line) => lines.push(line));
  const ended = new Promise<readonly string[]>((wake) => reader.once("close", () => wake(lines)));
  return { port: Number(first.replace("port ", "")), lines: ended };
}

/** A Node TLS client with a store's content: `PROTOCOL COMMON-NAME`, or the code of the failure. */
function tlsClient(port: number, served: Served): Promise<string> {
  return new Promise((wake) => {
    const { key, cert, ca } = served;
    const options = { port, host: "localhost", key, cert, ca: [...ca] };
    const socket = tls.connect(options, () => {
      const name = socket.getPeerCertificate().subject.CN;
      const text = `${socket.getProtocol()} ${name}`;
      socket.end();
      socket.resume();
      socket.once("close", () => wake(text));
    });
    socket.once("error", (error: NodeJS.ErrnoException) => wake(error.code ?? error.message));
  });
}
