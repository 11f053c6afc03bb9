import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { compileJava, type JavaRun, runJava } from "../support/java.ts";
import { describePeer } from "../support/peers.ts";
import { mustRun } from "../support/program.ts";
import { serveStore } from "../support/served.ts";
import { listenTls, type SeenSession } from "../support/tls-listener.ts";

// The IBM MQ client for Java with stores of ours, against a listener that serves what our queue manager's
// KDB holds: it stands in for the queue manager up to the end of the TLS handshake.
const PASSWORD = "correct horse battery";
const env = { PKI_PASSWORD: PASSWORD };

const clients = [
  { file: "emir.jks", type: "JKS", options: [] },
  { file: "modern.p12", type: "PKCS12", options: ["--protection", "pbes2-aes256"] },
  { file: "compatible.p12", type: "PKCS12", options: ["--protection", "pbe-sha1-3des"] },
];

describePeer(["java17", "mq-client"], "the IBM MQ client for Java", (java, jars) => {
  const folder = mkdtempSync(join(tmpdir(), "pki-mq-"));
  const libraries = readdirSync(jars).map((jar) => join(jars, jar));
  let classes: string;

  beforeAll(async () => {
    classes = compileJava(java, ["MqClient"], libraries);
    const own = ["--qmgr", "QM1", "--san", "DNS:localhost", "--self-signed"];
    await mustRun(folder, ["issue", "peer", "qm1.kdb", ...own], env);
  }, 60_000);
  afterAll(() => {
    rmSync(folder, { recursive: true });
    rmSync(classes, { recursive: true });
  });

  /** One connection attempt with `file` as key and trust store, to a listener that serves qm1.kdb. */
  async function connect(
    file: string,
    type: string,
  ): Promise<{ readonly run: JavaRun; readonly seen: SeenSession | undefined }> {
    const served = await serveStore(join(folder, "qm1.kdb"), PASSWORD);
    const listener = await listenTls({ ...served, strict: true, awaitBytes: true });
    const store = ["keyStore", "trustStore"].flatMap((role) => [
      `-Djavax.net.ssl.${role}=${join(folder, file)}`,
      `-Djavax.net.ssl.${role}Type=${type}`,
      `-Djavax.net.ssl.${role}Password=${PASSWORD}`,
    ]);
    const quiet = [
      "-Dcom.ibm.msg.client.commonservices.log.status=OFF",
      `-Djava.io.tmpdir=${folder}`,
    ];
    try {
      const args = [String(listener.port), "*TLS12ORHIGHER"];
      const classPath = [classes, ...libraries];
      const run = await runJava(java, classPath, "MqClient", args, [...store, ...quiet]);
      return { run, seen: listener.sessions.at(-1) };
    } finally {
      await listener.close();
    }
  }

  for (const { file, type, options } of clients) {
    it(`fails with 2397 with ${file} before the exchange, and gets through after it`, async () => {
      const own = ["--user", "emir", "--self-signed", ...options];
      await mustRun(folder, ["issue", "client", file, ...own], env);

      const before = await connect(file, type);
      expect(before.run.output).toMatch(/^CC=2 RC=2397\n/);
      expect(before.run.output).toContain("AMQ9771");
      expect(before.seen).toBeUndefined();

      await mustRun(folder, ["exchange", "qm1.kdb", file], env);
      const after = await connect(file, type);
      expect(after.seen).toMatchObject({
        protocol: "TLSv1.3",
        authorized: true,
        clientName: "emir",
      });
      // The header of MQ's own protocol: the client has accepted the queue manager.
      expect(after.seen?.firstBytes.slice(0, 4)).toBe("TSH ");
      // The listener hung up, as it is no queue manager.
      expect(after.run.output).toMatch(/^CC=2 RC=2009\n/);
    });
  }
});
