import { describe, expect, it } from "vitest";
import { isMqLabel } from "../../../src/audit/mq.ts";
import type { FileSubject } from "../../../src/audit/rule.ts";
import { storeBackupCopy } from "../../../src/audit/rules/store-backup-copy.ts";
import { storeExtensionMismatch } from "../../../src/audit/rules/store-extension-mismatch.ts";
import { folderOf, nameOf, octal, whoElse } from "../../../src/audit/stores.ts";

const context = { now: new Date(0), parameters: {}, profiles: new Set(["default"] as const) };

function fires(rule: typeof storeBackupCopy, path: string, format: string): boolean {
  if (rule.on !== "file") throw new Error("not a rule on files");
  const extension = /\.[^./]+$/.exec(path)?.[0] ?? "";
  const subject: FileSubject = { path, format, file: { size: 1, extension } };
  return rule.check(subject, context) !== undefined;
}

describe("paths and modes", () => {
  it("takes archive members apart as files are", () => {
    expect(nameOf("a/b.zip!/c/key.jks")).toBe("key.jks");
    expect(folderOf("a/b.zip!/c/key.jks")).toBe("a/b.zip!/c");
    expect([nameOf("key.jks"), folderOf("key.jks")]).toEqual(["key.jks", ""]);
  });

  it.each([
    [0o600, 4, undefined],
    [0o640, 4, "the group"],
    [0o604, 4, "everybody"],
    [0o644, 4, "everybody"],
    [0o622, 4, undefined],
    [0o660, 2, "the group"],
    [0o602, 2, "everybody"],
    [undefined, 2, undefined],
  ] as const)("mode %o, bit %i: %s", (mode, bit, who) => {
    expect(whoElse(mode, bit)).toBe(who);
  });

  it("prints a mode as chmod takes it", () => {
    expect(octal(0o40)).toBe("0040");
  });
});

describe("labels of MQ", () => {
  it.each([
    ["ibmwebspheremqqm1", true],
    ["ibmwebspheremqqm.1_a", true],
    ["ibmwebspheremq", false],
    ["ibmwebspheremqQM1", false],
    ["ibmWebSphereMQqm1", false],
    ["qm1", false],
  ])("%s: %s", (label, is) => {
    expect(isMqLabel(label)).toBe(is);
  });
});

describe("names of copies", () => {
  it.each([
    "key.kdb.bak",
    "key.kdb.bak2",
    "key.bak.kdb",
    "key.jks.old",
    "key.old.jks",
    "key.p12~",
    "key.p12.orig",
    "key.kdb.20240131",
    "Copy of key.p12",
    "key - Copy.p12",
    "key copy (2).p12",
    "key_backup.jks",
  ])("%s is one", (name) => {
    expect(fires(storeBackupCopy, `conf/${name}`, "jks")).toBe(true);
  });

  it.each(["key.kdb", "bold.jks", "backup/key.jks", "golden.p12", "copyright.jks", "key.2024.jks"])(
    "%s is none",
    (name) => {
      expect(fires(storeBackupCopy, name, "jks")).toBe(false);
    },
  );

  it("a copy of certificates alone is nobody's secret", () => {
    expect(fires(storeBackupCopy, "ca.pem.bak", "pem")).toBe(false);
  });
});

describe("names and contents", () => {
  it.each([
    ["key.jks", "pkcs12", false],
    ["key.kdb", "pkcs12", true],
    ["key.p12", "jks", true],
    ["key.p12", "pem", true],
    ["ca.cer", "pem", false],
    ["ca.crt", "der", false],
    ["ca.pem", "der", true],
    ["ca.pem", "pem-ebcdic", false],
    ["cacerts", "jks", false],
  ])("%s that holds %s: %s", (path, format, wrong) => {
    expect(fires(storeExtensionMismatch, path, format)).toBe(wrong);
  });
});
