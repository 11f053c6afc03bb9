import { describe, expect, it } from "vitest";
import { ca, cert } from "../../../scripts/fixtures/rules/forge.ts";
import { Remembered, SharedViews } from "../../../src/audit/shared-views.ts";
import type { Certificate } from "../../../src/model/certificate.ts";
import { parseCertificate } from "../../../src/x509/parse.ts";

const root = ca("CN=Shared Root");

/** The certificate again, read from a file of `size` bytes that it stands in. */
function inFileOf(size: number, subject: string) {
  const { der } = cert({ subject, issuer: root });
  const file = new Uint8Array(size);
  file.set(der);
  return parseCertificate(file.subarray(0, der.length));
}

describe("views that stores share", () => {
  it("gives the view of the second store to the next", () => {
    const views = new SharedViews();
    views.get(parseCertificate(root.der.slice()));
    expect(views.size).toBe(0); // most certificates stand in one store
    const second = views.get(parseCertificate(root.der.slice()));
    expect(views.get(parseCertificate(root.der.slice()))).toBe(second);
    expect(views.size).toBe(1);
  });

  it("forgets the one not used for longest when the files behind them are too many", () => {
    const views = new SharedViews();
    const large = 500 * 1024;
    const again = (certificate: Certificate) => {
      views.get(certificate);
      return views.get(certificate);
    };
    const kept = again(inFileOf(large, "CN=kept"));
    const old = again(inFileOf(large, "CN=old"));
    for (let i = 0; i < 70; i++) {
      views.get(kept.certificate);
      again(inFileOf(large, `CN=other ${i}`));
    }
    const most = Math.floor((32 * 1024 * 1024) / (large + 4096));
    expect(views.size).toBeLessThanOrEqual(most);
    expect(views.size).toBeGreaterThanOrEqual(Math.floor(most / 2));
    expect(views.get(kept.certificate)).toBe(kept);
    expect(views.get(old.certificate)).not.toBe(old);
  });

  it.each([
    [512 * 1024 - 4096, 1],
    [512 * 1024 - 4095, 0],
  ])("a file of %i bytes: %i kept", (size, kept) => {
    const views = new SharedViews();
    for (let i = 0; i < 2; i++) views.get(inFileOf(size, "CN=one"));
    expect(views.size).toBe(kept);
  });
});

describe("what is remembered of pairs", () => {
  it("forgets the oldest first", () => {
    const known = new Remembered<string>(2);
    for (const key of ["a", "b", "c"]) known.set(key, key);
    expect(["a", "b", "c"].map((key) => known.get(key))).toEqual([undefined, "b", "c"]);
  });
});
