import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { ca, cert } from "../../../scripts/fixtures/rules/forge.ts";
import { readPem } from "../../../src/bytes/pem.ts";
import type { Certificate } from "../../../src/model/certificate.ts";
import { PkiError } from "../../../src/model/error.ts";
import { CertificateMemo } from "../../../src/x509/certificate-memo.ts";
import { nameKey, printName } from "../../../src/x509/name.ts";
import { parseCertificate } from "../../../src/x509/parse.ts";
import { fixturesFolder } from "../../support/fixtures.ts";

const root = ca("CN=Memo Root,O=Memo,C=GB");
const other = ca("CN=Other Root,O=Memo,C=GB");
const leaves = Array.from({ length: 5 }, (_, i) =>
  cert({ subject: `CN=leaf-${i}.example.com,O=Memo,C=GB`, issuer: i === 3 ? other : root }),
);
const forged = [root, ...leaves, other].map(({ der }) => der);

/** Every certificate of the fixtures in PEM. */
const found = readdirSync(fixturesFolder, { recursive: true, encoding: "utf8" })
  .filter((path) => path.endsWith(".pem"))
  .flatMap((path) => {
    try {
      return readPem(new Uint8Array(readFileSync(join(fixturesFolder, path))));
    } catch {
      return []; // damaged on purpose
    }
  })
  .filter(({ label }) => label === "CERTIFICATE")
  .map(({ der }) => der);

/** All that reading says, as one value, whether it is a certificate or an error. */
function told(read: () => Certificate): unknown {
  try {
    const certificate = read();
    const { subject, issuer, sha256, ...others } = certificate;
    const names = [subject, issuer].map((name) => [printName(name), nameKey(name), name.der]);
    return structuredClone({ ...others, sha256, names });
  } catch (error) {
    if (!(error instanceof PkiError)) throw error;
    const { code, message, where } = error;
    return { code, message, where };
  }
}

describe("certificates read with a memo", () => {
  it("are the same as without, in any order", () => {
    const memo = new CertificateMemo();
    expect(found.length).toBeGreaterThan(50);
    for (const der of [...forged, ...found, ...forged, ...found]) {
      expect(told(() => parseCertificate(der, "one", memo))).toEqual(
        told(() => parseCertificate(der, "one")),
      );
    }
  });

  it("are the same where one octet was changed, and so are the errors", () => {
    const memo = new CertificateMemo();
    // From the third time on a certificate is known by its octets alone.
    for (const der of [...forged, ...forged, ...forged, ...forged]) parseCertificate(der, "", memo);
    const changed = fc
      .tuple(fc.constantFrom(...forged), fc.nat(), fc.integer({ min: 0, max: 255 }))
      .map(([der, at, octet]) => {
        const copy = der.slice();
        copy[at % copy.length] = octet;
        return copy;
      });
    fc.assert(
      fc.property(changed, (der) => {
        expect(told(() => parseCertificate(der, "one", memo))).toEqual(
          told(() => parseCertificate(der, "one")),
        );
      }),
      { numRuns: Number(process.env.PROPERTY_RUNS ?? 300) },
    );
  });

  it("are one object where the bytes are the same, and share what is the same in them", () => {
    const memo = new CertificateMemo();
    const read = () => leaves.map(({ der }) => parseCertificate(der.slice(), "one", memo));
    read();
    const [first, second] = read(); // kept when met again
    expect(read()[0]).toBe(first);
    expect(second?.issuer).toBe(first?.issuer);
    expect(second?.subject.rdns[0]).toBe(first?.subject.rdns[0]);
    const usage = (one: typeof first) => one?.extensions.find(({ oid }) => oid === "2.5.29.15");
    expect(usage(second)).toBe(usage(first));
  });

  it("keep no large file in memory", () => {
    const memo = new CertificateMemo();
    const file = new Uint8Array(1_000_000);
    file.set(root.der);
    const certificate = parseCertificate(file.subarray(0, root.der.length), "one", memo);
    const { subject, issuer, publicKey, extensions } = certificate;
    const views = [certificate.der, subject.der, issuer.der, publicKey.spki];
    for (const { buffer } of [...views, ...extensions.map(({ value }) => value)]) {
      expect(buffer.byteLength).toBeLessThanOrEqual(16 * 1024);
    }
  });
});
