import { describe, expect, it } from "vitest";
import {
  type ExplainedParty,
  explainSteps,
  printSteps,
  quote,
} from "../../../../src/app/exchange/explain-steps.ts";

const kdb: ExplainedParty = {
  name: "qm1",
  path: "conf/key.kdb",
  format: "kdb",
  stashed: true,
  label: "ibmwebspheremqqm1",
  added: [],
};
const jks: ExplainedParty = {
  name: "my app",
  path: "my app.jks",
  format: "jks",
  stashed: false,
  label: "app",
  added: [],
};

const signer = (from: string, source: string, chainIndex = 0) => ({
  label: "it's mine",
  subject: "CN=x",
  from,
  source: { label: source, chainIndex },
});

const commands = (...parties: readonly ExplainedParty[]) =>
  explainSteps(parties).flatMap((step) => step.commands);

describe("the steps of an exchange by hand", () => {
  it("extract with the owner's tool, add with the other's, passwords by name", () => {
    expect(commands(kdb, { ...jks, added: [signer("qm1", "ibmwebspheremqqm1")] })).toEqual([
      "runmqakm -cert -extract -db conf/key.kdb -stashed -label ibmwebspheremqqm1 -target qm1.arm -format ascii",
      "keytool -importcert -noprompt -alias 'it'\\''s mine' -file qm1.arm -keystore 'my app.jks' -storetype JKS -storepass:env MY_APP_PASSWORD",
    ]);
    expect(commands({ ...kdb, stashed: false, added: [signer("my app", "app")] }, jks)).toEqual([
      "keytool -exportcert -rfc -alias app -file my-app.arm -keystore 'my app.jks' -storetype JKS -storepass:env MY_APP_PASSWORD",
      `runmqakm -cert -add -db conf/key.kdb -pw "$QM1_PASSWORD" -label 'it'\\''s mine' -file my-app.arm -format ascii`,
    ]);
  });

  it("extract a certificate once, however many need it", () => {
    const third = { ...kdb, name: "qm2", path: "qm2.kdb" };
    const steps = commands({ ...kdb, added: [signer("my app", "app")] }, jks, {
      ...third,
      added: [signer("my app", "app")],
    });
    expect(steps.filter((line) => line.includes("-exportcert"))).toHaveLength(1);
    expect(steps.filter((line) => line.includes("-cert -add"))).toHaveLength(2);
  });

  it("take a CA out of a key's chain", () => {
    expect(commands({ ...kdb, added: [signer("my app", "app", 1)] }, jks)[0]).toBe(
      "keytool -list -rfc -alias app -keystore 'my app.jks' -storetype JKS -storepass:env MY_APP_PASSWORD" +
        " | awk '/-BEGIN (X509 |TRUSTED )?CERT/ {n++; on = n == 2} on; /-END/ {on = 0}' > my-app.arm",
    );
  });

  it("make a party, with a CA and without", () => {
    const made = { subject: "CN=qm 1", days: 365, key: "rsa:2048", folder: "qm1" };
    expect(commands({ ...kdb, made })).toEqual([
      "mkdir -p qm1",
      'runmqakm -keydb -create -db conf/key.kdb -pw "$QM1_PASSWORD" -type cms -stash',
      "runmqakm -cert -create -db conf/key.kdb -stashed -label ibmwebspheremqqm1 -dn 'CN=qm 1' -size 2048 -sig_alg SHA256WithRSA -expire 365",
    ]);
    const withCa = commands({ ...kdb, made: { ...made, ca: "ca", caLabel: "acme-root" } });
    expect(withCa.filter((line) => line.includes("acme-root"))).toEqual([
      "runmqakm -cert -add -db conf/key.kdb -stashed -label acme-root -file ca/ca.arm -format ascii",
    ]);
    expect(withCa.at(-1)).toBe("runmqakm -cert -receive -file qm1.crt -db conf/key.kdb -stashed");
  });

  it("make the kind of key that was asked for", () => {
    const made = { subject: "CN=a", days: 1, folder: "a" };
    const gskit = (key: string) => commands({ ...kdb, made: { ...made, key } }).at(-1);
    expect(gskit("rsa:4096")).toContain("-size 4096 -sig_alg SHA256WithRSA");
    expect(gskit("ec:P-384")).toContain("-dn CN=a -sig_alg SHA384WithECDSA");
    const keytool = (key: string) => commands({ ...jks, made: { ...made, key } }).at(-1);
    expect(keytool("ec:P-256")).toContain("-keyalg EC -groupname secp256r1");
    expect(keytool("ed25519")).toContain("-keyalg ed25519 -dname");
  });

  it("print as a shell script: titles and iKeyman's windows are comments", () => {
    const lines = printSteps(
      explainSteps([kdb, { ...jks, added: [signer("qm1", "ibmwebspheremqqm1")] }]),
    ).split("\n");
    expect(lines[0]).toBe("# 1. qm1: extract CN=x");
    expect(lines[1]).toMatch(/^# {4}iKeyman: Personal Certificates, Extract Certificate/);
    expect(lines.filter((line) => !line.startsWith("#") && line !== "")).toHaveLength(2);
  });
});

describe("a word for a shell", () => {
  it.each([
    ["plain-word_1./:", "plain-word_1./:"],
    ["-x", "'-x'"],
    ["", "''"],
    ["a b", "'a b'"],
    ["$(rm)`x`", "'$(rm)`x`'"],
    ["it's", "'it'\\''s'"],
    ["a\nb", "'a\nb'"],
    ["~", "'~'"],
  ])("%j", (text, word) => {
    expect(quote(text)).toBe(word);
  });
});
