import { describe, expect, it } from "vitest";
import {
  ca,
  cert,
  ecKey,
  ext,
  type Forged,
  kdb,
  pem,
  personal,
  rsaKey,
  signer,
  stash,
} from "../../../scripts/fixtures/rules/forge.ts";
import { auditPaths } from "../../../src/app/audit.ts";
import type { ProfileId } from "../../../src/audit/rule.ts";
import type { Entry } from "../../../src/model/store.ts";
import { fakeHost } from "../../support/fake-host.ts";

/** What looks like a fault and is none: nothing, or just a quiet word, in profile `default` and where it is used. */

const root = ca("CN=Trap Root,O=Forge");
const own = cert({ subject: "CN=qm1.example.com,O=Forge", issuer: root });
const LABEL = "ibmwebspheremqqm1";

async function told(
  stores: Record<string, readonly Entry[] | string>,
  profiles: readonly ProfileId[] = [],
): Promise<readonly string[]> {
  const files: Record<string, string | Uint8Array> = {};
  for (const [name, entries] of Object.entries(stores)) {
    if (typeof entries === "string") files[name] = entries;
    else {
      files[`${name}.kdb`] = await kdb([...entries]);
      files[`${name}.sth`] = stash();
    }
  }
  const { result } = await auditPaths(fakeHost({ files }), ["."], {
    at: new Date("2026-07-01T00:00:00Z"),
    profiles,
  });
  expect(result.report.summary.refused).toBe(0);
  expect(result.report.failures).toEqual([]);
  return result.report.findings.map(({ finding }) => `${finding.severity} ${finding.rule}`);
}

const good = [personal(LABEL, own, [root]), signer("root", root)];

describe("no false alarm", () => {
  it("about the stores that the others are made of", async () => {
    expect(await told({ key: good })).toEqual([]);
  });

  it.each([
    ["md5", "warning signature-md5"],
    ["sha1", "notice signature-sha1"],
  ])("about a self-signed root with %s but a quiet word", async (hash, word) => {
    const old = ca("CN=Old Root,O=Forge", { key: rsaKey("old root"), hash, from: "2006-01-01" });
    expect(await told({ key: [...good, signer("old", old)] })).toEqual([word]);
  });

  it("about a CA that is cross-signed: one name and key, two certificates", async () => {
    const other = ca("CN=Other Root,O=Forge");
    const cross = ca("CN=Trap Root,O=Forge", { key: root.key, issuer: other });
    const entries = [...good, signer("other", other), signer("cross", cross)];
    expect(await told({ key: entries })).toEqual([]);
  });

  it("about one certificate in several stores and files", async () => {
    const chain = [personal(LABEL, own, [root]), signer("root", root)];
    const stores = { "a/key": good, "b/trust": [signer("root", root)], "c/key": chain };
    expect(await told({ ...stores, "d/root.pem": pem(root) })).toEqual([]);
  });

  it("about a certificate that was renewed with its key and name", async () => {
    const renewed = cert({
      subject: "CN=qm1.example.com,O=Forge",
      issuer: root,
      key: own.key,
      from: "2026-06-01",
    });
    expect(renewed.certificate.serial).not.toBe(own.certificate.serial);
    expect(
      await told({ key: good, next: [personal(LABEL, renewed, [root]), ...good.slice(1)] }),
    ).toEqual([]);
  });

  it.each([[[]], [["mq"]]] as readonly (readonly [readonly ProfileId[]])[])(
    "about self-signed peers with CA:TRUE, as iKeyman makes them (%j)",
    async (profiles) => {
      const peer = (name: string): Forged =>
        cert({
          subject: `CN=${name},O=Forge`,
          extensions: {
            basicConstraints: ext.basicConstraints(true),
            keyUsage: undefined,
            extendedKeyUsage: undefined,
          },
        });
      const entries = [personal(LABEL, peer("qm1")), signer("qm2", peer("qm2"))];
      expect(await told({ key: entries }, profiles)).toEqual([]);
    },
  );

  it("about an expired certificate that opens old data but a quiet word", async () => {
    const sealing = cert({
      subject: "CN=Password Encryption,O=Forge",
      to: "2026-02-01",
      extensions: {
        keyUsage: ext.keyUsage(["keyEncipherment", "dataEncipherment"]),
        extendedKeyUsage: undefined,
        subjectAltNames: undefined,
      },
    });
    const entries = [...good, personal("passwords", sealing)];
    expect(await told({ key: entries })).toEqual(["notice sap-encryption-certificate-kept"]);
  });

  it.each([[[]], [["mq", "java", "was"]]] as readonly (readonly [readonly ProfileId[]])[])(
    "about a wildcard inside a company (%j)",
    async (profiles) => {
      const wild = cert({
        subject: "CN=*.corp.example.com,O=Forge",
        issuer: root,
        extensions: { subjectAltNames: ext.subjectAltNames(["DNS:*.corp.example.com"]) },
      });
      const found = await told(
        { key: [personal(LABEL, wild, [root]), signer("root", root)] },
        profiles,
      );
      expect(found.filter((text) => /wildcard|san-/.test(text))).toEqual([]);
    },
  );

  it("about a root of version 1 from 1996, trusted and issuing", async () => {
    const old = ca("CN=Primary CA,O=Forge", { version: 1, from: "1996-01-29" });
    const leaf = cert({ subject: "CN=qm2.example.com,O=Forge", issuer: old, key: ecKey("qm2") });
    const entries = [personal(LABEL, leaf, [old]), signer("primary", old)];
    expect(await told({ key: entries })).toEqual([]);
  });
});
