import { createHash } from "node:crypto";
import { describe, expect, it } from "vitest";
import { ca, pem, rsaKey } from "../../../../scripts/fixtures/rules/forge.ts";
import { auditPaths } from "../../../../src/app/audit.ts";
import { PkiError } from "../../../../src/model/error.ts";
import { type FakeHost, fakeHost } from "../../../support/fake-host.ts";

/** As Debian's openssl-blacklist computes it: `openssl rsa -modulus`, SHA-1, the last 20 digits. */
function debianMark(spki: Uint8Array): string {
  // SubjectPublicKeyInfo of RSA 2048: the modulus stands at 33, for 256 octets.
  const modulus = Buffer.from(spki.subarray(33, 33 + 256))
    .toString("hex")
    .toUpperCase();
  return createHash("sha1").update(`Modulus=${modulus}\n`).digest("hex").slice(-20);
}

const root = ca("CN=Weak Root,O=Forge", { key: rsaKey("weak root") });
const at = new Date("2026-07-01T00:00:00Z");
const ids = async (host: FakeHost, policy: string): Promise<readonly string[]> => {
  const { result } = await auditPaths(host, ["stores"], { at, policy });
  return result.report.findings.map(({ finding }) => finding.rule);
};

describe("a list in a policy", () => {
  const mark = debianMark(root.certificate.publicKey.spki);
  const files = {
    "stores/root.pem": pem(root),
    "conf/blacklist.RSA-2048": `# Debian's weak keys\n\n00000000000000000000\r\n${mark}\n`,
    "conf/policy.yaml": "rules:\n  key-debian: { list: ['file:blacklist.RSA-2048'] }\n",
    "conf/none.yaml": "rules:\n  key-debian: { list: ['00000000000000000000'] }\n",
    "conf/paths.yaml":
      "paths:\n- match: '*.pem'\n  rules: { key-debian: { list: ['file:blacklist.RSA-2048'] } }\n",
    "conf/lost.yaml": "rules:\n  key-debian: { list: ['file:lost'] }\n",
  };

  it("may be the lines of a file beside it", async () => {
    expect(await ids(fakeHost({ files }), "conf/policy.yaml")).toEqual(["key-debian"]);
    expect(await ids(fakeHost({ files }), "conf/paths.yaml")).toEqual(["key-debian"]);
    expect(await ids(fakeHost({ files }), "conf/none.yaml")).toEqual([]);
  });

  it("is told where its file is not there", async () => {
    const failed = ids(fakeHost({ files }), "conf/lost.yaml");
    await expect(failed).rejects.toThrow(PkiError);
    await expect(failed).rejects.toMatchObject({ code: "file-not-found", path: "conf/lost" });
  });
});
