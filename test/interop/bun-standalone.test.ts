import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { describePeer } from "../support/peers.ts";
import { mustRun, type ProgramRun, runProgram } from "../support/program.ts";

// dist/pki, made by Bun's compiler, does what dist/pki.cjs does on Node, without Node.
const PASSWORD = "correct horse battery";
// Nothing else is on its PATH, so no Node could help.
const env = { PKI_PASSWORD: PASSWORD, PATH: "/nonexistent" };

describePeer("standalone", "the standalone executable", (standalone) => {
  const folder = mkdtempSync(join(tmpdir(), "pki-standalone-"));
  const formats = ["kdb", "jks", "p12", "pem"];

  const alone = (...args: string[]): Promise<ProgramRun> =>
    runProgram(folder, args, env, standalone);
  const onNode = (...args: string[]): Promise<ProgramRun> => runProgram(folder, args, env);

  beforeAll(async () => {
    // The stores are Node's in one half and the executable's in the other; both read both.
    await mustRun(folder, ["init-ca", "--key", "ec:P-256"], env, standalone);
    for (const format of formats) {
      await mustRun(folder, ["issue", "peer", `node.${format}`, "--key", "ec:P-256"], env);
      const issue = ["issue", "peer", `alone.${format}`, "--key", "ec:P-256"];
      await mustRun(folder, issue, env, standalone);
    }
  }, 120_000);
  afterAll(() => rmSync(folder, { recursive: true }));

  describe.each(formats)("a .%s", (format) => {
    it.each(["node", "alone"])("made by %s is listed and shown the same by both", async (maker) => {
      for (const command of [["list"], ["list", "--json"], ["show", "--json"]]) {
        const args = [...command, `${maker}.${format}`];
        const theirs = await alone(...args);
        expect(theirs.code).toBe(0);
        expect(theirs).toEqual(await onNode(...args));
      }
    });
  });

  it("makes a CA, certificates and an exchange, and proves it with real handshakes", async () => {
    const made = await alone("exchange", "client", "server", "--type", "kdb", "--key", "ec:P-256");
    expect(made.err).toBe("");
    expect(made.out).toContain("proved: client connects to server: TLSv1.3");
    expect(made.out).toContain("proved: server connects to client: TLSv1.3");
    const again = await onNode("exchange", "client/client.kdb", "server/server.kdb");
    expect(again.code).toBe(0);
  }, 60_000);

  it("refuses as the other does: wrong password, damage, unknown label, bad usage", async () => {
    writeFileSync(join(folder, "broken.kdb"), Buffer.from("37480402ffffffff", "hex"));
    const commands = [
      ["list", "node.p12", "--password", "pass:wrong"],
      ["list", "broken.kdb"],
      ["show", "node.jks", "nobody"],
      ["list", "absent.kdb"],
      ["list", "--no-such-option"],
      ["no-such-command"],
    ];
    for (const command of commands) {
      const theirs = await alone(...command);
      expect(theirs.code, command.join(" ")).not.toBe(0);
      expect(theirs).toEqual(await onNode(...command));
    }
  });

  it("tells the same help and version", async () => {
    for (const command of [["--help"], ["--version"], ["issue", "--help"]]) {
      expect(await alone(...command)).toEqual(await onNode(...command));
    }
  });

  it("runs nothing that a file in the current directory names", async () => {
    writeFileSync(join(folder, "bunfig.toml"), 'preload = ["./evil.js"]\n');
    writeFileSync(join(folder, "evil.js"), 'process.stdout.write("evil");\n');
    writeFileSync(join(folder, ".env"), "PKI_PASSWORD=wrong\n");
    writeFileSync(join(folder, "package.json"), '{"type":"module"}\n');
    const run = await runProgram(folder, ["list", "node.kdb"], {}, standalone);
    expect(run.out).not.toContain("evil");
    // The .env would have given a wrong password; without it the integrity is just not checked.
    expect(run.code).toBe(0);
    expect(run.out).toContain("not checked");
  });
});
